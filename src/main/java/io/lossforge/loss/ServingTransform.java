package io.lossforge.loss;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;

/** How probabilities are formed from logits when a model is served. */
public enum ServingTransform {

    /** One distribution over the classes: {@code p = softmax(z)}; each row sums to 1. */
    SOFTMAX,

    /** An independent one-vs-all confidence per class: {@code p_j = σ(z_j)}; rows need not sum to 1. */
    SIGMOID;

    /**
     * The probabilities of each sample.
     *
     * @param logits {@code [batch, classes]}
     * @return same shape, each value in 0–1
     */
    public NDArray probabilities(NDArray logits) {
        return switch (this) {
            case SOFTMAX -> logits.softmax(-1);
            case SIGMOID -> Activation.sigmoid(logits);
        };
    }
}
