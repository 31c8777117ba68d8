package io.lossforge.loss;

/** The last layer that a loss needs: what the logits are made with. */
public sealed interface Head {

    /** A linear layer with bias, as every architecture ends with. */
    Head LINEAR = new Linear();

    /** {@code z = W x + b}. */
    record Linear() implements Head {}

    /**
     * {@code z_j = scale · cos(w_j, x)}: a linear layer without bias, of normalised rows on normalised features.
     *
     * @param scale the largest logit there can be; without it no probability could get near 1
     */
    record Cosine(double scale) implements Head {}
}
