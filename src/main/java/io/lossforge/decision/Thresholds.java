package io.lossforge.decision;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * A threshold for each class, and how a class is chosen with them.
 *
 * @param values one per class, above 0; {@link #NEVER} for a class that is never given
 */
public record Thresholds(ChosenBy chosenBy, double[] values) {

    /** The threshold of a class that is never given. */
    public static final double NEVER = Double.POSITIVE_INFINITY;

    /** No class: whoever asked has to decide. */
    public static final int NONE = -1;

    /**
     * What a threshold is below the probability it is to let in: serving computes in float32 and sums in another order than what the
     * threshold was fitted on, and differs by about 1e-6 of a probability.
     */
    private static final double MARGIN = 1e-5;

    /** Of a rate in double precision. */
    static final double ROUNDING = 1e-9;

    /** Which class is given, if it is not below its threshold. */
    public enum ChosenBy {
        /** The one with the largest probability. */
        @JsonProperty("probability")
        PROBABILITY,
        /** The one whose probability is the largest multiple of its threshold. */
        @JsonProperty("multipleOfThreshold")
        MULTIPLE_OF_THRESHOLD
    }

    static double below(double probability) {
        return Math.max(Double.MIN_NORMAL, probability * (1 - MARGIN));
    }

    static double above(double probability) {
        return probability * (1 + MARGIN);
    }

    /**
     * The class that is given.
     *
     * @param probabilities holds those of a sample
     * @param offset where they begin
     * @return a class, or {@link #NONE}
     */
    public int decide(double[] probabilities, int offset) {
        int best = 0;
        for (int k = 1; k < values.length; k++) {
            if (score(probabilities[offset + k], k) > score(probabilities[offset + best], best)) {
                best = k;
            }
        }
        return probabilities[offset + best] >= values[best] ? best : NONE;
    }

    private double score(double probability, int k) {
        return chosenBy == ChosenBy.PROBABILITY ? probability : probability / values[k];
    }
}
