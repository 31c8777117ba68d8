package io.lossforge.model;

import io.lossforge.analysis.McNemarTest;
import io.lossforge.job.JobEvaluations;
import io.lossforge.job.JobOutputs;
import io.lossforge.training.Evaluation;
import io.lossforge.web.ApiException;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Compares versions by what their jobs have stored: nothing is run again. */
@Component
class Comparisons {

    private static final String TEST = "test";

    private final Models models;
    private final JobEvaluations evaluations;
    private final JobOutputs outputs;

    Comparisons(Models models, JobEvaluations evaluations, JobOutputs outputs) {
        this.models = models;
        this.evaluations = evaluations;
        this.outputs = outputs;
    }

    /**
     * Compares two versions.
     *
     * @throws UnknownModel if there is no such model or version
     * @throws ApiException 422 if they are not of the same version of a dataset, or their jobs' results are gone
     */
    VersionComparison compare(String model, int first, int second) {
        var left = models.version(model, first);
        var right = models.version(model, second);
        var dataset = commonDataset(left, right);
        var ofLeft = evaluation(left, "/versions/0");
        var ofRight = evaluation(right, "/versions/1");
        return VersionComparison.of(left, right, dataset, ofLeft, ofRight, test(left, right));
    }

    private static VersionComparison.DatasetReference commonDataset(ModelVersion left, ModelVersion right) {
        var name = left.dataset();
        var number = left.datasetVersion();
        if (name == null
                || number == null
                || !name.equals(right.dataset())
                || !number.equals(right.datasetVersion())
                || !left.classes().equals(right.classes())) {
            throw ApiException.unprocessable(
                    "/versions",
                    "have no test samples in common: version %d is of %s, version %d of %s"
                            .formatted(left.version(), shown(left), right.version(), shown(right)));
        }
        return new VersionComparison.DatasetReference(name, number, TEST);
    }

    private static String shown(ModelVersion version) {
        return version.dataset() == null
                ? "an unknown dataset"
                : "%s:%d".formatted(version.dataset(), version.datasetVersion());
    }

    private Evaluation evaluation(ModelVersion version, String pointer) {
        var job = version.jobId();
        var evaluation = job == null ? null : evaluations.of(List.of(job), TEST).get(job);
        if (evaluation == null) {
            throw ApiException.unprocessable(
                    pointer,
                    "version %d has no stored results on a test split: its dataset has none, or its job was deleted"
                            .formatted(version.version()));
        }
        return evaluation;
    }

    private @Nullable McNemarTest test(ModelVersion left, ModelVersion right) {
        UUID first = Objects.requireNonNull(left.jobId());
        UUID second = Objects.requireNonNull(right.jobId());
        var correct = outputs.testCorrect(List.of(first, second));
        var ofFirst = correct.get(first);
        var ofSecond = correct.get(second);
        return ofFirst == null || ofSecond == null ? null : McNemarTest.of(ofFirst, ofSecond);
    }
}
