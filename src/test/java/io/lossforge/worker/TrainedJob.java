package io.lossforge.worker;

import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What a job has become, read from the tables.
 *
 * @param reason why it did not succeed; null if it did
 * @param weights hash of all weights and buffers; null without
 * @param curve every value measured but the speed, in order
 * @param sequence numbers given to points and lines
 */
record TrainedJob(
        UUID id,
        String state,
        @Nullable String reason,
        @Nullable String weights,
        int failures,
        long lastSequence,
        List<Attempt> attempts,
        List<String> curve,
        List<Long> sequence) {

    /** One try; {@code reason} is null while it runs, {@code resumedStep} if it began at the beginning. */
    record Attempt(
            int number, @Nullable String reason, @Nullable Long resumedStep, boolean inOrder) {}

    record Row(
            String state, @Nullable String reason, @Nullable String weights, int failures, long lastSequence) {}

    static TrainedJob read(JdbcClient database, UUID id) {
        var row = database.sql("""
                        select state, case when state = 'SUCCEEDED' then null else status_reason end as reason, weights_sha256 as weights,
                            failures, last_sequence from training_job where id = ?""").param(id).query(Row.class).single();
        var attempts = database.sql("""
                        select number, end_reason as reason, resumed_step, coalesce(ended_at >= started_at, false) as in_order
                        from job_attempt where job_id = ? order by number""").param(id).query(Attempt.class).list();
        var curve = database.sql("""
                        select concat(split, ' ', name, ' ', step, ' ', value) from metric_point
                        join metric_name on metric_name.id = metric_id
                        where job_id = ? and name <> 'imagesPerSecond' order by sequence""").param(id).query(String.class).list();
        var sequence = database.sql("""
                        select sequence from metric_point where job_id = :job union all
                        select sequence from job_log where job_id = :job order by sequence""").param("job", id).query(Long.class).list();
        return new TrainedJob(
                id,
                row.state(),
                row.reason(),
                row.weights(),
                row.failures(),
                row.lastSequence(),
                attempts,
                curve,
                sequence);
    }

    boolean hasSequenceWithoutGapOrDouble() {
        return sequence.equals(LongStream.rangeClosed(1, lastSequence).boxed().toList());
    }

    List<String> endReasons() {
        return attempts.stream()
                .map(attempt ->
                        attempt.reason() == null ? "none" : attempt.reason().toLowerCase(Locale.ROOT))
                .toList();
    }
}
