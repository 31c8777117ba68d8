package io.lossforge.job;

import io.lossforge.dataset.DatasetVersion;
import io.lossforge.dataset.Datasets;
import io.lossforge.dataset.SentPictures;
import io.lossforge.dataset.UnknownDataset;
import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import io.lossforge.web.ApiException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Queues jobs that run a model version over samples, and finds those that did. */
@Component
@ConditionalOnRole(Role.SERVER)
public class BatchPredictions {

    private final Jobs jobs;
    private final JobInputs inputs;
    private final Datasets datasets;
    private final PredictingModels models;
    private final JobSettings settings;
    private final DatabaseClock clock;
    private final JdbcClient database;
    private final ApplicationEventPublisher events;

    BatchPredictions(
            Jobs jobs,
            JobInputs inputs,
            Datasets datasets,
            PredictingModels models,
            JobSettings settings,
            DatabaseClock clock,
            JdbcClient database,
            ApplicationEventPublisher events) {
        this.jobs = jobs;
        this.inputs = inputs;
        this.datasets = datasets;
        this.models = models;
        this.settings = settings;
        this.clock = clock;
        this.database = database;
        this.events = events;
    }

    /**
     * Whether a batch prediction has been done, and by which job.
     *
     * @param succeeded whether its results are stored; if not, it waits or runs
     */
    public record Found(UUID job, boolean succeeded) {}

    /**
     * Queues one over a registered dataset.
     *
     * @param model {@code name}, {@code name@alias} or {@code name:version}
     * @throws ApiException 404 if there is no such model, 422 if there is no such dataset or the model does not take its samples
     */
    @Transactional
    TrainingJob submit(String model, BatchRequest asked, @Nullable String owner) {
        var version = models.predicting(model);
        var dataset = dataset(asked.dataset());
        if (!version.inputKind().equals(dataset.kind()) || !version.inputShape().equals(dataset.shape())) {
            throw ApiException.unprocessable(
                    "/dataset",
                    "%s takes %s of %s, but %s has %s of %s: choose a model or a dataset of the same input"
                            .formatted(
                                    version.reference(),
                                    version.inputKind(),
                                    version.inputShape(),
                                    dataset.reference(),
                                    dataset.kind(),
                                    dataset.shape()));
        }
        var split = asked.wantedSplit();
        long samples = switch (split) {
            case "train" -> dataset.trainCount();
            case "test" -> dataset.testCount();
            default -> dataset.trainCount() + dataset.testCount();
        };
        if (samples == 0) {
            throw ApiException.unprocessable(
                    "/split", "%s has no samples in its split %s".formatted(dataset.reference(), split));
        }
        var what = split.equals("test") ? dataset.reference() : dataset.reference() + " (" + split + ")";
        return queue(version, dataset, samples, what, asked, owner);
    }

    /**
     * Queues one over pictures that were sent.
     *
     * @param key where they are stored
     */
    @Transactional
    TrainingJob submit(
            PredictingModel version,
            SentPictures.Pack pictures,
            String key,
            BatchRequest asked,
            @Nullable String owner) {
        models.predicting(version.reference()); // still there, and until this is committed
        var job = queue(version, null, pictures.count(), pictures.name(), asked, owner);
        inputs.keep(job.id(), key);
        return job;
    }

    private TrainingJob queue(
            PredictingModel version,
            @Nullable DatasetVersion dataset,
            long samples,
            String what,
            BatchRequest asked,
            @Nullable String owner) {
        var spec = new BatchSpec(
                version.reference(),
                dataset == null ? null : dataset.reference(),
                asked.wantedSplit(),
                samples,
                Objects.requireNonNullElse(asked.format(), "csv"),
                Math.min(
                        Objects.requireNonNullElse(asked.topK(), 1),
                        version.classes().size()),
                Boolean.TRUE.equals(asked.probabilities()),
                Objects.requireNonNullElse(asked.priority(), 0),
                Objects.requireNonNullElse(asked.maxAttempts(), 3),
                asked.deadline(),
                asked.labels() == null ? List.of() : asked.labels());
        var name = asked.name() == null ? version.reference() + " on " + what : asked.name();
        var job = jobs.save(
                TrainingJob.predicting(name, spec, version.id(), dataset, owner, settings.ageing(), clock.instant()));
        jobs.flush();
        events.publishEvent(new JobQueued());
        return job;
    }

    /**
     * The model version that a reference means, if it takes pictures.
     *
     * @throws ApiException 404 if there is none, 422 if it takes no pictures
     */
    @Transactional
    PredictingModel takingPictures(String model) {
        var version = models.predicting(model);
        if (!version.inputKind().equals(DatasetVersion.IMAGES)) {
            throw ApiException.unprocessable(
                    "/file",
                    "%s takes no pictures but %s of %s: register them as a dataset and name that"
                            .formatted(version.reference(), version.inputKind(), version.inputShape()));
        }
        return version;
    }

    /**
     * The job that says how a model version fares on a split of a dataset version: one that has, else one that will, else a new one.
     *
     * @param model {@code name:version}
     * @throws ApiException as {@link #submit} does
     */
    @Transactional
    public Found of(String model, UUID modelVersion, DatasetVersion dataset, String split, @Nullable String owner) {
        // Two that ask at once must not queue two.
        database.sql("select pg_advisory_xact_lock(hashtext(:what))")
                .param("what", "lossforge.batch " + modelVersion + dataset.id() + split)
                .query((row, number) -> true)
                .single();
        return find(modelVersion, dataset.id(), split)
                .orElseGet(() -> new Found(
                        submit(model, BatchRequest.of(dataset.reference(), split), owner)
                                .id(),
                        false));
    }

    private Optional<Found> find(UUID modelVersion, UUID dataset, String split) {
        return database.sql("""
                        select id as job, state = 'SUCCEEDED' as succeeded from training_job job
                        where work = 'BATCH_PREDICTION' and initial_version_id = :version and dataset_version_id = :dataset
                            and spec ->> 'split' = :split and state not in ('FAILED', 'CANCELLED')
                            and (state <> 'SUCCEEDED'
                                or exists (select from job_output where job_id = job.id and test_correct is not null))
                        order by state = 'SUCCEEDED' desc, id desc limit 1""")
                .param("version", modelVersion)
                .param("dataset", dataset)
                .param("split", split)
                .query(Found.class)
                .optional();
    }

    private DatasetVersion dataset(String reference) {
        try {
            return datasets.resolve(reference);
        } catch (UnknownDataset e) {
            throw ApiException.unprocessable("/dataset", e.detail());
        }
    }
}
