package io.lossforge.training;

/** How often predictions are right against how sure they are, in 15 bins of equal width. */
final class Reliability {

    private static final int BINS = 15;

    private final double[] confidence = new double[BINS];
    private final long[] right = new long[BINS];
    private long count;

    /** @param sureness probability of the class predicted */
    void add(double sureness, boolean isRight) {
        int bin = Math.max(0, Math.min(BINS - 1, (int) Math.ceil(sureness * BINS) - 1));
        confidence[bin] += sureness;
        right[bin] += isRight ? 1 : 0;
        count++;
    }

    double expectedCalibrationError() {
        double error = 0;
        for (int bin = 0; bin < BINS; bin++) {
            error += Math.abs(right[bin] - confidence[bin]);
        }
        return error / count;
    }
}
