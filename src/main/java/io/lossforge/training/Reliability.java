package io.lossforge.training;

import java.util.ArrayList;
import java.util.List;

/** How often predictions are right against how sure they are, in 15 bins of equal width. */
final class Reliability {

    private static final int BINS = 15;

    private final double[] confidence = new double[BINS];
    private final long[] right = new long[BINS];
    private final long[] samples = new long[BINS];
    private long count;

    /** @param sureness probability of the class predicted */
    void add(double sureness, boolean isRight) {
        int bin = Math.max(0, Math.min(BINS - 1, (int) Math.ceil(sureness * BINS) - 1));
        confidence[bin] += sureness;
        right[bin] += isRight ? 1 : 0;
        samples[bin]++;
        count++;
    }

    /** The bins, from the least sure. */
    List<Evaluation.ReliabilityBin> bins() {
        var bins = new ArrayList<Evaluation.ReliabilityBin>(BINS);
        for (int bin = 0; bin < BINS; bin++) {
            bins.add(
                    samples[bin] == 0
                            ? new Evaluation.ReliabilityBin(0, null, null)
                            : new Evaluation.ReliabilityBin(
                                    samples[bin], confidence[bin] / samples[bin], (double) right[bin] / samples[bin]));
        }
        return bins;
    }

    double expectedCalibrationError() {
        double error = 0;
        for (int bin = 0; bin < BINS; bin++) {
            error += Math.abs(right[bin] - confidence[bin]);
        }
        return error / count;
    }
}
