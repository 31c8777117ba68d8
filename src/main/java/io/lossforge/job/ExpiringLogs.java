package io.lossforge.job;

import io.lossforge.retention.Expiring;
import io.lossforge.retention.Kind;
import java.time.Instant;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Logs of jobs that ended long ago. */
@Component
class ExpiringLogs implements Expiring {

    private final EndedJobs ended;
    private final JdbcClient database;

    ExpiringLogs(EndedJobs ended, JdbcClient database) {
        this.ended = ended;
        this.database = database;
    }

    @Override
    public Kind kind() {
        return Kind.LOGS;
    }

    @Override
    public Amount due(Instant before) {
        return ended.due(kind(), before, "case when log_bytes > 0 then 1 else 0 end", "log_bytes");
    }

    @Override
    @Transactional
    public int expire(Instant before) {
        var jobs = ended.next(kind(), before).toArray(UUID[]::new);
        database.sql("delete from job_log where job_id = any (:jobs)")
                .param("jobs", jobs)
                .update();
        database.sql("update training_job set log_bytes = 0 where id = any (:jobs) and log_bytes > 0")
                .param("jobs", jobs)
                .update();
        return jobs.length;
    }
}
