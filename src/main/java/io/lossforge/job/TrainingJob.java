package io.lossforge.job;

import io.lossforge.dataset.DatasetVersion;
import io.lossforge.training.Catalogues;
import io.lossforge.training.Resources.Device;
import io.lossforge.training.TrainerEvent;
import io.lossforge.training.TrainingSpec;
import jakarta.persistence.CollectionTable;
import jakarta.persistence.Column;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.OrderColumn;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.hibernate.annotations.BatchSize;
import org.hibernate.annotations.DynamicUpdate;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.annotations.ListIndexBase;
import org.hibernate.annotations.UuidGenerator;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A job, its place in the queue and its attempts. Who changes one holds its row's lock; the methods hold the rules. Claiming is the one
 * move that is a statement of its own, in {@link JobQueue}.
 */
@Entity
@DynamicUpdate
class TrainingJob {

    @Id
    @UuidGenerator(style = UuidGenerator.Style.VERSION_7)
    @Nullable UUID id;

    /** What it does; in an answer it is called its kind. */
    @Enumerated(EnumType.STRING)
    Work work = Work.TRAINING;

    @Nullable String owner;

    String name = "";

    @Enumerated(EnumType.STRING)
    JobState state = JobState.QUEUED;

    @Nullable String statusReason;

    @Nullable String statusMessage;

    @JdbcTypeCode(SqlTypes.JSON)
    ObjectNode spec = JsonNodeFactory.instance.objectNode();

    /** With {@link #datasetName} and {@link #datasetVersion}, null where samples were sent with the job. */
    @Nullable UUID datasetVersionId;

    @Nullable String datasetName;

    @Nullable Integer datasetVersion;

    @Nullable UUID experimentId;

    /** The model version that it starts from or runs; null for none, or one that was deleted since the job ended. */
    @Nullable UUID initialVersionId;

    @Nullable String initialWeightsSha256;

    String device = "";
    int priority;
    boolean preemptible;

    @JdbcTypeCode(SqlTypes.ARRAY)
    @Column(columnDefinition = "text[]")
    List<String> labels = List.of();

    /** Jobs of a kind take about as long for an epoch; null for one from before kinds were told apart. */
    @Nullable UUID kind;

    /** With {@link #priority} and {@link #queuedAt} it makes the job's turn, which the database computes. */
    double ageingSeconds = 3600;

    int maxAttempts;

    @Nullable Instant deadlineAt;

    Instant createdAt = Instant.EPOCH;
    Instant queuedAt = Instant.EPOCH;
    Instant runAfter = Instant.EPOCH;

    @Nullable Instant startedAt;

    @Nullable Instant endedAt;

    @Nullable Instant estimatedEnd;

    int attempt;
    int failures;

    @Nullable UUID claimedBy;

    @Nullable Instant leaseUntil;

    /** When its worker last renewed the lease. */
    @Nullable Instant heardAt;

    /** How the running attempt was asked to end; null if it was not. */
    @Enumerated(EnumType.STRING)
    @Nullable EndReason requested;

    @Nullable Instant pausedAt;

    int retries;
    double progress;

    @Nullable Integer epoch;

    @Nullable Long step;

    @JdbcTypeCode(SqlTypes.JSON)
    ObjectNode latestMetrics = JsonNodeFactory.instance.objectNode();

    long lastSequence;
    long pointsStored;
    long logBytes;

    @Nullable String modelName;

    @Nullable Integer modelVersion;

    @Nullable String weightsSha256;

    @Nullable String trainingSha256;

    @JdbcTypeCode(SqlTypes.ARRAY)
    long @Nullable [] trainingCounts;

    @JdbcTypeCode(SqlTypes.ARRAY)
    long @Nullable [] validationCounts;

    @ElementCollection
    @CollectionTable(name = "job_attempt", joinColumns = @JoinColumn(name = "job_id"))
    @OrderColumn(name = "number")
    @ListIndexBase(1)
    @BatchSize(size = 100)
    List<JobAttempt> attempts = new ArrayList<>();

