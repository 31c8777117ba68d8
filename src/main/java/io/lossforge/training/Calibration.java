package io.lossforge.training;

import io.lossforge.analysis.SplitLogits;
import io.lossforge.decision.Calibrator;
import org.apache.commons.math3.analysis.solvers.BracketingNthOrderBrentSolver;

/**
 * Temperature scaling (Guo, Pleiss, Sun, Weinberger: On Calibration of Modern Neural Networks, ICML 2017): probabilities softmax(z / T) with
 * the T that makes the validation samples most likely. The class with the largest probability stays the same. For sigmoid losses too it is a
 * softmax.
 *
 * @param temperature T, 0.01–100
 * @param nll mean negative log-likelihood, in nats
 * @param ece expected calibration error, as in {@link Evaluation}
 */
record Calibration(double temperature, double nll, double ece) {

    /** The temperature under which the samples are most likely. The likelihood is concave in 1/T, so the zero of its slope is the place. */
    static double temperature(SplitLogits samples) {
        if (slope(samples, 1 / Calibrator.MOST) >= 0) {
            return Calibrator.MOST;
        }
        if (slope(samples, 1 / Calibrator.LEAST) <= 0) {
            return Calibrator.LEAST;
        }
        return 1
                / new BracketingNthOrderBrentSolver(1e-10, 1e-12, 5)
                        .solve(200, inverse -> slope(samples, inverse), 1 / Calibrator.MOST, 1 / Calibrator.LEAST);
    }

    /** Of the mean negative log-likelihood by the inverse temperature: the mean logit expected less that of the label. */
    private static double slope(SplitLogits samples, double inverse) {
        int classes = samples.classes();
        var p = new double[classes];
        double sum = 0;
        for (int i = 0; i < samples.labels().length; i++) {
            scale(samples, i, inverse, p);
            for (int k = 0; k < classes; k++) {
                sum += p[k] * samples.logits()[i * classes + k];
            }
            sum -= samples.logits()[i * classes + samples.labels()[i]];
        }
        return sum / samples.labels().length;
    }

    /** How well calibrated the samples are at that temperature. */
    static Calibration of(SplitLogits samples, double temperature) {
        int classes = samples.classes();
        var p = new double[classes];
        var reliability = new Reliability();
        double nll = 0;
        for (int i = 0; i < samples.labels().length; i++) {
            int label = samples.labels()[i];
            nll += scale(samples, i, 1 / temperature, p) - samples.logits()[i * classes + label] / temperature;
            int predicted = Predictions.argMax(samples.logits(), i * classes, classes);
            reliability.add(p[predicted], predicted == label);
        }
        return new Calibration(temperature, nll / samples.labels().length, reliability.expectedCalibrationError());
    }

    /**
     * Fills in the probabilities of one sample.
     *
     * @return log Σ exp(z / T)
     */
    private static double scale(SplitLogits samples, int sample, double inverse, double[] probabilities) {
        int offset = sample * probabilities.length;
        double most = Double.NEGATIVE_INFINITY;
        for (int k = 0; k < probabilities.length; k++) {
            probabilities[k] = samples.logits()[offset + k] * inverse;
            most = Math.max(most, probabilities[k]);
        }
        double sum = 0;
        for (int k = 0; k < probabilities.length; k++) {
            probabilities[k] = Math.exp(probabilities[k] - most);
            sum += probabilities[k];
        }
        for (int k = 0; k < probabilities.length; k++) {
            probabilities[k] /= sum;
        }
        return most + Math.log(sum);
    }
}
