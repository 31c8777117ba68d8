package io.lossforge.analysis;

import java.util.function.DoubleUnaryOperator;

/** Means over the samples of each class. */
final class ClassMeans {

    private ClassMeans() {}

    /**
     * Means of values {@code [samples, classes]}.
     *
     * @return {@code [k][j]}: mean of value j over the samples of class k; 0 without samples
     */
    static double[][] of(float[] values, int[] labels, int classes) {
        return of(values, labels, classes, DoubleUnaryOperator.identity());
    }

    /** Means of a function of the values. */
    static double[][] of(float[] values, int[] labels, int classes, DoubleUnaryOperator function) {
        var means = new double[classes][classes];
        var counts = new long[classes];
        for (int i = 0; i < labels.length; i++) {
            var row = means[labels[i]];
            counts[labels[i]]++;
            for (int j = 0; j < classes; j++) {
                row[j] += function.applyAsDouble(values[i * classes + j]);
            }
        }
        for (int k = 0; k < classes; k++) {
            for (int j = 0; j < classes; j++) {
                means[k][j] /= Math.max(1, counts[k]);
            }
        }
        return means;
    }

    /** −log(1 − σ(z)). */
    static double softplus(double z) {
        return Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
    }

    static double sigmoid(double z) {
        return 1 / (1 + Math.exp(-z));
    }
}
