package io.lossforge.job;

import io.lossforge.storage.BlobReferences;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What jobs keep in the storage: each below {@code jobs/<id>/}, so that all of it can leave with its job. */
@Component
class JobBlobs implements BlobReferences {

    private final JdbcClient database;

    JobBlobs(JdbcClient database) {
        this.database = database;
    }

    /** What every key of a job's blobs starts with. */
    static String of(UUID job) {
        return "jobs/" + job + "/";
    }

    @Override
    public String prefix() {
        return "jobs/";
    }

    @Override
    public Set<String> referenced(Collection<String> units) {
        return new HashSet<>(database.sql("""
                        select key from job_output where key = any (:units)
                        union all
                        select key from job_checkpoint where key = any (:units)
                        union all
                        select 'jobs/' || id || '/' from training_job
                        where id in (select cast(substring(unit from '^jobs/([0-9a-f-]{36})/$') as uuid) from unnest(:units) as given (unit))""")
                .param("units", units.toArray(String[]::new))
                .query(String.class)
                .list());
    }
}
