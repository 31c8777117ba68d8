package io.lossforge.analysis;

/** The logarithm of a product of positive factors: one logarithm serves many of them. */
final class LogProduct {

    private static final double LARGE = 1e150;

    private double logarithm;
    private double product = 1;

    /** @param factor 1e-150 to 1e150 is cheap, others are right */
    void times(double factor) {
        if (factor < 1 / LARGE || factor > LARGE) {
            logarithm += Math.log(factor);
            return;
        }
        product *= factor;
        if (product < 1 / LARGE || product > LARGE) {
            logarithm += Math.log(product);
            product = 1;
        }
    }

    double logarithm() {
        return logarithm + Math.log(product);
    }
}
