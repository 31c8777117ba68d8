package io.lossforge.training;

import io.lossforge.catalogue.Parameter;

/**
 * Keeps an exponential moving average of the weights beside those that are trained, moved at every step: {@code a ← d·a + (1 − d)·w},
 * from the initial weights. The running statistics of batch norm are averaged alike. The average takes no part in training; it is what
 * is validated, watched by early stopping, evaluated and served.
 *
 * @param decay d, the share of the old average that a step keeps; at 0.999 it reaches back about a thousand steps
 * @param warmup whether d is at most (1 + t)/(10 + t) at step t, so that the average leaves the initial weights behind
 */
public record WeightAveraging(
        @Parameter(
                value = "share of the old average that a step keeps; it reaches back about 1/(1 − decay) steps",
                min = 0,
                max = 1,
                exclusiveMax = true)
        double decay,

        @Parameter(
                "whether step t, counted from 1, keeps at most (1 + t)/(10 + t), so that the initial weights are soon forgotten")
        boolean warmup) {

    public WeightAveraging() {
        this(0.999, true);
    }

    /** The share that a step keeps; steps are counted from 1. */
    double decay(long step) {
        return warmup ? Math.min(decay, (1.0 + step) / (10 + step)) : decay;
    }
}
