package io.lossforge.loss;

import ai.djl.ndarray.NDArray;
import org.jspecify.annotations.Nullable;

/** The mean over a batch: the divisor is the number of samples, also with weights. */
final class BatchMean {

    private BatchMean() {}

    /** @param terms {@code [batch]} */
    static NDArray of(NDArray terms, @Nullable NDArray sampleWeights) {
        return (sampleWeights == null ? terms : terms.mul(sampleWeights)).mean();
    }
}