    /** For JPA. */
    TrainingJob() {}

    /**
     * A new job at the end of its priority's queue.
     *
     * @param spec complete: name, model and dataset version filled in
     * @param ageing how long a job must wait to go before a new one of one priority more
     */
    static TrainingJob submitted(
            TrainingSpec spec,
            UUID datasetVersionId,
            String datasetName,
            int datasetVersion,
            @Nullable String owner,
            Duration ageing,
            Instant now) {
        var job = new TrainingJob();
        job.owner = owner;
        job.name = Objects.requireNonNull(spec.name());
        job.spec = Catalogues.JSON.write(spec);
        job.datasetVersionId = datasetVersionId;
        job.datasetName = datasetName;
        job.datasetVersion = datasetVersion;
        job.device = spec.resources().device().name();
        job.labels = spec.resources().labels();
        job.priority = spec.priority();
        job.ageingSeconds = ageing.toMillis() / 1000.0;
        job.preemptible = spec.preemptible();
        job.kind = JobDurations.kind(spec, datasetVersionId);
        job.maxAttempts = spec.maxAttempts();
        job.deadlineAt = deadline(now, spec.deadline());
        return job.queuedFirst(now);
    }

    /**
     * A new batch prediction at the end of its priority's queue.
     *
     * @param model the version that it runs
     * @param dataset null where its samples are sent with it
     * @param ageing as of {@link #submitted}
     */
    static TrainingJob predicting(
            String name,
            BatchSpec spec,
            UUID model,
            @Nullable DatasetVersion dataset,
            @Nullable String owner,
            Duration ageing,
            Instant now) {
        var job = new TrainingJob();
        job.work = Work.BATCH_PREDICTION;
        job.owner = owner;
        job.name = name;
        job.spec = spec.json();
        job.initialVersionId = model;
        if (dataset != null) {
            job.datasetVersionId = dataset.id();
            job.datasetName = dataset.name();
            job.datasetVersion = dataset.version();
        }
        job.device = Device.ANY.name();
        job.labels = spec.labels();
        job.priority = spec.priority();
        job.ageingSeconds = ageing.toMillis() / 1000.0;
        job.kind = JobDurations.kind(spec, model);
        job.maxAttempts = spec.maxAttempts();
        job.deadlineAt = deadline(now, spec.deadline());
        return job.queuedFirst(now);
    }

    private TrainingJob queuedFirst(Instant now) {
        createdAt = now;
        queuedAt = now;
        runAfter = now;
        return this;
    }

    /** Makes it one of an experiment's jobs. */
    TrainingJob of(UUID experiment) {
        experimentId = experiment;
        return this;
    }

    /** Makes it start from the weights of a model version; null for new ones. */
    TrainingJob from(@Nullable InitialModel model) {
        initialVersionId = model == null ? null : model.id();
        initialWeightsSha256 = model == null ? null : model.weightsSha256();
        return this;
    }

    UUID id() {
        return Objects.requireNonNull(id, "a job has its id once it is stored");
    }

    /** The specification of a training job, as it is understood today. */
    TrainingSpec specification() {
        return Catalogues.JSON.read(TrainingSpec.class, spec);
    }

    boolean isHeldBy(Claim claim) {
        return state.isHeld() && attempt == claim.attempt() && claim.worker().equals(claimedBy);
    }

    /**
     * Ends the job as soon as can be: at once if no worker holds it, else when its worker has heard of it. Again is fine.
     *
     * @throws IllegalMove if it ended otherwise
     */
    void cancel(Instant now) {
        if (state == JobState.CANCELLED || requested == EndReason.CANCELLED) {
            return;
        }
        requireMove(JobState.CANCELLED);
        if (state.isHeld()) {
            ask(EndReason.CANCELLED, "cancelling", "the trainer is being told to stop");
            return;
        }
        end(
                JobState.CANCELLED,
                EndReason.CANCELLED.code(),
                attempt == 0 ? "cancelled before it was started" : "cancelled while it waited",
                now);
    }

