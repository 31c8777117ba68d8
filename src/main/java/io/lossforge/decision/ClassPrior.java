package io.lossforge.decision;

import java.util.Arrays;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.CholeskyDecomposition;

/**
 * The class prior that a network's probabilities stand for: how often the classes must occur for its probabilities to be right.
 *
 * <p>By the learning property (Li, Li, Pan, Zhu, AAAI 2020) a softmax network at a minimum has mean probabilities equal to the shares of
 * the classes in what it was trained on, weights and sampling counted: that is the prior to expect. But other losses have other minima, and
 * a network that fits its training samples well says little of the prior on new ones. So the expected prior is only where the fit begins:
 * with π_k = expected_k·exp(a_k), a is the most likely one given samples that training did not see, of which it is known how often each
 * class occurs, n_k of N: probabilities {@code q_ik ∝ p_ik (n_k/N)/π_k} should fit the labels. That is the bias of bias-corrected temperature
 * scaling (Alexandari, Kundaje, Shrikumar, ICML 2020), read as a prior. Each a_k has a standard normal distribution before: a class with few
 * samples stays near what is expected, and one with many goes where they say. At the maximum Σ_i q_ik = n_k + a_k.
 */
final class ClassPrior {

    /** With more classes the expected prior is taken as it is: a step of the fit takes samples × classes² operations. */
    static final int MOST_CLASSES = 1000;

    private static final int MOST_STEPS = 60;

    private final CalibratedSplit samples;
    private final double[] expected;
    private final double[] counts;

    private ClassPrior(CalibratedSplit samples, double[] expected) {
        this.samples = samples;
        this.expected = expected;
        counts = new double[samples.classes()];
        for (int label : samples.labels()) {
            counts[label]++;
        }
    }

    /**
     * Fits it.
     *
     * @param expected above 0, sum 1
     * @return above 0, sum 1
     */
    static double[] fit(CalibratedSplit samples, double[] expected) {
        return samples.classes() > MOST_CLASSES ? expected : new ClassPrior(samples, expected).fit();
    }

    /** Newton's method on a strictly convex function, with steps halved until it falls. */
    private double[] fit() {
        int classes = expected.length;
        var here = new double[classes];
        double loss = loss(here);
        for (int step = 0; step < MOST_STEPS; step++) {
            var gradient = new double[classes];
            var curvature = new double[classes][classes];
            derive(here, gradient, curvature);
            if (Arrays.stream(gradient).allMatch(slope -> Math.abs(slope) < 1e-9 * samples.count())) {
                break;
            }
            var direction = new CholeskyDecomposition(new Array2DRowRealMatrix(curvature, false), 1e-9, 0)
                    .getSolver()
                    .solve(new ArrayRealVector(gradient, false))
                    .toArray();
            double length = 1;
            var next = moved(here, direction, length);
            double there = loss(next);
            while (there > loss && length > 1e-6) {
                length /= 2;
                next = moved(here, direction, length);
                there = loss(next);
            }
            if (there >= loss) {
                break; // as low as double precision sees
            }
            here = next;
            loss = there;
        }
        var prior = new double[classes];
        double sum = 0;
        for (int k = 0; k < classes; k++) {
            prior[k] = expected[k] * Math.exp(here[k]);
            sum += prior[k];
        }
        for (int k = 0; k < classes; k++) {
            prior[k] /= sum;
        }
        return prior;
    }

    private static double[] moved(double[] from, double[] direction, double length) {
        var moved = from.clone();
        for (int k = 0; k < moved.length; k++) {
            moved[k] -= length * direction[k];
        }
        return moved;
    }

    /** (n_k/N)/π_k, 0 for a class without samples. */
    private double[] factors(double[] a) {
        var factors = new double[a.length];
        Arrays.setAll(factors, k -> counts[k] / (samples.count() * expected[k]) * Math.exp(-a[k]));
        return factors;
    }

    /** Negative log-likelihood and −log of the distribution before, but for constants. */
    private double loss(double[] a) {
        var factors = factors(a);
        double loss = 0;
        for (int i = 0; i < samples.count(); i++) {
            loss += Math.log(sum(i, factors));
        }
        for (int k = 0; k < a.length; k++) {
            loss += counts[k] * a[k] + a[k] * a[k] / 2;
        }
        return loss;
    }

    private double sum(int sample, double[] factors) {
        double sum = 0;
        for (int k = 0; k < factors.length; k++) {
            sum += samples.probability(sample, k) * factors[k];
        }
        return Math.max(sum, Double.MIN_NORMAL);
    }

    private void derive(double[] a, double[] gradient, double[][] curvature) {
        int classes = a.length;
        var factors = factors(a);
        var q = new double[classes];
        for (int i = 0; i < samples.count(); i++) {
            double sum = sum(i, factors);
            for (int k = 0; k < classes; k++) {
                q[k] = samples.probability(i, k) * factors[k] / sum;
                gradient[k] -= q[k];
                curvature[k][k] += q[k];
                for (int j = 0; j <= k; j++) {
                    curvature[k][j] -= q[k] * q[j];
                }
            }
        }
        for (int k = 0; k < classes; k++) {
            gradient[k] += counts[k] + a[k];
            curvature[k][k] += 1;
            for (int j = 0; j < k; j++) {
                curvature[j][k] = curvature[k][j];
            }
        }
    }
}
