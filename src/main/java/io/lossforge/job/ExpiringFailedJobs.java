package io.lossforge.job;

import io.lossforge.retention.Expiring;
import io.lossforge.retention.Kind;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.UUID;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Jobs that failed or were cancelled long ago: deleted as by hand, with all that belongs to them. */
@Component
class ExpiringFailedJobs implements Expiring {

    private static final int AT_ONCE = 50;

    private final Jobs jobs;
    private final JdbcClient database;
    private final ApplicationEventPublisher events;

    ExpiringFailedJobs(Jobs jobs, JdbcClient database, ApplicationEventPublisher events) {
        this.jobs = jobs;
        this.database = database;
        this.events = events;
    }

    @Override
    public Kind kind() {
        return Kind.FAILED_JOBS;
    }

    @Override
    public Amount due(Instant before) {
        return database.sql("""
                        select count(*) as count, coalesce(sum(log_bytes + :pointBytes * points_stored
                            + coalesce((select bytes from job_output where job_id = job.id), 0)
                            + coalesce((select sum(bytes) from job_checkpoint where job_id = job.id), 0)), 0) as bytes
                        from training_job job where state in ('FAILED', 'CANCELLED') and ended_at < :before""")
                .param("pointBytes", EndedJobs.POINT_BYTES)
                .param("before", before.atOffset(ZoneOffset.UTC))
                .query(Amount.class)
                .single();
    }

    @Override
    @Transactional
    public int expire(Instant before) {
        var old = database.sql("""
                        select id from training_job where state in ('FAILED', 'CANCELLED') and ended_at < :before
                        order by ended_at, id limit :most for update skip locked""")
                .param("before", before.atOffset(ZoneOffset.UTC))
                .param("most", AT_ONCE)
                .query((row, number) -> row.getObject(1, UUID.class))
                .list();
        for (var id : old) {
            events.publishEvent(new JobDeleted(id));
            jobs.delete(jobs.findById(id).orElseThrow());
        }
        return old.size();
    }
}
