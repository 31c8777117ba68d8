package io.lossforge.job;

import io.lossforge.storage.Storage;
import io.lossforge.training.TrainerEvent;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.SimplePropertyRowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.annotation.Transactional;

/**
 * The checkpoints of unfinished jobs: which there are, and where. The last two of a job are kept; those before them leave, and all of them when
 * the job has ended. Only the worker that holds a job may add one.
 */
@Component
public class JobCheckpoints {

    private static final Logger log = LoggerFactory.getLogger(JobCheckpoints.class);

    private static final RowMapper<StoredCheckpoint> ROWS = new SimplePropertyRowMapper<>(StoredCheckpoint.class);

    private static final String NEEDLESS = """
            select mine.key from job_checkpoint mine join training_job job on job.id = mine.job_id
            where job.state in ('SUCCEEDED', 'FAILED', 'CANCELLED')
               or not mine.stored and mine.attempt < job.attempt
               or (select count(*) from job_checkpoint newer
                   where newer.job_id = mine.job_id and newer.stored
                     and (newer.attempt, newer.step, newer.at) > (mine.attempt, mine.step, mine.at))
                  >= case when mine.stored then 2 else 1 end
            limit 100""";

    private final Jobs jobs;
    private final JdbcClient database;
    private final Storage storage;
    private boolean away;

    JobCheckpoints(Jobs jobs, JdbcClient database, Storage storage) {
        this.jobs = jobs;
        this.database = database;
        this.storage = storage;
    }

    /**
     * Takes note that the bytes of a checkpoint are about to be stored.
     *
     * @param device kind that it was written on
     * @param threads of the engine that wrote it
     * @return the key to store them under: no other attempt has it
     * @throws LeaseLost if the claim is no longer good
     */
    @Transactional
    public String announce(Claim claim, TrainerEvent.Checkpoint checkpoint, String device, int threads) {
        held(claim);
        var key = JobBlobs.of(claim.job())
                + "checkpoints/%d-%s.safetensors".formatted(claim.attempt(), checkpoint.sha256());
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
        return key;
    }

    /**
     * Takes note that the bytes are stored: another attempt can go on from there.
     *
     * @return false, and nothing is changed, while points measured before the checkpoint are not stored: they would never be
     * @throws LeaseLost if the claim is no longer good
     */
    @Transactional
    public boolean stored(Claim claim, String key) {
        var job = held(claim);
        return database.sql("update job_checkpoint set stored = true where key = :key and points <= :points")
                        .param("key", key)
                        .param("points", job.pointsStored)
                        .update()
                > 0;
    }

    /** At most two that an attempt can go on from, the newest first. */
    public List<StoredCheckpoint> newest(UUID job) {
        return database.sql("""
                        select key, attempt, epoch, step, progress, points, sha256, bytes, device, threads
                        from job_checkpoint where job_id = :job and stored
                        order by attempt desc, step desc, at desc limit 2""").param("job", job).query(ROWS).list();
    }

    /**
     * Nobody goes on any more from what former attempts wrote: the claim's has begun anew. In the caller's transaction.
     */
    public void discardFormer(Claim claim) {
        database.sql("update job_checkpoint set stored = false where job_id = :job and attempt < :attempt")
                .param("job", claim.job())
                .param("attempt", claim.attempt())
                .update();
    }

    /** Removes those that nobody needs any more. A process that dies meanwhile leaves the rest to the next look. */
    @Scheduled(fixedDelay = 1000)
    void removeNeedless() {
        try {
            for (var key : database.sql(NEEDLESS)
                    .query((row, number) -> row.getString("key"))
                    .list()) {
                storage.delete(key);
                database.sql("delete from job_checkpoint where key = :key")
                        .param("key", key)
                        .update();
            }
            away = false;
        } catch (DataAccessException | TransactionException | UncheckedIOException e) {
            if (!away) {
                log.warn(
                        "Checkpoints that nobody needs can't be removed; tried again every second: {}", e.getMessage());
                away = true;
            }
        }
    }

    private TrainingJob held(Claim claim) {
        return jobs.findAndLockById(claim.job())
                .filter(job -> job.isHeldBy(claim))
                .orElseThrow(() -> new LeaseLost(claim));
    }
}
