package io.lossforge.experiment;

import io.lossforge.training.Evaluation;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * What a job that succeeded left behind.
 *
 * @param validation balanced accuracy on the validation split; null without one
 * @param relativeGap mean relative multi-modality gap on the test split; null where it is not defined
 * @param correct which test samples it has right, in the dataset's order; null where that is not stored
 */
record JobResult(
        long seed,
        Evaluation test,
        @Nullable Double validation,
        @Nullable Double relativeGap,
        @Nullable BitSet correct) {}
