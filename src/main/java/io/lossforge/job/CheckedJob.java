package io.lossforge.job;

import io.lossforge.training.TrainingSpec;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A job that could be queued as it is.
 *
 * @param spec complete: name, model, dataset version and version of the initial model filled in
 * @param initialModel that it starts from; null for new weights
 * @param classes names
 * @param trainingCounts samples of each class that it trains on: after imbalance, without the validation part
 */
public record CheckedJob(
        TrainingSpec spec,
        UUID datasetVersionId,
        String datasetName,
        int datasetVersion,
        @Nullable InitialModel initialModel,
        List<String> classes,
        List<Long> trainingCounts) {}
