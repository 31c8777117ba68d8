package io.lossforge.training;

import io.lossforge.catalogue.Parameter;

/**
 * Makes the training split long-tailed by leaving samples out; the test split stays as it is. The validation part is taken from what is
 * left, so it is as long-tailed. The class with label 0 keeps most, the last one least.
 *
 * @param profile the shape of the class counts
 * @param ratio largest class count divided by the smallest
 */
public record Imbalance(
        @Parameter("exponential: n_c = n_max · ratio^(−c/(classes−1))")
        Profile profile,

        @Parameter(value = "largest class count divided by the smallest", min = 1, max = 100_000)
        double ratio) {

    /** The shape of the class counts. */
    public enum Profile {
        EXPONENTIAL
    }

    public Imbalance() {
        this(Profile.EXPONENTIAL, 100);
    }
}
