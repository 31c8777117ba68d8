package io.lossforge.drift;

import io.lossforge.analysis.DriftReference;

/**
 * Sums over the samples of a version that were looked at.
 *
 * @param inputCounts samples by bin, the inputs of the reference one after the other
 * @param inputSums sum of each input, then of its squares
 * @param predicted samples by the likeliest class
 * @param probabilities sum of each class's served probability
 */
record Window(long samples, long[] inputCounts, double[] inputSums, long[] predicted, double[] probabilities) {

    static Window empty(DriftReference reference, int classes) {
        int bins = 0;
        for (var input : reference.inputs()) {
            bins += input.counts().length;
        }
        return new Window(
                0, new long[bins], new double[2 * reference.inputs().size()], new long[classes], new double[classes]);
    }

    Window plus(Window other) {
        return new Window(
                samples + other.samples,
                sum(inputCounts, other.inputCounts),
                sum(inputSums, other.inputSums),
                sum(predicted, other.predicted),
                sum(probabilities, other.probabilities));
    }

    private static long[] sum(long[] left, long[] right) {
        var sum = left.clone();
        for (int i = 0; i < sum.length; i++) {
            sum[i] += right[i];
        }
        return sum;
    }

    private static double[] sum(double[] left, double[] right) {
        var sum = left.clone();
        for (int i = 0; i < sum.length; i++) {
            sum[i] += right[i];
        }
        return sum;
    }
}
