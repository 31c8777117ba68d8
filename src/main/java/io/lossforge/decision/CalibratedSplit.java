package io.lossforge.decision;

import io.lossforge.analysis.SplitLogits;
import java.util.Arrays;

/**
 * Samples of a split with their calibrated probabilities.
 *
 * @param probabilities {@code [samples, classes]} row by row
 */
public record CalibratedSplit(double[] probabilities, int[] labels, int classes) {

    /** As they are served. */
    public static CalibratedSplit of(SplitLogits logits, Calibrator calibrator) {
        int classes = logits.classes();
        var probabilities = new double[logits.logits().length];
        var row = new double[classes];
        for (int first = 0; first < probabilities.length; first += classes) {
            calibrator.probabilities(logits.logits(), first, row);
            System.arraycopy(row, 0, probabilities, first, classes);
        }
        return new CalibratedSplit(probabilities, logits.labels(), classes);
    }

    int count() {
        return labels.length;
    }

    double probability(int sample, int k) {
        return probabilities[sample * classes + k];
    }

    int likeliest(int sample) {
        return Calibrator.likeliest(probabilities, sample * classes, classes);
    }

    /** Samples of each class. */
    int[][] members() {
        return members(labels, classes);
    }

    static int[][] members(int[] labels, int classes) {
        var members = new int[classes][];
        var counts = new int[classes];
        for (int label : labels) {
            counts[label]++;
        }
        Arrays.setAll(members, k -> new int[counts[k]]);
        for (int i = labels.length - 1; i >= 0; i--) {
            members[labels[i]][--counts[labels[i]]] = i;
        }
        return members;
    }
}
