package io.lossforge.job;

import io.lossforge.storage.Blobs;
import io.lossforge.storage.Storage;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Samples that were sent with jobs: files of each job below {@code inputs/<id>/}, from its submission until it has succeeded or is deleted. */
@Component
public class JobInputs {

    /** What a job's split is called whose samples were sent. */
    static final String SPLIT = "upload";

    private final JdbcClient database;
    private final Storage storage;
    private final Blobs blobs;

    JobInputs(JdbcClient database, Storage storage, Blobs blobs) {
        this.database = database;
        this.storage = storage;
        this.blobs = blobs;
    }

    /**
     * Stores files, for a job that {@link #keep} is told of within an hour.
     *
     * @return the start of their keys
     */
    String store(List<Path> files) {
        var key = JobInputBlobs.PREFIX + UUID.randomUUID() + "/";
        blobs.expect(key);
        files.forEach(file -> storage.put(key + file.getFileName(), file));
        return key;
    }

    /** They are the job's, in the transaction that makes it. */
    void keep(UUID job, String key) {
        blobs.keep(key);
        database.sql("insert into job_input (job_id, key) values (:job, :key)")
                .param("job", job)
                .param("key", key)
                .update();
    }

    /** Keys of a job's files; empty if it has none. */
    public List<String> of(UUID job) {
        return key(job).map(storage::list).orElse(List.of());
    }

    /** Nobody needs them any more, in the caller's transaction. */
    void discard(UUID job) {
        key(job).ifPresent(blobs::release);
        database.sql("delete from job_input where job_id = :job")
                .param("job", job)
                .update();
    }

    private Optional<String> key(UUID job) {
        return database.sql("select key from job_input where job_id = :job")
                .param("job", job)
                .query(String.class)
                .optional();
    }

    @EventListener
    void on(JobDeleted deleted) {
        discard(deleted.job());
    }
}