    /**
     * Keeps the job from going on until it is resumed: at once if no worker holds it, else when its trainer has written a checkpoint. Again is
     * fine.
     *
     * @throws IllegalMove if it ended, or is being cancelled, or runs and could not go on from a checkpoint
     */
    void pause(Instant now) {
        if (state == JobState.PAUSED || requested == EndReason.PAUSED) {
            return;
        }
        requireNotCancelling(JobState.PAUSED);
        requireMove(JobState.PAUSED);
        if (state.isHeld()) {
            if (work == Work.BATCH_PREDICTION) {
                throw new IllegalMove(
                        "job %s: %s, a batch prediction writes no checkpoints to go on from: cancel it, and retry it later"
                                .formatted(id, state));
            }
            ask(EndReason.PAUSED, "pausing", "the trainer is being told to write a checkpoint and stop");
            return;
        }
        rest(attempt == 0 ? "paused before it was started" : "paused while it waited", now);
    }

    /**
     * Lets the job go on: a paused one waits in the queue, as if the pause had not been; one that is just being paused is queued as soon as its
     * trainer has stopped, if that was told to already. A job that neither is nor is being paused stays as it is, so that again is fine.
     *
     * @throws IllegalMove if it ended, or is being cancelled
     */
    void resume(Instant now) {
        requireNotCancelling(JobState.QUEUED);
        if (state.isFinished()) {
            throw new IllegalMove("job %s: %s, there is nothing to resume".formatted(id, state));
        }
        if (requested == EndReason.PAUSED) {
            requested = null;
            say(null, "goes on");
        }
        if (state == JobState.PAUSED) {
            queuedAt = queuedAt.plus(Duration.between(Objects.requireNonNull(pausedAt), now));
            become(JobState.QUEUED);
            say(null, "resumed");
        }
    }

    /**
     * Asks for the job's slot, for a job of higher priority.
     *
     * @return whether it will make room; not if it need not, or is about to end anyway
     */
    boolean preempt() {
        if (!preemptible || !state.isHeld() || requested != null) {
            return false;
        }
        ask(EndReason.PREEMPTED, "preempting", "makes room for a job of higher priority");
        return true;
    }

    /**
     * Queues a failed or cancelled job again, with its attempts counted anew. Again is fine until it ends.
     *
     * @throws IllegalMove if it neither failed nor was cancelled, or is being cancelled, or the model that it starts from was deleted
     */
    void retry(Instant now) {
        requireNotCancelling(JobState.QUEUED);
        if (!state.isFinished() && retries > 0) {
            return;
        }
        if (!state.isFinished()) {
            throw new IllegalMove(
                    "job %s: %s, it can be retried once it has failed or was cancelled".formatted(id, state));
        }
        if (initialVersionId == null && (work == Work.BATCH_PREDICTION || initialWeightsSha256 != null)) {
            throw new IllegalMove("job %s: %s, was deleted: submit a new job".formatted(id, work.model(spec)));
        }
        become(JobState.QUEUED);
        retries++;
        failures = 0;
        startedAt = null;
        endedAt = null;
        queuedAt = now;
        runAfter = now;
        deadlineAt = deadline(now, work.deadline(spec));
        progress = 0;
        epoch = null;
        step = null;
        say(null, null);
    }

    /** Sets the priority; the higher runs first. */
    void prioritise(int priority) {
        requireUnfinished("priority");
        this.priority = priority;
        spec = spec.deepCopy().put("priority", priority);
    }

    /** Sets the time from submission after which the job fails; null for none. */
    void limit(@Nullable Duration deadline) {
        requireUnfinished("deadline");
        deadlineAt = deadline(createdAt, deadline);
        spec = spec.deepCopy().put("deadline", deadline == null ? null : deadline.toString());
    }

