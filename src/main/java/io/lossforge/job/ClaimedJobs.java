package io.lossforge.job;

import io.lossforge.training.Evaluation;
import io.lossforge.training.TrainerEvent;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the worker that holds a claim may do to its job. Every method locks the job's row, and throws {@link LeaseLost} without having
 * changed anything if the claim is no longer good; each joins the caller's transaction.
 */
@Component
@Transactional
public class ClaimedJobs {

    private static final Logger log = LoggerFactory.getLogger(ClaimedJobs.class);

    private final Jobs jobs;
    private final JobLog jobLog;
    private final JobCheckpoints checkpoints;
    private final JobInputs inputs;
    private final JobSettings settings;
    private final DatabaseClock clock;
    private final JdbcClient database;
    private final JsonMapper json;
    private final ApplicationEventPublisher events;

    ClaimedJobs(
            Jobs jobs,
            JobLog jobLog,
            JobCheckpoints checkpoints,
            JobInputs inputs,
            JobSettings settings,
            DatabaseClock clock,
            JdbcClient database,
            JsonMapper json,
            ApplicationEventPublisher events) {
        this.jobs = jobs;
        this.jobLog = jobLog;
        this.checkpoints = checkpoints;
        this.inputs = inputs;
        this.settings = settings;
        this.clock = clock;
        this.database = database;
        this.json = json;
        this.events = events;
    }

    /**
     * The trainer has data and network in place: {@code STARTING} becomes {@code RUNNING}.
     *
     * @return whether the attempt goes on from a checkpoint, or repeats the former ones bit by bit (same device, same threads), so that
     *     the points which they stored stand; if not, the caller removes them
     */
    public boolean started(Claim claim, TrainerEvent.Started started) {
        boolean pointsStand = held(claim).started(started);
        if (started.resumed() == null) {
            checkpoints.discardFormer(claim);
        }
        return pointsStand;
    }

    /** Samples and network of a batch prediction are in place: {@code STARTING} becomes {@code RUNNING}. */
    public void predicting(Claim claim, TrainerEvent.Predicting begun) {
        held(claim).predicting(begun);
    }

    /** Takes note of where it is. */
    public void progressed(Claim claim, TrainerEvent.Progress progress) {
        held(claim).progressed(progress, clock.instant());
    }

    /**
     * Takes the next numbers of the job's sequence.
     *
     * @return the first of them
     */
    public long reserve(Claim claim, int count) {
        var job = held(claim);
        var first = job.lastSequence + 1;
        job.lastSequence += count;
        return first;
    }

    /** The newest number of the job's sequence; 0 if none was given. */
    public long lastSequence(Claim claim) {
        return held(claim).lastSequence;
    }

    /** How many of the attempt's points, counted from its start, are stored already by an attempt that it repeats. */
    public long pointsStored(Claim claim) {
        return held(claim).pointsStored;
    }

    /**
     * Takes note of points that are being stored in the same transaction.
     *
     * @param pointsStored how many points of the attempt, counted from its start, are stored with them
     * @param latest value by split and name, of what changed
     */
    public void measured(Claim claim, long pointsStored, Map<String, Map<String, Double>> latest) {
        var job = held(claim);
        job.pointsStored = pointsStored;
        var merged = job.latestMetrics.deepCopy();
        latest.forEach((split, values) -> {
            var known = merged.withObject("/" + split.replace("~", "~0").replace("/", "~1"));
            values.forEach(known::put);
        });
        job.latestMetrics = merged;
    }

    /** Adds to the job's log, under numbers that {@link #reserve} gave; the middle leaves when it becomes too long. */
    public void logged(Claim claim, List<JobLog.Chunk> chunks) {
        var job = held(claim);
        jobLog.append(claim.job(), chunks);
        for (var chunk : chunks) {
            job.logBytes += chunk.text().getBytes(StandardCharsets.UTF_8).length;
        }
        long limit = settings.logLimit().toBytes();
        if (job.logBytes > limit) {
            job.logBytes = jobLog.trim(claim.job(), limit / 4 * 3);
        }
    }

    /**
     * The job is done: {@code RUNNING} becomes {@code SUCCEEDED}.
     *
     * @param modelName of the version registered in the same transaction
     * @param weightsSha256 hash of all weights and buffers, hex
     */
    public void succeeded(
            Claim claim,
            String modelName,
            int modelVersion,
            int epoch,
            Map<String, Evaluation> evaluations,
            String weightsSha256) {
        var job = held(claim);
        job.succeeded(modelName, modelVersion, epoch, weightsSha256, clock.instant());
        checkpoints.discard(claim.job());
        store(claim, evaluations);
    }

    /**
     * A batch prediction is done: {@code RUNNING} becomes {@code SUCCEEDED}. Its result is stored in the same transaction, and the samples that
     * were sent with it leave.
     *
     * @param evaluation null if it is not known of every sample what it is
     */
    public void predicted(Claim claim, long samples, @Nullable Evaluation evaluation) {
        held(claim).predicted(samples, clock.instant());
        inputs.discard(claim.job());
        store(claim, evaluation == null ? Map.of() : Map.of(evaluation.split(), evaluation));
    }

    private void store(Claim claim, Map<String, Evaluation> evaluations) {
        database.sql("delete from job_evaluation where job_id = :job")
                .param("job", claim.job())
                .update();
        evaluations.forEach((split, evaluation) -> database.sql("""
                        insert into job_evaluation (job_id, split, evaluation) values (:job, :split, :evaluation::jsonb)""")
                .param("job", claim.job())
                .param("split", split)
                .param("evaluation", json.writeValueAsString(evaluation))
                .update());
    }

    /**
     * The attempt ended without success.
     *
     * @param message for people: what happened, no path, no stack trace
     * @return what became of the job: {@code QUEUED}, {@code FAILED} or {@code CANCELLED}
     */
    public JobState ended(Claim claim, EndReason reason, String message) {
        return end(held(claim), reason, message);
    }

    /**
     * The worker that made an attempt is known to be dead: its job need not wait until the lease runs out. Nothing happens if the attempt
     * has ended.
     */
    public void abandoned(UUID id, int attempt) {
        jobs.findAndLockById(id)
                .filter(job -> job.state.isHeld() && job.attempt == attempt)
                .ifPresent(job -> end(job, EndReason.LEASE_LOST, "its worker died: " + job.lastHeard()));
    }

    /**
     * Whether the claim's attempt is known to have succeeded: for a worker that lost its connection while it said so.
     */
    public boolean hasSucceeded(Claim claim) {
        return jobs.findById(claim.job())
                .filter(job -> job.state == JobState.SUCCEEDED && job.attempt == claim.attempt())
                .isPresent();
    }

    /** Ends the running attempt of a job whose row is locked. */
    JobState end(TrainingJob job, EndReason reason, String message) {
        job.attemptEnded(reason, message, settings.backoff(job.failures + 1), clock.instant());
        log.info(
                "job {}, attempt {}: {}: {}; the job is {} now",
                job.id(),
                job.attempt,
                reason.code(),
                message,
                job.state);
        checkpoints.place(job);
        if (job.state == JobState.QUEUED) {
            events.publishEvent(new JobQueued());
        }
        return job.state;
    }

    private TrainingJob held(Claim claim) {
        return jobs.findAndLockById(claim.job())
                .filter(job -> job.isHeldBy(claim))
                .orElseThrow(() -> new LeaseLost(claim));
    }
}
