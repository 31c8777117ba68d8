package io.lossforge.job;

import io.lossforge.job.Obstacles.Wait;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Where jobs are, in short, many at once: for whoever watches them. */
@Component
public class JobHeads {

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
                        select id, owner, state, status_reason, status_message, device, labels, attempt, progress, epoch, step, estimated_end, last_sequence
                        from training_job where id = any (cast(:jobs as uuid[]))""")
                .param("jobs", jobs.stream().map(UUID::toString).toArray(String[]::new))
                .query((row, number) -> Row.of(row))
                .list();
        var obstacles =
                rows.stream().anyMatch(row -> row.state() == JobState.QUEUED) ? outlook.obstacles() : Obstacles.NONE;
        var heads = new HashMap<UUID, Head>();
        for (var row : rows) {
            heads.put(row.id(), row.head(obstacles.of(row.state(), row.owner(), row.device(), row.labels())));
        }
        return heads;
    }

    /** A row, as it is. */
    record Row(
            UUID id,
            @Nullable String owner,
            JobState state,
            @Nullable String statusReason,
            @Nullable String statusMessage,
            String device,
            List<String> labels,
            int attempt,
            double progress,
            @Nullable Integer epoch,
            @Nullable Long step,
            @Nullable Instant estimatedEnd,
            long lastSequence) {

        static Row of(ResultSet row) throws SQLException {
            var end = row.getObject("estimated_end", OffsetDateTime.class);
            return new Row(
                    row.getObject("id", UUID.class),
                    row.getString("owner"),
                    JobState.valueOf(row.getString("state")),
                    row.getString("status_reason"),
                    row.getString("status_message"),
                    row.getString("device"),
                    List.of((String[]) row.getArray("labels").getArray()),
                    row.getInt("attempt"),
                    row.getDouble("progress"),
                    row.getObject("epoch", Integer.class),
                    row.getObject("step", Long.class),
                    end == null ? null : end.toInstant(),
                    row.getLong("last_sequence"));
        }

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
