package io.lossforge.job;

import io.lossforge.training.TrainingSpec;
import java.util.List;
import java.util.UUID;

/**
 * A job that could be queued as it is.
 *
 * @param spec complete: name, model and dataset version filled in
 * @param classes names
 * @param trainingCounts samples of each class that it trains on: after imbalance, without the validation part
 */
public record CheckedJob(
        TrainingSpec spec,
        UUID datasetVersionId,
        String datasetName,
        int datasetVersion,
        List<String> classes,
        List<Long> trainingCounts) {}
