package io.lossforge.loss;

import io.lossforge.catalogue.InvalidDocument;
import io.lossforge.catalogue.Parameter;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.DoubleStream;

/**
 * Weights λ of the classes, over any loss: each sample's terms are multiplied by the weight of its class, and the divisor stays the
 * number of samples (softmax, logistic) or of samples of the class (lgl-inr), not the sum of the weights.
 *
 * @param scheme how the weights follow from the class counts
 * @param beta β of {@code effectiveNumber}
 * @param values the weights of {@code explicit}, one per class
 * @param startEpoch first epoch (counted from 1) in which the weights act; all ones before (deferred reweighting)
 */
public record ClassWeights(
        @Parameter("none, inverse, sqrtInverse, effectiveNumber or explicit")
        Scheme scheme,

        @Parameter(value = "β of effectiveNumber", min = 0, max = 1, exclusiveMax = true)
        double beta,

        @Parameter(
                value = "weights of explicit, one per class, in the order of the dataset's classes",
                min = 0,
                max = 1_000_000,
                maxItems = 100_000)
        List<Double> values,

        @Parameter(value = "first epoch in which the weights act", min = 1, max = 100_000)
        int startEpoch) {

    private static final double DEFAULT_BETA = 0.9999;

    /** How class weights follow from the class counts n_k, their sum N and the number of classes K. */
    public enum Scheme {
        /** λ_k = 1. */
        NONE,
        /** λ_k = N / (K n_k). The mean weight of the samples is 1. */
        INVERSE,
        /** λ_k = N / (√n_k Σ_l √n_l). The mean weight of the samples is 1. */
        SQRT_INVERSE,
        /**
         * λ_k ∝ (1 − β) / (1 − β^n_k) with Σ_k λ_k = K: Cui et al., Class-Balanced Loss Based on Effective Number of Samples, CVPR 2019.
         * The mean weight of the samples is below 1 when classes are imbalanced.
         */
        EFFECTIVE_NUMBER,
        /** λ_k is the k-th of the values given, as it is. */
        EXPLICIT
    }

    public ClassWeights {
        values = List.copyOf(values);
        if (scheme == Scheme.EXPLICIT && values.stream().noneMatch(value -> value > 0)) {
            throw new InvalidDocument(
                    "/values", "must have one weight per class with scheme explicit, at least one of them above 0");
        }
        if (scheme != Scheme.EXPLICIT && !values.isEmpty()) {
            throw new InvalidDocument("/values", "only goes with scheme explicit");
        }
        if (scheme != Scheme.EFFECTIVE_NUMBER && beta != DEFAULT_BETA) {
            throw new InvalidDocument("/beta", "only goes with scheme effectiveNumber");
        }
    }

    public ClassWeights() {
        this(Scheme.NONE, DEFAULT_BETA, List.of(), 1);
    }

    /**
     * The weights, whatever the epoch.
     *
     * @param classCounts samples of each class in the training split
     * @return λ, one per class
     * @throws IllegalArgumentException if the scheme divides by a class count that is 0, or explicit weights are not as many as the
     *     classes; the message says what to do
     */
    public float[] weights(long[] classCounts) {
        return floats(
                switch (scheme) {
                    case NONE ->
                        DoubleStream.generate(() -> 1).limit(classCounts.length).toArray();
                    case INVERSE -> meanOfSamplesOne(classCounts, n -> 1 / n);
                    case SQRT_INVERSE -> meanOfSamplesOne(classCounts, n -> 1 / Math.sqrt(n));
                    case EFFECTIVE_NUMBER -> effectiveNumber(classCounts);
                    case EXPLICIT -> explicit(classCounts.length);
                });
    }

    private double[] meanOfSamplesOne(long[] classCounts, DoubleUnaryOperator unscaled) {
        refuseEmptyClass(classCounts);
        var weights = Arrays.stream(classCounts).asDoubleStream().map(unscaled).toArray();
        double sum = 0;
        for (int k = 0; k < weights.length; k++) {
            sum += weights[k] * classCounts[k];
        }
        return scaled(weights, Arrays.stream(classCounts).sum() / sum);
    }

    private double[] effectiveNumber(long[] classCounts) {
        refuseEmptyClass(classCounts);
        // 1 − β^n without cancellation; the factor 1 − β goes with the scaling
        var weights = Arrays.stream(classCounts)
                .mapToDouble(n -> -1 / Math.expm1(n * Math.log1p(beta - 1)))
                .toArray();
        return scaled(weights, weights.length / Arrays.stream(weights).sum());
    }

    private double[] explicit(int classes) {
        if (values.size() != classes) {
            throw new IllegalArgumentException(
                    "%d explicit class weights for %d classes; give one per class, in the order of the dataset's classes"
                            .formatted(values.size(), classes));
        }
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private void refuseEmptyClass(long[] classCounts) {
        ClassCounts.requireSamples(
                classCounts,
                "its %s weight would be infinite"
                        .formatted(scheme == Scheme.EFFECTIVE_NUMBER ? "effective-number" : "inverse"),
                "use explicit weights or none, or give it samples");
    }

    private static double[] scaled(double[] weights, double factor) {
        return Arrays.stream(weights).map(weight -> weight * factor).toArray();
    }

    private static float[] floats(double[] weights) {
        var floats = new float[weights.length];
        for (int k = 0; k < weights.length; k++) {
            floats[k] = (float) weights[k];
        }
        return floats;
    }
}
