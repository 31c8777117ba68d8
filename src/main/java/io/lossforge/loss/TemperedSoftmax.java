package io.lossforge.loss;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;

/**
 * The tempered softmax: {@code p_j = u_j^(−1/(t − 1))}, {@code u_j = 1 + (t − 1)(λ − a_j)}, with λ such that Σ_j p_j = 1; softmax for t = 1.
 *
 * <p>λ by Newton's method on {@code F^(1 − t) = 1}, F = Σ_j p_j: {@code λ ← λ + (F^t − F) / ((t − 1) Σ_j p_j / u_j)} from λ = max a. That function is concave
 * and rises, so λ comes from below and no u_j falls under 1, and a step is exact where all logits are equal.
 */
final class TemperedSoftmax {

    /** From 2 to 1,000 classes and for t ≤ 2, F − 1 is below 1e-6 after these. */
    static final int STEPS = 6;

    private final NDArray one;
    private final NDArray temperature;
    private final NDArray lessOne;
    private final NDArray exponent;
    private final boolean plain;

    TemperedSoftmax(NDManager manager, double t) {
        one = manager.create(1.0);
        temperature = manager.create(t);
        lessOne = manager.create(t - 1);
        exponent = manager.create(-1 / (t - 1));
        plain = t == 1;
    }

    /** Differentiable; {@code [batch, classes]} to the same. */
    NDArray logProbabilities(NDArray logits) {
        if (plain) {
            return logits.logSoftmax(1);
        }
        var axis = new int[] {1};
        var constant = logits.stopGradient();
        var lambda = constant.max(axis, true);
        var slope = lambda;
        for (int step = 0; step < STEPS; step++) {
            var bases = bases(constant, lambda);
            var powers = bases.log().mul(exponent).exp();
            var sum = powers.sum(axis, true);
            slope = powers.div(bases).sum(axis, true);
            lambda = sum.pow(temperature).sub(sum).div(slope.mul(lessOne)).add(lambda);
        }
        // One more step, of which only the sum takes part in the gradient, gives λ its exact gradient p_j^t / Σ p^t
        var sum = bases(logits, lambda).log().mul(exponent).exp().sum(axis, true);
        lambda = sum.sub(one).div(slope).add(lambda);
        return bases(logits, lambda).log().mul(exponent);
    }

    private NDArray bases(NDArray logits, NDArray lambda) {
        return lambda.sub(logits).mul(lessOne).add(one);
    }

    /** Of one sample. */
    static double[] logProbabilities(double[] logits, double t) {
        double lambda = Arrays.stream(logits).max().orElse(0);
        for (int step = 0; step < STEPS; step++) {
            double sum = 0;
            double slope = 0;
            for (double logit : logits) {
                double base = 1 + (t - 1) * (lambda - logit);
                double power = Math.pow(base, -1 / (t - 1));
                sum += power;
                slope += power / base;
            }
            lambda += (Math.pow(sum, t) - sum) / ((t - 1) * slope);
        }
        double found = lambda;
        return Arrays.stream(logits)
                .map(logit -> -Math.log1p((t - 1) * (found - logit)) / (t - 1))
                .toArray();
    }
}
