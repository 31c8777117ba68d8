package io.lossforge.decision;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * From logits to calibrated probabilities: {@code softmax((z − shift) / T)} (Guo, Pleiss, Sun, Weinberger: On Calibration of Modern Neural
 * Networks, ICML 2017), for every loss alike, since that is what T is fitted for. Of a network that serves independent sigmoids or a
 * tempered softmax the likeliest class stays the same, and its probabilities become one distribution over the classes.
 *
 * <p>Under another class prior π' than the π that they stand for, probabilities are {@code p'(k) ∝ p(k) π'(k)/π(k)}, exact by the rule of Bayes
 * where only how often classes occur is different (Saerens, Latinne, Decaestecker: Adjusting the Outputs of a Classifier to New a Priori
 * Probabilities, Neural Computation 14, 2002).
 *
 * @param logitShift what the artefact takes from the logits of each class before its own transform; null for nothing
 * @param logFactors log π'(k)/π(k); null for the prior that they stand for
 */
public record Calibrator(double temperature, float @Nullable [] logitShift, double @Nullable [] logFactors) {

    /** The least temperature that is looked for. */
    public static final double LEAST = 0.01;

    /** The greatest temperature that is looked for. */
    public static final double MOST = 100;

    /** For the prior that the probabilities stand for. */
    public Calibrator(double temperature, float @Nullable [] logitShift) {
        this(temperature, logitShift, null);
    }

    /**
     * The same under another class prior.
     *
     * @param prior π', at least 0, of any scale, not all 0
     * @param present π, above 0
     */
    public Calibrator under(double[] prior, double[] present) {
        var factors = new double[prior.length];
        Arrays.setAll(factors, k -> Math.log(prior[k]) - Math.log(present[k]));
        return new Calibrator(temperature, logitShift, factors);
    }

    /**
     * Of one sample.
     *
     * @param logits holds those of a sample, without any adjustment
     * @param offset where they begin
     * @param into {@code [classes]}
     */
    public void probabilities(float[] logits, int offset, double[] into) {
        double most = Double.NEGATIVE_INFINITY;
        for (int k = 0; k < into.length; k++) {
            // in float32, as the artefact does
            float adjusted = logitShift == null ? logits[offset + k] : logits[offset + k] - logitShift[k];
            into[k] = adjusted / temperature + (logFactors == null ? 0 : logFactors[k]);
            most = Math.max(most, into[k]);
        }
        double sum = 0;
        for (int k = 0; k < into.length; k++) {
            into[k] = Math.exp(into[k] - most);
            sum += into[k];
        }
        for (int k = 0; k < into.length; k++) {
            into[k] /= sum;
        }
    }

    /** The class with the largest of the values, the first of equal ones. */
    public static int likeliest(double[] values, int offset, int classes) {
        int best = 0;
        for (int k = 1; k < classes; k++) {
            if (values[offset + k] > values[offset + best]) {
                best = k;
            }
        }
        return best;
    }
}
