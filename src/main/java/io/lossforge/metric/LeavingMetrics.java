package io.lossforge.metric;

import io.lossforge.job.EndedJobs;
import io.lossforge.retention.Expiring;
import io.lossforge.retention.Kind;
import java.time.Instant;
import java.util.Collection;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Metric points that nobody can see any more, or nobody wants to. A job may have a million, so they leave a batch at a time: who deletes a job
 * does not wait for it, and no lock is held for long.
 */
@Component
class LeavingMetrics implements Expiring {

    private static final int AT_ONCE = 20_000;

    private final JdbcClient database;

    LeavingMetrics(JdbcClient database) {
        this.database = database;
    }

    /** Lets every point that the jobs have now leave, in the caller's transaction. */
    void add(Collection<UUID> jobs) {
        database.sql("""
                        insert into metric_leaving (job_id, last)
                        select job, last from unnest(:jobs) as given (job),
                            lateral (select sequence from metric_point where job_id = job order by sequence desc limit 1) newest (last)
                        order by job
                        on conflict (job_id) do update set last = greatest(metric_leaving.last, excluded.last)""").param("jobs", jobs.toArray(UUID[]::new)).update();
    }

    @Override
    public Kind kind() {
        return Kind.LEAVING_METRICS;
    }

    @Override
    public Amount due(Instant before) {
        return database.sql("""
                        select coalesce(sum(last - after), 0) as count, coalesce(sum(last - after), 0) * :pointBytes as bytes
                        from metric_leaving""")
                .param("pointBytes", EndedJobs.POINT_BYTES)
                .query(Amount.class)
                .single();
    }

    @Override
    @Transactional
    public int expire(Instant before) {
        var batch = database.sql("""
                        update metric_leaving set after = least(last, after + :most)
                        where job_id = (select job_id from metric_leaving limit 1 for update skip locked)
                        returning job_id, old.after, new.after as up_to, new.after = last as done""").param("most", AT_ONCE).query(Batch.class).optional();
        batch.ifPresent(this::remove);
        return batch.isPresent() ? 1 : 0;
    }

    private void remove(Batch batch) {
        database.sql("delete from metric_point where job_id = :job and sequence > :after and sequence <= :upTo")
                .param("job", batch.jobId())
                .param("after", batch.after())
                .param("upTo", batch.upTo())
                .update();
        if (batch.done()) {
            database.sql("delete from metric_leaving where job_id = :job")
                    .param("job", batch.jobId())
                    .update();
        }
    }

    /** Points of a job with {@code after < sequence <= upTo}; with the last of them, it is done. */
    private record Batch(UUID jobId, long after, long upTo, boolean done) {}
}
