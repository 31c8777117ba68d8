package io.lossforge.training;

import io.lossforge.loss.ServingTransform;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.statistics.inference.MannWhitneyUTest;
import org.jspecify.annotations.Nullable;

/**
 * What a network says about the samples of one split, gathered batch by batch from its logits, and the {@link Evaluation} of it. Computed
 * in double precision on the host. Keeps 8 bytes per sample and class for the ranking measures, up to {@link #MOST_SCORES} of them.
 */
public final class Predictions {

    /** Beyond so many probabilities (128 MiB) AUROC and AUPRC are left out. */
    private static final long MOST_SCORES = 1 << 24;

    private final ServingTransform serving;
    private final List<String> classes;
    private final Confusion confusion;
    private final int[] labels;
    private final double @Nullable [] scores;
    private final Reliability reliability = new Reliability();

    private int count;
    private double nll;
    private double brier;

    /**
     * Starts with none.
     *
     * @param serving how the logits that are added become probabilities
     * @param samples that will be added, at most
     */
    public Predictions(ServingTransform serving, List<String> classes, int samples) {
        this.serving = serving;
        this.classes = classes;
        confusion = new Confusion(classes.size());
        labels = new int[samples];
        scores = (long) samples * classes.size() <= MOST_SCORES ? new double[samples * classes.size()] : null;
    }

    /** Adds the sample whose logits, after logit adjustment, start at {@code offset}. */
    public void add(float[] logits, int offset, int label) {
        var sample = new double[classes.size()];
        for (int k = 0; k < sample.length; k++) {
            sample[k] = logits[offset + k];
        }
        var logProbabilities = serving.logScores(sample);
        double logSum = logSum(logProbabilities);
        rank(logProbabilities, serving.equals(ServingTransform.SIGMOID) ? 0 : logSum);
        calibrate(logProbabilities, logSum, label, argMax(logits, offset, classes.size()));
        labels[count++] = label;
    }

    private void rank(double[] logProbabilities, double logSum) {
        if (scores == null) {
            return;
        }
        for (int k = 0; k < logProbabilities.length; k++) {
            scores[count * logProbabilities.length + k] = Math.exp(logProbabilities[k] - logSum);
        }
    }

    private void calibrate(double[] logProbabilities, double logSum, int label, int predicted) {
        confusion.add(label, predicted);
        nll += logSum - logProbabilities[label];
        for (int k = 0; k < logProbabilities.length; k++) {
            double distance = Math.exp(logProbabilities[k] - logSum) - (k == label ? 1 : 0);
            brier += distance * distance;
        }
        reliability.add(Math.exp(logProbabilities[predicted] - logSum), predicted == label);
    }

    /** The class of the largest logit, the first of equal ones. */
    public static int argMax(float[] logits, int offset, int classes) {
        int best = 0;
        for (int k = 1; k < classes; k++) {
            if (logits[offset + k] > logits[offset + best]) {
                best = k;
            }
        }
        return best;
    }

    private static double logSum(double[] logs) {
        double most = Arrays.stream(logs).max().orElse(0);
        double sum = 0;
        for (double log : logs) {
            sum += Math.exp(log - most);
        }
        return most + Math.log(sum);
    }

    /** As in {@link Evaluation}. */
    double nll() {
        return nll / count;
    }

    /** As in {@link Evaluation}. */
    double ece() {
        return reliability.expectedCalibrationError();
    }

    /** The measures of all samples added, of which there must be one at least. */
    public Evaluation evaluation(String split) {
        var perClass = new ArrayList<Evaluation.ClassScore>();
        for (int k = 0; k < classes.size(); k++) {
            perClass.add(new Evaluation.ClassScore(
                    classes.get(k),
                    confusion.precision(k),
                    confusion.recall(k),
                    confusion.f1(k),
                    confusion.support(k)));
        }
        return new Evaluation(
                split,
                count,
                classes,
                confusion.accuracy(),
                confusion.balancedAccuracy(),
                confusion.macroF1(),
                confusion.worstClassRecall(),
                macro(Predictions::areaUnderRoc),
                macro(Predictions::averagePrecision),
                nll(),
                brier / count,
                ece(),
                perClass,
                confusion.counts(),
                null,
                null,
                null,
                reliability.bins());
    }

    private interface Ranking {
        double of(double[] positives, double[] negatives);
    }

    private @Nullable Double macro(Ranking ranking) {
        if (scores == null) {
            return null;
        }
        double sum = 0;
        int ranked = 0;
        for (int k = 0; k < classes.size(); k++) {
            var positives = scoresOf(scores, k, true);
            var negatives = scoresOf(scores, k, false);
            if (positives.length > 0 && negatives.length > 0) {
                sum += ranking.of(positives, negatives);
                ranked++;
            }
        }
        return ranked == 0 ? null : (Double) (sum / ranked);
    }

    private double[] scoresOf(double[] all, int label, boolean positive) {
        return IntStream.range(0, count)
                .filter(i -> (labels[i] == label) == positive)
                .mapToDouble(i -> all[i * classes.size() + label])
                .toArray();
    }

    /** Probability that a positive scores above a negative, ties counted half. */
    static double areaUnderRoc(double[] positives, double[] negatives) {
        return MannWhitneyUTest.withDefaults().statistic(positives, negatives)
                / ((double) positives.length * negatives.length);
    }

    /** {@code Σ (Rₙ − Rₙ₋₁)·Pₙ} over the distinct scores, falling; samples of one score enter together. */
    static double averagePrecision(double[] positives, double[] negatives) {
        Arrays.sort(positives);
        Arrays.sort(negatives);
        int found = 0;
        int negative = negatives.length;
        double sum = 0;
        for (int next = positives.length; next > 0; ) {
            double score = positives[next - 1];
            int before = found;
            while (next > 0 && positives[next - 1] == score) {
                next--;
                found++;
            }
            while (negative > 0 && negatives[negative - 1] >= score) {
                negative--;
            }
            sum += (found - before) * (double) found / (found + negatives.length - negative);
        }
        return sum / positives.length;
    }
}
