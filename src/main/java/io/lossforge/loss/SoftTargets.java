package io.lossforge.loss;

/**
 * A loss that is linear in its target, and so takes a soft one: with label smoothing ε the target of a sample of class y is
 * {@code (1 − ε)·onehot(y) + ε/K} instead of {@code onehot(y)}, and the loss (1 − ε) times that of the label plus ε times the mean of
 * those of all K labels.
 */
public interface SoftTargets {

    /**
     * Makes the loss ready for one job, with smoothed targets.
     *
     * @param smoothing ε, 0–1; 0 gives the values of the plain loss
     * @throws IllegalArgumentException if the loss does not fit the job
     */
    Objective bindSmoothed(LossContext context, double smoothing);
}
