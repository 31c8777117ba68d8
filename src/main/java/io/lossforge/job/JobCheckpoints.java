package io.lossforge.job;

import io.lossforge.storage.Blobs;
import io.lossforge.training.TrainerEvent;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.SimplePropertyRowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * The checkpoints that jobs can go on from: which there are, and where. The last two of a job are kept; those before them leave, and all of them
 * when the job has succeeded. Only the worker that holds a job may add one.
 */
@Component
public class JobCheckpoints {

    private static final RowMapper<StoredCheckpoint> ROWS = new SimplePropertyRowMapper<>(StoredCheckpoint.class);

    private final Jobs jobs;
    private final JdbcClient database;
    private final Blobs blobs;

    JobCheckpoints(Jobs jobs, JdbcClient database, Blobs blobs) {
        this.jobs = jobs;
        this.database = database;
        this.blobs = blobs;
    }

    /** Where the bytes of a checkpoint are stored, with {@link Blobs#put}, before it is added: no other attempt has the key. */
    public static String key(Claim claim, String sha256) {
        return directory(claim.job()) + "%d-%s.safetensors".formatted(claim.attempt(), sha256);
    }

    private static String directory(UUID job) {
        return JobBlobs.of(job) + "checkpoints/";
    }

    /**
     * Takes note of a checkpoint whose bytes are stored: another attempt can go on from there. Again is fine.
     *
     * @param device kind that it was written on
     * @param threads of the engine that wrote it
     * @return false, and nothing is changed, while points measured before the checkpoint are not stored: they would never be
     * @throws LeaseLost if the claim is no longer good
     * @throws io.lossforge.storage.NoSuchBlob if its bytes are gone
     */
    @Transactional
    public boolean add(Claim claim, TrainerEvent.Checkpoint checkpoint, String device, int threads) {
        var job = jobs.findAndLockById(claim.job())
                .filter(claimed -> claimed.isHeldBy(claim))
                .orElseThrow(() -> new LeaseLost(claim));
        if (job.pointsStored < checkpoint.points()) {
            return false;
        }
        var key = key(claim, checkpoint.sha256());
        blobs.keep(key);
        database.sql("""
                        insert into job_checkpoint
                            (key, job_id, attempt, epoch, step, progress, points, sha256, bytes, device, threads)
                        values (:key, :job, :attempt, :epoch, :step, :progress, :points, :sha256, :bytes, :device, :threads)
                        on conflict (key) do nothing""")
                .param("key", key)
                .param("job", claim.job())
                .param("attempt", claim.attempt())
                .param("epoch", checkpoint.epoch())
                .param("step", checkpoint.step())
                .param("progress", Math.min(1, checkpoint.progress()))
                .param("points", checkpoint.points())
                .param("sha256", checkpoint.sha256())
                .param("bytes", checkpoint.bytes())
                .param("device", device)
                .param("threads", threads)
                .update();
        remove("""
                key in (select key from job_checkpoint where job_id = :job
                        order by attempt desc, step desc, at desc offset 2)""", Map.of("job", claim.job()));
        return true;
    }

    /** At most two that an attempt can go on from, the newest first. */
    public List<StoredCheckpoint> newest(UUID job) {
        return database.sql("""
                        select key, attempt, epoch, step, progress, points, sha256, bytes, device, threads
                        from job_checkpoint where job_id = :job
                        order by attempt desc, step desc, at desc limit 2""").param("job", job).query(ROWS).list();
    }

    /** Puts a job that no worker holds where its next attempt goes on, if that is known. */
    void place(TrainingJob job) {
        if (!job.state.isHeld() && !job.state.isFinished()) {
            newest(job.id()).stream().findFirst().ifPresent(job::goesOnFrom);
        }
    }

    /** Nobody goes on any more from what former attempts wrote: the claim's has begun anew. In the caller's transaction. */
    void discardFormer(Claim claim) {
        remove("job_id = :job and attempt < :attempt", Map.of("job", claim.job(), "attempt", claim.attempt()));
    }

    /** Nobody goes on any more from any of a job, one that was stored but not added included. In the caller's transaction. */
    void discard(UUID job) {
        database.sql("delete from job_checkpoint where job_id = :job")
                .param("job", job)
                .update();
        blobs.release(directory(job));
    }

    /**
     * Removes those that a condition finds, in the caller's transaction; their bytes leave soon after it.
     *
     * @param condition of SQL, over a row of {@code job_checkpoint}
     * @return how many
     */
    int remove(String condition, Map<String, ?> parameters) {
        var keys = database.sql("delete from job_checkpoint where " + condition + " returning key")
                .params(parameters)
                .query((row, number) -> row.getString("key"))
                .list();
        if (!keys.isEmpty()) {
            blobs.release(keys);
        }
        return keys.size();
    }
}
