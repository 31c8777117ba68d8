package io.lossforge.job;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * How a job that has succeeded trained.
 *
 * @param spec complete, with all defaults filled in
 * @param epoch the last one that was trained; null if it is not known
 * @param trainingTime of all attempts together
 * @param device of the last attempt, {@code cpu} or {@code gpu}
 * @param deviceName such as the GPU's model; null if it is not known
 * @param threads of the engine; null if it is not known
 * @param trainingCounts samples per class that it trained on; empty if they are not known
 * @param validationCounts likewise, of the part that was held out; empty without
 */
public record TrainingRecord(
        ObjectNode spec,
        @Nullable Integer epoch,
        Duration trainingTime,
        int attempts,
        String device,
        @Nullable String deviceName,
        @Nullable Integer threads,
        List<Long> trainingCounts,
        List<Long> validationCounts) {

    public TrainingRecord {
        trainingCounts = List.copyOf(trainingCounts);
        validationCounts = List.copyOf(validationCounts);
    }
}
