package io.lossforge.job;

import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a worker was given to do.
 *
 * @param spec a complete {@link io.lossforge.training.TrainingSpec} as JSON, or a {@link BatchSpec}
 * @param datasetVersion null where the samples were sent with the job
 * @param failures attempts so far that count against the job's {@code maxAttempts}
 */
public record ClaimedJob(
        Claim claim,
        Work work,
        String name,
        ObjectNode spec,
        @Nullable UUID datasetVersion,
        int failures) {}
