package io.lossforge.job;

import io.lossforge.storage.Blobs;
import io.lossforge.storage.NoSuchBlob;
import io.lossforge.storage.Storage;
import io.lossforge.storage.Stored;
import io.lossforge.training.Outputs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Types;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * What the networks of finished jobs say about the samples: of training the logits of each split, and the predictions for all test samples; of a batch
 * prediction its rows.
 */
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

    /** Where the result of a batch prediction is kept, likewise. */
    public static String resultKey(UUID job, String sha256, String format) {
        return JobBlobs.of(job) + "%s.%s.gz".formatted(sha256, format);
    }

    /**
     * Takes note of the file of a job, whose bytes are stored, in the caller's transaction, which holds the job.
     *
     * @param testCorrect which test samples, or samples predicted, the job has right, in the dataset's order; null without a test split, or without
     *     labels
     * @throws NoSuchBlob if its bytes are gone
     */
    public void store(UUID job, Stored file, @Nullable BitSet testCorrect) {
        key(job).filter(former -> !former.equals(file.key())).ifPresent(blobs::release);
        blobs.keep(file.key());
        database.sql("""
                        insert into job_output (job_id, key, sha256, bytes, test_correct)
                        values (:job, :key, :sha256, :bytes, :testCorrect)
                        on conflict (job_id) do update
                        set key = excluded.key, sha256 = excluded.sha256, bytes = excluded.bytes, test_correct = excluded.test_correct""")
                .param("job", job)
                .param("key", file.key())
                .param("sha256", file.sha256())
                .param("bytes", file.bytes())
                .param("testCorrect", testCorrect == null ? null : testCorrect.toByteArray(), Types.BINARY)
                .update();
    }

    /** Which test samples, or samples predicted, jobs have right, in the dataset's order, by job; one of which that is not stored is missing. */
    public Map<UUID, BitSet> testCorrect(Collection<UUID> jobs) {
        var correct = new HashMap<UUID, BitSet>();
        database.sql("""
                        select job_id, test_correct from job_output
                        where job_id = any (cast(:jobs as uuid[])) and test_correct is not null""")
                .param("jobs", jobs.stream().map(UUID::toString).toArray(String[]::new))
                .query(row -> {
                    correct.put(row.getObject("job_id", UUID.class), BitSet.valueOf(row.getBytes("test_correct")));
                });
        return correct;
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

    /** Where the file of a job is; empty if it has none. */
    Optional<String> key(UUID job) {
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
