package io.lossforge.model;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a finished training hands to the registry. The artefact is in storage already.
 *
 * @param model {@code [a-z0-9][a-z0-9._-]*}, at most 63 characters; the model is made when it is new
 * @param jobId the job that trained it; null if it was trained elsewhere
 * @param dataset name of the dataset it was trained on; null if unknown
 * @param datasetVersion null exactly when {@code dataset} is
 * @param loss name of the training loss; null if unknown
 * @param artefactKey where the ONNX file is, {@code models/<sha256>.onnx}
 * @param artefactSha256 64 lower-case hexadecimal digits
 * @param classes labels in the order of the outputs, at least two
 * @param inputKind {@code images} or {@code features}
 * @param inputShape {@code [channels, height, width]} of an image or {@code [features]}
 * @param servingTransform {@code softmax}, {@code sigmoid} or {@code temperedSoftmax}
 * @param architecture as in a specification; null if a job can't start from it
 * @param weightsSha256 hash of all its weights and buffers, 64 lower-case hexadecimal digits; null exactly when {@code architecture} is
 * @param metrics of the test split, else of the validation split: {@code accuracy}, {@code balancedAccuracy}, …
 */
public record NewModelVersion(
        String model,
        @Nullable UUID jobId,
        @Nullable String dataset,
        @Nullable Integer datasetVersion,
        @Nullable String loss,
        String artefactKey,
        String artefactSha256,
        long artefactBytes,
        List<String> classes,
        String inputKind,
        List<Integer> inputShape,
        String servingTransform,
        @Nullable ObjectNode architecture,
        @Nullable String weightsSha256,
        Map<String, Double> metrics) {

    public NewModelVersion {
        classes = List.copyOf(classes);
        inputShape = List.copyOf(inputShape);
        metrics = Map.copyOf(metrics);
    }

    /** One that no job can start from: which layers it has is not known. */
    public NewModelVersion(
            String model,
            @Nullable UUID jobId,
            @Nullable String dataset,
            @Nullable Integer datasetVersion,
            @Nullable String loss,
            String artefactKey,
            String artefactSha256,
            long artefactBytes,
            List<String> classes,
            String inputKind,
            List<Integer> inputShape,
            String servingTransform,
            Map<String, Double> metrics) {
        this(
                model,
                jobId,
                dataset,
                datasetVersion,
                loss,
                artefactKey,
                artefactSha256,
                artefactBytes,
                classes,
                inputKind,
                inputShape,
                servingTransform,
                null,
                null,
                metrics);
    }
}
