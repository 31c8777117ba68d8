package io.lossforge.job;

import io.lossforge.retention.Expiring;
import io.lossforge.retention.Kind;
import io.lossforge.storage.Blobs;
import java.time.Instant;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Outputs of jobs that ended long ago. */
@Component
class ExpiringOutputs implements Expiring {

    private static final String OUTPUTS = "coalesce((select %s from job_output where job_id = job.id), 0)";

    private final EndedJobs ended;
    private final Blobs blobs;
    private final JdbcClient database;

    ExpiringOutputs(EndedJobs ended, Blobs blobs, JdbcClient database) {
        this.ended = ended;
        this.blobs = blobs;
        this.database = database;
    }

    @Override
    public Kind kind() {
        return Kind.OUTPUTS;
    }

    @Override
    public Amount due(Instant before) {
        return ended.due(kind(), before, OUTPUTS.formatted("1"), OUTPUTS.formatted("bytes"));
    }

    @Override
    @Transactional
    public int expire(Instant before) {
        var jobs = ended.next(kind(), before).toArray(UUID[]::new);
        blobs.release(database.sql("delete from job_output where job_id = any (:jobs) returning key")
                .param("jobs", jobs)
                .query((row, number) -> row.getString(1))
                .list());
        return jobs.length;
    }
}
