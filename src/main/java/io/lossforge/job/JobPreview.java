package io.lossforge.job;

import io.lossforge.catalogue.Violation;
import io.lossforge.dataset.DatasetVersion;
import io.lossforge.training.Catalogues;
import io.lossforge.training.SpecCheck;
import io.lossforge.training.TrainingSpec;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** What a document would be as a job. What does not follow from it, since something is wrong, is null. */
@Schema(description = "What a document would be as a job; what something wrong keeps from being known is null")
record JobPreview(
        @Schema(
                implementation = JobSubmission.class,
                description = "The specification with all defaults filled in, the dataset's version among them")
        @Nullable ObjectNode spec,

        @Schema(description = "Names; of each of the following lists the order") @Nullable List<String> classes,

        @Schema(description = "Samples of each class in the dataset's training split") @Nullable List<Long> availableCounts,

        @Schema(description = "Samples of each class that imbalance leaves, to train and to validate on") @Nullable List<Long> keptCounts,

        @Schema(description = "Samples of each class trained on: after imbalance and without the validation part")
        @Nullable List<Long> trainingCounts,

        @Schema(description = "Weight of each class, once the weights act") @Nullable List<Float> classWeights,

        @Schema(description = "Numbers in the network that training can change") @Nullable Long parameterCount,

        @Schema(description = "Everything that a submission would be refused for; empty if the job could be queued")
        List<Violation> errors) {

    /** Of what is no specification, or names what is not there. */
    static JobPreview refused(List<Violation> errors) {
        return new JobPreview(null, null, null, null, null, null, null, errors);
    }

    /** @param spec complete */
    static JobPreview of(TrainingSpec spec, DatasetVersion dataset, List<Violation> errors) {
        var available = dataset.trainPerClass();
        var training = unlessRefused(() -> SpecCheck.trainingCounts(spec, available));
        return new JobPreview(
                Catalogues.JSON.write(spec),
                dataset.classes(),
                available,
                unlessRefused(() -> SpecCheck.keptCounts(spec, available)),
                training,
                training == null ? null : unlessRefused(() -> weights(spec, training)),
                unlessRefused(() -> SpecCheck.parameterCount(
                        spec, dataset.shape(), dataset.classes().size())),
                errors);
    }

    private static List<Float> weights(TrainingSpec spec, List<Long> counts) {
        var weights = new ArrayList<Float>();
        for (float weight : spec.classWeights()
                .weights(counts.stream().mapToLong(Long::longValue).toArray())) {
            weights.add(weight);
        }
        return weights;
    }

    /** Null where the core refuses: the errors say why. */
    private static <T> @Nullable T unlessRefused(Supplier<T> value) {
        try {
            return value.get();
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
