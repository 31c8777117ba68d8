package io.lossforge.job;

import java.util.List;
import java.util.UUID;

/**
 * A model version that a job runs.
 *
 * @param reference {@code name:version}, which never means another one
 * @param classes names, in the order of its outputs
 * @param inputKind {@code images} or {@code features}
 * @param inputShape {@code [channels, height, width]} of an image or {@code [features]}
 */
public record PredictingModel(
        UUID id, String reference, List<String> classes, String inputKind, List<Integer> inputShape) {}
