package io.lossforge.job;

import io.lossforge.retention.Expiring;
import io.lossforge.retention.Kind;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Checkpoints of jobs that failed or were cancelled: a retry goes on from them. */
@Component
class ExpiringCheckpoints implements Expiring {

    private static final int AT_ONCE = 100;

    private static final String OLD = """
            from job_checkpoint mine join training_job job on job.id = mine.job_id where job.ended_at < :before""";

    private final JobCheckpoints checkpoints;
    private final JdbcClient database;

    ExpiringCheckpoints(JobCheckpoints checkpoints, JdbcClient database) {
        this.checkpoints = checkpoints;
        this.database = database;
    }

    @Override
    public Kind kind() {
        return Kind.CHECKPOINTS;
    }

    @Override
    public Amount due(Instant before) {
        return database.sql("select count(*) as count, coalesce(sum(mine.bytes), 0) as bytes " + OLD)
                .param("before", before.atOffset(ZoneOffset.UTC))
                .query(Amount.class)
                .single();
    }

    @Override
    @Transactional
    public int expire(Instant before) {
        return checkpoints.remove(
                "key in (select mine.key " + OLD + " limit :most for update of mine skip locked)",
                Map.of("before", before.atOffset(ZoneOffset.UTC), "most", AT_ONCE));
    }
}
