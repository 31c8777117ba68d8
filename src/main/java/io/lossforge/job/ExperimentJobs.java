package io.lossforge.job;

import io.lossforge.catalogue.InvalidDocument;
import io.lossforge.dataset.DatasetVersion;
import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import io.lossforge.training.Catalogues;
import io.lossforge.training.TrainingSpec;
import io.lossforge.web.ApiException;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.JsonNode;

/** The jobs of an experiment: ordinary jobs of the queue, checked, queued and steered many at a time. */
@Component
@ConditionalOnRole(Role.SERVER)
public class ExperimentJobs {

    private final Jobs jobs;
    private final Submissions submissions;
    private final JobCheckpoints checkpoints;
    private final JobSettings settings;
    private final DatabaseClock clock;
    private final JdbcClient database;
    private final ApplicationEventPublisher events;

    ExperimentJobs(
            Jobs jobs,
            Submissions submissions,
            JobCheckpoints checkpoints,
            JobSettings settings,
            DatabaseClock clock,
            JdbcClient database,
            ApplicationEventPublisher events) {
        this.jobs = jobs;
        this.submissions = submissions;
        this.checkpoints = checkpoints;
        this.settings = settings;
        this.clock = clock;
        this.database = database;
        this.events = events;
    }

    /**
     * How far an experiment's jobs are.
     *
     * @param states how many there are in each state; a state that none is in is missing
     * @param progress sum over the jobs, each 0–1
     */
    public record Tally(Map<JobState, Long> states, double progress) {

        /** Of an experiment that has no job any more. */
        public static final Tally NONE = new Tally(Map.of(), 0);
    }

    /** Checks documents as a submission does; a dataset or a model that many of them name is looked up once. */
    public List<JobCheck> check(List<? extends JsonNode> documents) {
        var datasets = new HashMap<String, DatasetVersion>();
        var models = new HashMap<String, InitialModel>();
        return documents.stream()
                .map(document -> check(document, datasets, models))
                .toList();
    }

    private JobCheck check(JsonNode document, Map<String, DatasetVersion> datasets, Map<String, InitialModel> models) {
        try {
            var job = Submissions.check(
                    document,
                    reference -> datasets.computeIfAbsent(reference, submissions::dataset),
                    reference -> models.computeIfAbsent(reference, submissions::model));
            return new JobCheck(job, List.of(), List.of());
        } catch (InvalidDocument e) {
            return new JobCheck(null, e.violations(), List.of());
        } catch (ApiException e) {
            return new JobCheck(null, List.of(), e.violations());
        }
    }

    /**
     * Queues a checked job under another name and seed, in the caller's transaction.
     *
     * @return the job's id
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public UUID submit(
            UUID experiment, CheckedJob checked, String name, long seed, @Nullable String owner, Instant now) {
        var spec = Catalogues.JSON.write(checked.spec()).put("name", name).put("seed", seed);
        var job = TrainingJob.submitted(
                        Catalogues.JSON.read(TrainingSpec.class, spec),
                        checked.datasetVersionId(),
                        checked.datasetName(),
                        checked.datasetVersion(),
                        owner,
                        settings.ageing(),
                        now)
                .of(experiment)
                .from(checked.initialModel());
        return jobs.save(job).id();
    }

    /** Writes what was submitted, so that statements of this transaction see it, and lets workers of this process know. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void submitted() {
        jobs.flush();
        events.publishEvent(new JobQueued());
    }

    /** The clock that all servers and workers share. */
    public Instant now() {
        return clock.instant();
    }

    /** How far the jobs of experiments are; an experiment without jobs is missing. */
    public Map<UUID, Tally> tallies(Collection<UUID> experiments) {
        var states = new HashMap<UUID, Map<JobState, Long>>();
        var progress = new HashMap<UUID, Double>();
        database.sql("""
                        select experiment_id, state, count(*) as jobs, sum(progress) as progress from training_job
                        where experiment_id = any (cast(:experiments as uuid[])) group by experiment_id, state""")
                .param("experiments", experiments.stream().map(UUID::toString).toArray(String[]::new))
                .query(row -> {
                    var experiment = row.getObject("experiment_id", UUID.class);
                    states.computeIfAbsent(experiment, id -> new EnumMap<>(JobState.class))
                            .put(JobState.valueOf(row.getString("state")), row.getLong("jobs"));
                    progress.merge(experiment, row.getDouble("progress"), Double::sum);
                });
        var tallies = new HashMap<UUID, Tally>();
        states.forEach((experiment, counts) ->
                tallies.put(experiment, new Tally(Map.copyOf(counts), progress.getOrDefault(experiment, 0.0))));
        return tallies;
    }

    /** Ends every job that has not ended: at once if no worker holds it, else when its worker has heard of it. */
    @Transactional
    public void cancelUnfinished(UUID experiment) {
        var now = clock.instant();
        for (var job : jobs.findAndLockByExperiment(experiment)) {
            if (!job.state.isFinished()) {
                job.cancel(now);
                events.publishEvent(new JobChanged(job.id()));
            }
        }
        jobs.flush();
    }

    /**
     * Queues every failed or cancelled job again.
     *
     * @throws ApiException 409 {@code still-cancelling} while workers are being told to end some
     */
    @Transactional
    public void retryEnded(UUID experiment) {
        var now = clock.instant();
        var locked = jobs.findAndLockByExperiment(experiment);
        long ending = locked.stream()
                .filter(job -> job.requested == EndReason.CANCELLED)
                .count();
        if (ending > 0) {
            throw new ApiException(
                    HttpStatus.CONFLICT,
                    "still-cancelling",
                    "experiment %s: %d of its jobs are still being cancelled; resume it when they have ended"
                            .formatted(experiment, ending),
                    List.of());
        }
        for (var job : locked) {
            if (job.state == JobState.FAILED || job.state == JobState.CANCELLED) {
                job.retry(now);
                checkpoints.place(job);
                events.publishEvent(new JobChanged(job.id()));
            }
        }
        jobs.flush();
        events.publishEvent(new JobQueued());
    }

    /**
     * Deletes every job, with its metrics, log and evaluations; the models stay.
     *
     * @throws IllegalMove if one has not ended
     */
    @Transactional
    public void deleteAll(UUID experiment) {
        var locked = jobs.findAndLockByExperiment(experiment);
        long unfinished = locked.stream().filter(job -> !job.state.isFinished()).count();
        if (unfinished > 0) {
            throw new IllegalMove(
                    "experiment %s: %d of its jobs have not ended; cancel it first".formatted(experiment, unfinished));
        }
        for (var job : locked) {
            events.publishEvent(new JobDeleted(job.id()));
            jobs.delete(job);
        }
        jobs.flush();
    }
}
