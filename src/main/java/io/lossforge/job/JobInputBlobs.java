package io.lossforge.job;

import io.lossforge.storage.BlobReferences;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Samples that were sent with jobs: all of a job below {@code inputs/<id>/}, and leaving together. */
@Component
class JobInputBlobs implements BlobReferences {

    static final String PREFIX = "inputs/";

    private final JdbcClient database;

    JobInputBlobs(JdbcClient database) {
        this.database = database;
    }

    @Override
    public String prefix() {
        return PREFIX;
    }

    @Override
    public String unit(String key) {
        return key.substring(0, key.lastIndexOf('/') + 1);
    }

    @Override
    public Set<String> referenced(Collection<String> units) {
        return new HashSet<>(database.sql("select key from job_input where key = any (:units)")
                .param("units", units.toArray(String[]::new))
                .query(String.class)
                .list());
    }
}
