package io.lossforge.job;

import io.lossforge.storage.Blobs;
import io.lossforge.storage.NoSuchBlob;
import io.lossforge.storage.Storage;
import io.lossforge.storage.Stored;
import io.lossforge.training.Outputs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.UUID;
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What the networks of finished jobs say about the samples: logits of each split, and the predictions for all test samples. */
@Component
public class JobOutputs {

    private final JdbcClient database;
    private final Storage storage;
    private final Blobs blobs;

    JobOutputs(JdbcClient database, Storage storage, Blobs blobs) {
        this.database = database;
        this.storage = storage;
        this.blobs = blobs;
    }

    /** Where the file of a job is kept: no two jobs share one, so that it can leave with its job. */
    public static String key(UUID job, String sha256) {
        return JobBlobs.of(job) + sha256 + ".safetensors";
    }

    /**
     * Takes note of the file of a job, whose bytes are stored, in the caller's transaction, which holds the job.
     *
     * @throws NoSuchBlob if its bytes are gone
     */
    public void store(UUID job, Stored file) {
        key(job).filter(former -> !former.equals(file.key())).ifPresent(blobs::release);
        blobs.keep(file.key());
        database.sql("""
                        insert into job_output (job_id, key, sha256, bytes) values (:job, :key, :sha256, :bytes)
                        on conflict (job_id) do update
                        set key = excluded.key, sha256 = excluded.sha256, bytes = excluded.bytes""")
                .param("job", job)
                .param("key", file.key())
                .param("sha256", file.sha256())
                .param("bytes", file.bytes())
                .update();
    }

    /** Reads those of a job, tens of megabytes at most; empty if it has none. */
    public Optional<Outputs> of(UUID job) {
        return key(job).flatMap(key -> {
            try (var stream = storage.open(key)) {
                return Optional.of(Outputs.read(stream));
            } catch (NoSuchBlob e) {
                return Optional.empty();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private Optional<String> key(UUID job) {
        return database.sql("select key from job_output where job_id = :job")
                .param("job", job)
                .query(String.class)
                .optional();
    }

    @EventListener
    void on(JobDeleted deleted) {
        blobs.release(JobBlobs.of(deleted.job()));
    }
}