    /**
     * The trainer has data and network in place. Again is fine: whoever says it need not have heard the answer.
     *
     * @return whether the attempt repeats the former ones bit by bit, or goes on from what one of them left
     */
    boolean started(TrainerEvent.Started started) {
        if (state != JobState.RUNNING) {
            become(JobState.RUNNING);
        }
        var current = attempt - 1;
        var resumed = started.resumed();
        // the points stored are those of the last attempt that measured any, or repeated and continued by it
        var repeats = resumed != null
                || attempts.subList(0, current).stream()
                        .filter(former -> former.threads() != null)
                        .reduce((former, later) -> later)
                        .map(last -> Integer.valueOf(started.threads()).equals(last.threads())
                                && last.device().equals(started.device()))
                        .orElse(true);
        attempts.set(current, attempts.get(current).running(started));
        if (!repeats) {
            pointsStored = 0;
        }
        trainingSha256 = started.trainingSha256();
        trainingCounts = array(started.trainingCounts());
        validationCounts = array(started.validationCounts());
        if (requested == null) {
            var begins = resumed == null ? "the first step comes next" : "goes on after step " + resumed.step();
            say(null, started.warnings().isEmpty() ? begins : begins + ": " + String.join("; ", started.warnings()));
        }
        return repeats;
    }

    /** Samples and network of a batch prediction are in place. Again is fine. */
    void predicting(TrainerEvent.Predicting begun) {
        if (state != JobState.RUNNING) {
            become(JobState.RUNNING);
        }
        attempts.set(attempt - 1, attempts.get(attempt - 1).running(begun));
        if (requested == null) {
            say(null, "%,d samples".formatted(begun.samples()));
        }
    }

    /** Between two attempts it stands where the next one goes on. */
    void goesOnFrom(StoredCheckpoint checkpoint) {
        progress = checkpoint.progress();
        epoch = Math.min(checkpoint.epoch(), spec.path("epochs").asInt(checkpoint.epoch()));
        step = checkpoint.step();
    }

    /** Takes note of where it is. */
    void progressed(TrainerEvent.Progress now, Instant at) {
        progress = Math.min(1, Math.max(0, now.progress()));
        epoch = work == Work.TRAINING ? (Integer) now.epoch() : null;
        step = now.step();
        if (Double.isFinite(now.remainingSeconds())) {
            estimatedEnd = at.plusMillis(Math.round(1000 * Math.max(0, now.remainingSeconds())));
        }
        if (requested == null) {
            say(null, work.place(now, spec));
        }
    }

    /** Its model version is registered: in the same transaction. */
    void succeeded(String modelName, int modelVersion, int epoch, String weightsSha256, Instant now) {
        closeAttempt(EndReason.COMPLETED, null, now);
        this.modelName = modelName;
        this.modelVersion = modelVersion;
        this.epoch = epoch;
        this.weightsSha256 = weightsSha256;
        progress = 1;
        end(JobState.SUCCEEDED, null, "model %s:%d".formatted(modelName, modelVersion), now);
    }

    /** The result of a batch prediction is stored: in the same transaction. */
    void predicted(long samples, Instant now) {
        closeAttempt(EndReason.COMPLETED, null, now);
        progress = 1;
        end(JobState.SUCCEEDED, null, "%,d samples".formatted(samples), now);
    }

