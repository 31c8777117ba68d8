package io.lossforge.job;

import io.lossforge.catalogue.Catalogue;
import io.lossforge.catalogue.InvalidDocument;
import io.lossforge.catalogue.Violation;
import io.lossforge.dataset.DatasetVersion;
import io.lossforge.dataset.Datasets;
import io.lossforge.dataset.UnknownDataset;
import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import io.lossforge.training.Catalogues;
import io.lossforge.training.SpecCheck;
import io.lossforge.training.TrainingSpec;
import io.lossforge.web.ApiException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.JsonNode;

/** Turns a document into a queued job, or says everything that is wrong with it. */
@Component
@ConditionalOnRole(Role.SERVER)
class Submissions {

    private final Jobs jobs;
    private final Datasets datasets;
    private final InitialModels models;
    private final JobSettings settings;
    private final DatabaseClock clock;
    private final ApplicationEventPublisher events;

    Submissions(
            Jobs jobs,
            Datasets datasets,
            InitialModels models,
            JobSettings settings,
            DatabaseClock clock,
            ApplicationEventPublisher events) {
        this.jobs = jobs;
        this.datasets = datasets;
        this.models = models;
        this.settings = settings;
        this.clock = clock;
        this.events = events;
    }

    /**
     * Queues a job.
     *
     * @throws InvalidDocument if it is no specification
     * @throws ApiException 422 if it is one that can't be carried out with the datasets and models there are
     */
    @Transactional
    TrainingJob submit(JsonNode document, @Nullable String owner) {
        var checked = check(document, this::dataset, this::model);
        var job = jobs.save(TrainingJob.submitted(
                        checked.spec(),
                        checked.datasetVersionId(),
                        checked.datasetName(),
                        checked.datasetVersion(),
                        owner,
                        settings.ageing(),
                        clock.instant())
                .from(checked.initialModel()));
        jobs.flush();
        events.publishEvent(new JobQueued());
        return job;
    }

    /**
     * Everything that {@link #submit} checks, and nothing changed.
     *
     * @param datasets finds the dataset that a reference means
     * @param models finds the model version that a reference means
     * @throws InvalidDocument if it is no specification
     * @throws ApiException 422 if it is one that can't be carried out with the datasets and models there are
     */
    static CheckedJob check(
            JsonNode document, Function<String, DatasetVersion> datasets, Function<String, InitialModel> models) {
        var asked = Catalogues.JSON.read(TrainingSpec.class, document);
        var dataset = datasets.apply(asked.dataset());
        var initial = asked.initialModel() == null ? null : models.apply(asked.initialModel());
        var spec =
                complete(asked, dataset, initial, document.path("architecture").isMissingNode());
        var violations = violations(spec, dataset, initial);
        if (!violations.isEmpty()) {
            throw ApiException.unprocessable("unprocessable", summary(violations), violations);
        }
        return new CheckedJob(
                spec,
                dataset.id(),
                dataset.name(),
                dataset.version(),
                initial,
                dataset.classes(),
                SpecCheck.trainingCounts(spec, dataset.trainPerClass()));
    }

    private static List<Violation> violations(
            TrainingSpec spec, DatasetVersion dataset, @Nullable InitialModel initial) {
        var violations = new ArrayList<>(
                SpecCheck.check(spec, dataset.shape(), dataset.kind(), dataset.classes(), dataset.trainPerClass()));
        if (initial != null) {
            initial.obstacle(spec, dataset).ifPresent(violations::add);
        }
        return violations;
    }

    /** What a document would be as a job, as far as that can be said, and everything that is wrong with it. */
    JobPreview preview(JsonNode document) {
        try {
            var asked = Catalogues.JSON.read(TrainingSpec.class, document);
            var dataset = dataset(asked.dataset());
            var initial = asked.initialModel() == null ? null : model(asked.initialModel());
            var spec = complete(
                    asked, dataset, initial, document.path("architecture").isMissingNode());
            return JobPreview.of(spec, dataset, violations(spec, dataset, initial));
        } catch (InvalidDocument e) {
            return JobPreview.refused(e.violations());
        } catch (ApiException e) {
            return JobPreview.refused(e.violations());
        }
    }

    /**
     * The dataset that a reference means now.
     *
     * @throws ApiException 422 if there is none
     */
    DatasetVersion dataset(String reference) {
        try {
            return datasets.resolve(reference);
        } catch (UnknownDataset e) {
            throw ApiException.unprocessable("/dataset", e.detail());
        }
    }

    /**
     * The model version that a reference means now.
     *
     * @throws ApiException 422 if there is none, or it can't be started from
     */
    InitialModel model(String reference) {
        try {
            return models.resolve(reference);
        } catch (ApiException e) {
            throw ApiException.unprocessable("/initialModel", e.detail());
        }
    }

    /** Fills in what follows from the dataset and the initial model, so that the specification says exactly what is trained. */
    private static TrainingSpec complete(
            TrainingSpec asked, DatasetVersion dataset, @Nullable InitialModel initial, boolean anyArchitecture) {
        var json = Catalogues.JSON.write(asked);
        json.put("dataset", dataset.reference());
        if (asked.name() == null) {
            json.put("name", dataset.name() + "-" + Catalogue.nameOf(asked.loss()));
        }
        if (asked.model() == null) {
            json.put("model", dataset.name());
        }
        if (initial != null) {
            json.put("initialModel", initial.reference());
            if (anyArchitecture) {
                json.set("architecture", initial.architecture());
            }
        }
        return Catalogues.JSON.read(TrainingSpec.class, json);
    }

    private static String summary(List<Violation> violations) {
        return violations.stream()
                .map(violation -> violation.pointer() + ": " + violation.detail())
                .collect(Collectors.joining("; "));
    }
}
