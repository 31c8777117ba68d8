package io.lossforge.model;

import io.lossforge.analysis.McNemarTest;
import io.lossforge.dataset.DatasetVersion;
import io.lossforge.dataset.Datasets;
import io.lossforge.dataset.UnknownDataset;
import io.lossforge.job.BatchPredictions;
import io.lossforge.job.JobEvaluations;
import io.lossforge.job.JobOutputs;
import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import io.lossforge.web.ApiException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Compares versions on any dataset: by what is stored of each on its samples, from training or a batch prediction, and where nothing is, by a batch
 * prediction that is queued for it.
 */
@Component
@ConditionalOnRole(Role.SERVER)
class DatasetComparisons {

    private static final String TEST = "test";

    private final Models models;
    private final Datasets datasets;
    private final BatchPredictions predictions;
    private final JobEvaluations evaluations;
    private final JobOutputs outputs;

    DatasetComparisons(
            Models models,
            Datasets datasets,
            BatchPredictions predictions,
            JobEvaluations evaluations,
            JobOutputs outputs) {
        this.models = models;
        this.datasets = datasets;
        this.predictions = predictions;
        this.evaluations = evaluations;
        this.outputs = outputs;
    }

    /**
     * What came of it: one of both.
     *
     * @param pending what has to be done before there is a comparison
     */
    record Outcome(@Nullable VersionComparison comparison, List<PendingComparison.Run> pending) {}

    /**
     * Compares two versions.
     *
     * @param split {@code train}, {@code test} or {@code all}
     * @throws UnknownModel if there is no such model or version
     * @throws ApiException 422 if there is no such dataset, or it has other classes or another shape than the versions
     */
    @Transactional
    Outcome compare(String model, int first, int second, String dataset, String split, @Nullable String owner) {
        var left = models.version(model, first);
        var right = models.version(model, second);
        var samples = dataset(dataset);
        check(left, right, samples);
        var found = new ArrayList<BatchPredictions.Found>();
        var pending = new ArrayList<PendingComparison.Run>();
        for (var version : List.of(left, right)) {
            var results = stored(version, samples, split)
                    .map(job -> new BatchPredictions.Found(job, true))
                    .orElseGet(() -> predictions.of(version.reference(), version.id(), samples, split, owner));
            found.add(results);
            var run = PendingComparison.Run.of(version.version(), results.job());
            if (!results.succeeded() && !pending.contains(run)) {
                pending.add(run);
            }
        }
        return new Outcome(
                pending.isEmpty()
                        ? comparison(
                                left,
                                right,
                                samples,
                                split,
                                found.get(0).job(),
                                found.get(1).job())
                        : null,
                pending);
    }

    /** The job that made the version, if it left results on just these samples. */
    private Optional<UUID> stored(ModelVersion version, DatasetVersion samples, String split) {
        var job = version.jobId();
        return job != null
                        && split.equals(TEST)
                        && samples.name().equals(version.dataset())
                        && Integer.valueOf(samples.version()).equals(version.datasetVersion())
                        && evaluations.of(List.of(job), TEST).containsKey(job)
                        && outputs.testCorrect(List.of(job)).containsKey(job)
                ? Optional.of(job)
                : Optional.empty();
    }

    private VersionComparison comparison(
            ModelVersion left, ModelVersion right, DatasetVersion samples, String split, UUID ofLeft, UUID ofRight) {
        var jobs = List.of(ofLeft, ofRight);
        var evaluated = evaluations.of(jobs, split);
        var correct = outputs.testCorrect(jobs);
        return VersionComparison.of(
                left,
                right,
                new VersionComparison.DatasetReference(samples.name(), samples.version(), split),
                Objects.requireNonNull(evaluated.get(ofLeft)),
                Objects.requireNonNull(evaluated.get(ofRight)),
                McNemarTest.of(
                        Objects.requireNonNull(correct.get(ofLeft)), Objects.requireNonNull(correct.get(ofRight))));
    }

    private static void check(ModelVersion left, ModelVersion right, DatasetVersion samples) {
        if (!left.classes().equals(right.classes())) {
            throw ApiException.unprocessable(
                    "/versions",
                    "have not the same classes: version %d has %d, version %d %d"
                            .formatted(
                                    left.version(),
                                    left.classes().size(),
                                    right.version(),
                                    right.classes().size()));
        }
        var foreign = samples.classes().stream()
                .filter(name -> !left.classes().contains(name))
                .findFirst();
        if (foreign.isPresent()) {
            throw ApiException.unprocessable(
                    "/dataset",
                    "%s has a class that the model does not know: \"%s\""
                            .formatted(samples.reference(), foreign.get()));
        }
    }

    private DatasetVersion dataset(String reference) {
        try {
            return datasets.resolve(reference);
        } catch (UnknownDataset e) {
            throw ApiException.unprocessable("/dataset", e.detail());
        }
    }
}
