package io.lossforge.loss;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;

/**
 * How probabilities are formed from logits when a model is served. The largest logit has the largest probability under all of them.
 *
 * @param temperature t₂ of {@link Kind#TEMPERED_SOFTMAX}; 1 for the others
 */
public record ServingTransform(Kind kind, double temperature) {

    /** One distribution over the classes: {@code p = softmax(z)}; each row sums to 1. */
    public static final ServingTransform SOFTMAX = new ServingTransform(Kind.SOFTMAX, 1);

    /** An independent one-vs-all confidence per class: {@code p_j = σ(z_j)}; rows need not sum to 1. */
    public static final ServingTransform SIGMOID = new ServingTransform(Kind.SIGMOID, 1);

    /** The form of the transform, whatever its temperature. */
    public enum Kind {
        /** {@code softmax(z)}. */
        SOFTMAX("softmax"),
        /** {@code σ(z_j)}. */
        SIGMOID("sigmoid"),
        /** {@code p_j = [1 + (t₂ − 1)(λ − z_j)]^(−1/(t₂ − 1))} with λ such that they sum to 1. */
        TEMPERED_SOFTMAX("temperedSoftmax");

        private final String json;

        Kind(String json) {
            this.json = json;
        }

        /** Its name in answers and in the metadata of artefacts. */
        public String json() {
            return json;
        }
    }

    /**
     * One distribution over the classes with a heavier tail than softmax.
     *
     * @param temperature t₂ ≥ 1; 1 gives {@link #SOFTMAX}
     */
    public static ServingTransform temperedSoftmax(double temperature) {
        return temperature == 1 ? SOFTMAX : new ServingTransform(Kind.TEMPERED_SOFTMAX, temperature);
    }

    /**
     * The probabilities of each sample.
     *
     * @param logits {@code [batch, classes]}
     * @return same shape, each value in 0–1
     */
    public NDArray probabilities(NDArray logits) {
        return switch (kind) {
            case SOFTMAX -> logits.softmax(-1);
            case SIGMOID -> Activation.sigmoid(logits);
            case TEMPERED_SOFTMAX ->
                new TemperedSoftmax(logits.getManager(), temperature)
                        .logProbabilities(logits)
                        .exp();
        };
    }

    /**
     * The logarithm of each class's probability, but for a term that all classes share.
     *
     * @param logits of one sample
     * @return same length
     */
    public double[] logScores(double[] logits) {
        return switch (kind) {
            case SOFTMAX -> logits.clone();
            case SIGMOID -> {
                var scores = new double[logits.length];
                for (int k = 0; k < scores.length; k++) {
                    scores[k] = Math.min(logits[k], 0) - Math.log1p(Math.exp(-Math.abs(logits[k])));
                }
                yield scores;
            }
            case TEMPERED_SOFTMAX -> TemperedSoftmax.logProbabilities(logits, temperature);
        };
    }
}
