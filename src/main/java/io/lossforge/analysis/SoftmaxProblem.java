package io.lossforge.analysis;

import java.util.Arrays;

/**
 * The softmax loss of shifted logits as a function of the shift, which is convex in it, up to a constant.
 *
 * @param sampleWeights of the samples of each class
 */
record SoftmaxProblem(Exponentials train, double[] sampleWeights) {

    /** Loss and gradient. */
    record Point(double[] shift, double loss, double[] gradient) {

        double steepest() {
            return Arrays.stream(gradient).map(Math::abs).max().orElse(0);
        }
    }

    /** @param masses of each class, of any scale */
    static SoftmaxProblem of(Exponentials train, double[] masses) {
        var counts = train.counts();
        double sum = Arrays.stream(masses).sum();
        var weights = new double[masses.length];
        for (int k = 0; k < weights.length; k++) {
            weights[k] = counts[k] == 0 ? 0 : masses[k] / (sum * counts[k]);
        }
        return new SoftmaxProblem(train, weights);
    }

    Point at(double[] shift) {
        int classes = shift.length;
        double most = Arrays.stream(shift).max().orElse(0);
        var gradient = new double[classes];
        var counts = train.counts();
        double loss = 0;
        for (int k = 0; k < classes; k++) {
            gradient[k] -= sampleWeights[k] * counts[k];
            loss -= sampleWeights[k] * counts[k] * (shift[k] - most);
        }
        var products = new LogProduct[classes];
        Arrays.setAll(products, k -> new LogProduct());
        var sums = Exponentials.scratch();
        train.eachBlock(shift, (label, samples, shifted) -> {
            Exponentials.normalise(shifted, samples, sums);
            for (int i = 0; i < samples; i++) {
                products[label].times(sums[i]);
            }
            for (int j = 0; j < classes; j++) {
                gradient[j] += sampleWeights[label] * Exponentials.sum(shifted[j], samples);
            }
        });
        for (int k = 0; k < classes; k++) {
            loss += sampleWeights[k] * products[k].logarithm();
        }
        return new Point(shift, loss, gradient);
    }

    /** Second derivatives, made regular in the direction that changes nothing. */
    double[][] curvature(double[] shift) {
        int classes = shift.length;
        var curvature = new double[classes][classes];
        var sums = Exponentials.scratch();
        train.eachBlock(shift, (label, samples, shifted) -> {
            Exponentials.normalise(shifted, samples, sums);
            double weight = sampleWeights[label];
            for (int j = 0; j < classes; j++) {
                curvature[j][j] += weight * Exponentials.sum(shifted[j], samples);
                for (int k = 0; k <= j; k++) {
                    curvature[j][k] -= weight * Exponentials.product(shifted[j], shifted[k], samples);
                }
            }
        });
        double trace = 0;
        for (int j = 0; j < classes; j++) {
            trace += curvature[j][j];
        }
        double regular = Math.max(trace, Double.MIN_NORMAL) / classes;
        for (int j = 0; j < classes; j++) {
            for (int k = 0; k <= j; k++) {
                curvature[j][k] += regular / classes;
                curvature[k][j] = curvature[j][k];
            }
            curvature[j][j] += 1e-12 * regular;
        }
        return curvature;
    }
}
