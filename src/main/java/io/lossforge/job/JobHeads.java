package io.lossforge.job;

import io.lossforge.job.QueueOutlook.Obstacles;
import io.lossforge.job.QueueOutlook.Wait;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.SimplePropertyRowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Where jobs are, in short, many at once: for whoever watches them. */
@Component
public class JobHeads {

    private static final RowMapper<Row> ROWS = new SimplePropertyRowMapper<>(Row.class);

    private final JdbcClient database;
    private final QueueOutlook outlook;

    JobHeads(JdbcClient database, QueueOutlook outlook) {
        this.database = database;
        this.outlook = outlook;
    }

    /**
     * A job in short.
     *
     * @param attempt the running or last one; 0 before the first
     * @param lastSequence number of the newest point or log chunk; 0 if there is none
     */
    public record Head(
            UUID id,
            JobState state,
            @Nullable String statusReason,
            @Nullable String statusMessage,
            int attempt,
            double progress,
            @Nullable Integer epoch,
            @Nullable Long step,
            @Nullable Instant estimatedEnd,
            long lastSequence) {}

    /** The heads of those jobs that are there. */
    public Map<UUID, Head> of(Collection<UUID> jobs) {
        var rows = database.sql("""
                        select id, state, status_reason, status_message, device, labels, attempt, progress, epoch, step, estimated_end, last_sequence
                        from training_job where id = any (cast(:jobs as uuid[]))""")
                .param("jobs", jobs.stream().map(UUID::toString).toArray(String[]::new))
                .query(ROWS)
                .list();
        var obstacles =
                rows.stream().anyMatch(row -> row.state() == JobState.QUEUED) ? outlook.obstacles() : Obstacles.NONE;
        var heads = new HashMap<UUID, Head>();
        for (var row : rows) {
            heads.put(row.id(), row.head(obstacles.of(row.state(), row.device(), List.of(row.labels()))));
        }
        return heads;
    }

    /** A row, as it is. */
    record Row(
            UUID id,
            JobState state,
            @Nullable String statusReason,
            @Nullable String statusMessage,
            String device,
            String[] labels,
            int attempt,
            double progress,
            @Nullable Integer epoch,
            @Nullable Long step,
            @Nullable Instant estimatedEnd,
            long lastSequence) {

        Head head(@Nullable Wait wait) {
            return new Head(
                    id,
                    state,
                    wait == null ? statusReason : wait.reason(),
                    wait == null ? statusMessage : wait.message(),
                    attempt,
                    progress,
                    epoch,
                    step,
                    estimatedEnd,
                    lastSequence);
        }
    }
}
