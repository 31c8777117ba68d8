package io.lossforge.job;

import java.util.UUID;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a worker was given to do.
 *
 * @param spec a complete {@link io.lossforge.training.TrainingSpec} as JSON
 * @param failures attempts so far that count against the job's {@code maxAttempts}
 */
public record ClaimedJob(Claim claim, String name, ObjectNode spec, UUID datasetVersion, int failures) {}