    /**
     * The attempt ended without success: decides what becomes of the job. A request to cancel goes before all else. What another attempt
     * would meet again is final. An infrastructure failure counts, and is final when the attempts are used up. Otherwise the job goes on, as soon
     * as it may: paused if somebody asked for that meanwhile, else queued.
     *
     * @param backoff wait before another attempt, after an infrastructure failure
     */
    void attemptEnded(EndReason reason, String message, Duration backoff, Instant now) {
        closeAttempt(reason, message, now);
        if (reason.isInfrastructure()) {
            failures++;
        }
        if (requested == EndReason.CANCELLED || reason == EndReason.CANCELLED) {
            end(JobState.CANCELLED, EndReason.CANCELLED.code(), "cancelled", now);
            return;
        }
        if (reason.isInfrastructure() ? failures >= maxAttempts : !reason.goesOn() && !isExtended(reason, now)) {
            end(
                    JobState.FAILED,
                    reason.code(),
                    reason.isInfrastructure() && maxAttempts > 1
                            ? "%s (attempt %d of %d)".formatted(message, failures, maxAttempts)
                            : message,
                    now);
            return;
        }
        if (reason.isInfrastructure()) {
            runAfter = now.plus(backoff);
        }
        if (work == Work.BATCH_PREDICTION) {
            progress = 0;
        }
        if (requested == EndReason.PAUSED) {
            rest(
                    reason == EndReason.PAUSED ? pausedWhere() : pausedWhere() + "; its attempt had ended: " + message,
                    now);
            return;
        }
        become(JobState.QUEUED);
        say(
                reason.code(),
                reason.isInfrastructure()
                        ? "%s; tries again (attempt %d of %d)".formatted(message, failures + 1, maxAttempts)
                        : message + "; goes on when a slot is free");
    }

    /** Which worker holds the job, and since when nothing was heard of it. */
    String lastHeard() {
        var worker = attempts.get(attempt - 1).worker();
        return heardAt == null
                ? "worker %s was not heard of for as long as its lease".formatted(worker)
                : "worker %s was not heard of since %s".formatted(worker, heardAt.truncatedTo(ChronoUnit.SECONDS));
    }

    /** The deadline passed while no worker held the job. */
    void missedDeadline(Instant now) {
        end(JobState.FAILED, EndReason.DEADLINE.code(), "the deadline passed before it was done", now);
    }

    /** Whether the deadline that its worker ended the attempt for was moved meanwhile. */
    private boolean isExtended(EndReason reason, Instant now) {
        return reason == EndReason.DEADLINE && (deadlineAt == null || deadlineAt.isAfter(now));
    }

    private void ask(EndReason reason, String code, String message) {
        requested = reason;
        say(code, message);
    }

    private void rest(String message, Instant now) {
        become(JobState.PAUSED);
        pausedAt = now;
        say(EndReason.PAUSED.code(), message);
    }

    private String pausedWhere() {
        return epoch == null
                ? "paused before the first step"
                : "paused in epoch %d of %d"
                        .formatted(epoch, spec.path("epochs").asInt());
    }

    private void closeAttempt(EndReason reason, @Nullable String message, Instant now) {
        attempts.set(attempt - 1, attempts.get(attempt - 1).ended(reason, message, now));
    }

    private void end(JobState last, @Nullable String reason, String message, Instant now) {
        become(last);
        endedAt = now;
        say(reason, message);
    }

    private void become(JobState next) {
        requireMove(next);
        state = next;
        if (next != JobState.PAUSED) {
            pausedAt = null;
        }
        if (!next.isHeld()) {
            claimedBy = null;
            leaseUntil = null;
            requested = null;
            estimatedEnd = null;
        }
    }

    private void requireMove(JobState next) {
        if (!state.canBecome(next)) {
            throw new IllegalMove(id, state, next);
        }
    }

    private void requireNotCancelling(JobState next) {
        if (requested == EndReason.CANCELLED) {
            throw new IllegalMove("job %s: %s and being cancelled, it cannot become %s".formatted(id, state, next));
        }
    }

    private void requireUnfinished(String what) {
        if (state.isFinished()) {
            throw new IllegalMove("job %s: %s, its %s cannot change any more".formatted(id, state, what));
        }
    }

    private void say(@Nullable String reason, @Nullable String message) {
        statusReason = reason;
        statusMessage = message;
    }

    private static long[] array(List<Long> counts) {
        return counts.stream().mapToLong(Long::longValue).toArray();
    }

    private static @Nullable Instant deadline(Instant from, @Nullable Duration deadline) {
        return deadline == null ? null : from.plus(deadline);
    }
}
