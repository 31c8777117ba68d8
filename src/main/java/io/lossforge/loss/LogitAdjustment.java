package io.lossforge.loss;

import io.lossforge.catalogue.Parameter;

/**
 * Logit adjustment after training, over a loss that serves a softmax: {@code p = softmax(z − τ log π)} with π_k the share of class k in the
 * training split, which takes the prior out of the probabilities. Menon et al., Long-tail Learning via Logit Adjustment, ICLR 2021.
 *
 * @param tau how much of the prior is taken out: 0 for none, 1 for all of it, more for what over-corrects
 */
public record LogitAdjustment(
        @Parameter(
                value = "share τ of the prior that is taken out of the probabilities served",
                min = 0,
                max = 100,
                exclusiveMin = true)
        double tau) {

    public LogitAdjustment() {
        this(1);
    }

    /**
     * What is taken from the logits: τ log π, one per class.
     *
     * @param classCounts samples of each class in the training split
     * @throws IllegalArgumentException if a class has none
     */
    public float[] shift(long[] classCounts) {
        ClassCounts.requireSamples(
                classCounts,
                "the logarithm of its share would be infinite",
                "give it samples or leave the adjustment out");
        var shares = ClassCounts.logShares(classCounts);
        var shift = new float[shares.length];
        for (int k = 0; k < shift.length; k++) {
            shift[k] = (float) (tau * shares[k]);
        }
        return shift;
    }
}
