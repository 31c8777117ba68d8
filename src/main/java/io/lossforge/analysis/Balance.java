package io.lossforge.analysis;

import io.lossforge.loss.LglInr;
import org.jspecify.annotations.Nullable;

/**
 * The terms of a condition on averaged probabilities Q, for each class j:
 * {@code target_j (1 − Q_jj) = Σ_{k≠j} others_kj Q_kj + extra_j}.
 *
 * @param extra what is not about Q: of LGL-INR β·Cov_w(D, ℓ̄) where its weights take part in the gradient
 * @param scale what residuals are divided by
 */
record Balance(double[] target, double[][] others, double[] extra, double scale) {

    /**
     * That of the softmax and the logistic loss: every class counts with its mass m_k = λ_k N_k. Targets smoothed by ε add ε(m_j − m/K) to the
     * right side, m the sum of the masses of all K classes.
     */
    static Balance weightedCounts(double[] masses, double smoothing) {
        int classes = masses.length;
        var others = new double[classes][classes];
        double sum = 0;
        for (int k = 0; k < classes; k++) {
            for (int j = 0; j < classes; j++) {
                others[k][j] = k == j ? 0 : masses[k];
            }
            sum += masses[k];
        }
        var extra = new double[classes];
        for (int j = 0; j < classes; j++) {
            extra[j] = smoothing * (masses[j] - sum / classes);
        }
        return new Balance(masses, others, extra, sum);
    }

    /**
     * That of LGL-INR.
     *
     * @param lambda class weights
     * @param counts samples of each class
     * @param probabilities Q
     * @param slopes {@code [k][j]}: mean p(1 − p) of class j over the samples of class k
     * @param losses {@code [k][j]}: mean −log(1 − p) likewise
     * @param weights W
     */
    static Balance reweighted(
            LglInr loss, double[] lambda, long[] counts, double[][] slopes, double[][] losses, double[][] weights) {
        int classes = lambda.length;
        long samples = 0;
        for (long count : counts) {
            samples += count;
        }
        boolean prior = loss.negativeMass() == LglInr.NegativeMass.PRIOR;
        var target = new double[classes];
        var others = new double[classes][classes];
        var extra = new double[classes];
        for (int j = 0; j < classes; j++) {
            double share = counts[j] / (double) samples;
            double negativeMass = prior ? 1 - share : 1;
            target[j] = counts[j] == 0 ? 0 : lambda[j] * (prior ? share : 1);
            var slope = new double[classes];
            var weighted = new double[classes];
            for (int k = 0; k < classes; k++) {
                others[k][j] = negativeMass * lambda[k] * weights[k][j];
                slope[k] = slopes[k][j];
                weighted[k] = lambda[k] * losses[k][j];
            }
            if (loss.gradThroughWeights()) {
                extra[j] = negativeMass * loss.beta() * InrWeights.covariance(column(weights, j), slope, weighted);
            }
        }
        return new Balance(target, others, extra, 1);
    }

    /** Left side minus right side, scaled. */
    double residual(double[][] probabilities, int j) {
        return (shortfall(probabilities, j) - flow(probabilities, j) - extra[j]) / scale;
    }

    /** The size of that over the sum of the sizes of the terms, 0–1. */
    double relativeResidual(double[][] probabilities, int j) {
        double sizes = shortfall(probabilities, j) + flow(probabilities, j) + Math.abs(extra[j]);
        return sizes == 0 ? 0 : Math.abs(residual(probabilities, j)) * scale / sizes;
    }

    private double shortfall(double[][] probabilities, int j) {
        return target[j] * (1 - probabilities[j][j]);
    }

    private double flow(double[][] probabilities, int j) {
        double flow = 0;
        for (int k = 0; k < others.length; k++) {
            flow += others[k][j] * probabilities[k][j];
        }
        return flow;
    }

    private double mass(int j) {
        double mass = 0;
        for (var row : others) {
            mass += row[j];
        }
        return mass;
    }

    /** Mean of Q_kj over the other classes, weighted as in the condition; 0 when nothing weighs. */
    double nonTargetMean(double[][] probabilities, int j) {
        double mass = mass(j);
        return mass == 0 ? 0 : flow(probabilities, j) / mass;
    }

    /** What {@code (1 − Q_jj) / nonTargetMean} is where the condition is met; null when that can't be said. */
    @Nullable Double predictedRatio(double[][] probabilities, int j) {
        if (target[j] == 0) {
            return null;
        }
        double mean = nonTargetMean(probabilities, j);
        if (extra[j] == 0) {
            return mass(j) / target[j];
        }
        return mean == 0 ? null : (Double) ((mass(j) + extra[j] / mean) / target[j]);
    }

    static double[] column(double[][] matrix, int j) {
        var column = new double[matrix.length];
        for (int k = 0; k < column.length; k++) {
            column[k] = matrix[k][j];
        }
        return column;
    }
}
