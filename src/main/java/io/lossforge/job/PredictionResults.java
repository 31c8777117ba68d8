package io.lossforge.job;

import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import io.lossforge.storage.Storage;
import io.lossforge.web.ApiException;
import java.io.IOException;
import java.io.InputStream;
import java.util.UUID;
import java.util.zip.GZIPInputStream;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The rows that batch predictions left, gzipped in the storage. */
@Component
@ConditionalOnRole(Role.SERVER)
class PredictionResults {

    private static final int BUFFER = 1 << 16;

    private final Jobs jobs;
    private final JdbcClient database;
    private final Storage storage;

    PredictionResults(Jobs jobs, JdbcClient database, Storage storage) {
        this.jobs = jobs;
        this.database = database;
        this.storage = storage;
    }

    /**
     * A stored result.
     *
     * @param format {@code csv} or {@code jsonl}
     * @param sha256 of the gzipped bytes
     * @param bytes gzipped
     */
    record Result(String key, String format, String sha256, long bytes) {}

    /**
     * That of a job.
     *
     * @throws ApiException 404 if there is no such job, or it has none
     */
    Result of(UUID id) {
        var job = jobs.findById(id).orElseThrow(() -> JobNotFound.of(id));
        if (job.work != Work.BATCH_PREDICTION) {
            throw ApiException.notFound(
                    "predictions-not-found",
                    "job %s is no batch prediction: it is a %s job".formatted(id, job.work.json()));
        }
        return database.sql("select key, :format as format, sha256, bytes from job_output where job_id = :job")
                .param("job", id)
                .param("format", BatchSpec.of(job.spec).format())
                .query(Result.class)
                .optional()
                .orElseThrow(() -> ApiException.notFound(
                        "predictions-not-found",
                        job.state == JobState.SUCCEEDED
                                ? "the result of job %s was removed: lossforge.retention.outputs says when"
                                        .formatted(id)
                                : "job %s: %s, its result comes when it succeeds".formatted(id, job.state)));
    }

    /** As it is stored, for the caller to close. */
    InputStream gzipped(Result result) {
        return storage.open(result.key());
    }

    /** Unpacked as it is read, for the caller to close. */
    InputStream plain(Result result) throws IOException {
        var stored = storage.open(result.key());
        try {
            return new GZIPInputStream(stored, BUFFER);
        } catch (IOException e) {
            stored.close();
            throw e;
        }
    }
}
