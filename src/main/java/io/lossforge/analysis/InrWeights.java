package io.lossforge.analysis;

import io.lossforge.loss.LglInr;

/**
 * The weights of LGL-INR as they follow from averaged probabilities: {@code w_kj = n_k^a exp(β Q_kj) / Σ_{l≠j} n_l^a exp(β Q_lj)} over the
 * classes present, with a = 1 under prior negative mass, else 0.
 */
final class InrWeights {

    private InrWeights() {}

    /** One column: the weights of the other classes among the negatives of class j; all 0 if no other class is present. */
    static double[] column(LglInr loss, double[] probabilities, long[] counts, int j) {
        boolean prior = loss.negativeMass() == LglInr.NegativeMass.PRIOR;
        var column = new double[counts.length];
        double most = 0; // of the exponents β·p, none of which is below 0
        for (double probability : probabilities) {
            most = Math.max(most, loss.beta() * probability);
        }
        double sum = 0;
        for (int k = 0; k < column.length; k++) {
            if (k != j && counts[k] > 0) {
                column[k] = Math.exp(loss.beta() * probabilities[k] - most) * (prior ? counts[k] : 1);
                sum += column[k];
            }
        }
        for (int k = 0; k < column.length; k++) {
            column[k] /= sum == 0 ? 1 : sum;
        }
        return column;
    }

    /** {@code Σ_k w_k a_k b_k − (Σ_k w_k a_k)(Σ_k w_k b_k)}. */
    static double covariance(double[] weights, double[] first, double[] second) {
        double product = 0;
        double firstMean = 0;
        double secondMean = 0;
        for (int k = 0; k < weights.length; k++) {
            product += weights[k] * first[k] * second[k];
            firstMean += weights[k] * first[k];
            secondMean += weights[k] * second[k];
        }
        return product - firstMean * secondMean;
    }
}
