package io.lossforge.metric;

import io.lossforge.job.EndedJobs;
import io.lossforge.retention.Expiring;
import io.lossforge.retention.Kind;
import java.time.Instant;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Metric points of jobs that ended long ago. */
@Component
class ExpiringMetrics implements Expiring {

    private final EndedJobs ended;
    private final LeavingMetrics leaving;
    private final JdbcClient database;

    ExpiringMetrics(EndedJobs ended, LeavingMetrics leaving, JdbcClient database) {
        this.ended = ended;
        this.leaving = leaving;
        this.database = database;
    }

    @Override
    public Kind kind() {
        return Kind.METRICS;
    }

    @Override
    public Amount due(Instant before) {
        return ended.due(kind(), before, "points_stored", "points_stored * " + EndedJobs.POINT_BYTES);
    }

    /** A job that is tried again later does not count on points that have left. */
    @Override
    @Transactional
    public int expire(Instant before) {
        var jobs = ended.next(kind(), before);
        leaving.add(jobs);
        database.sql("update training_job set points_stored = 0 where id = any (:jobs) and points_stored > 0")
                .param("jobs", jobs.toArray(UUID[]::new))
                .update();
        return jobs.size();
    }
}
