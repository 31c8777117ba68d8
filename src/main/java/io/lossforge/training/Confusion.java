package io.lossforge.training;

import java.util.stream.IntStream;

/** How often each class was taken for each: rows true, columns predicted. Rates are over the classes that have samples. */
final class Confusion {

    private final long[][] counts;

    Confusion(int classes) {
        counts = new long[classes][classes];
    }

    void add(int label, int predicted) {
        counts[label][predicted]++;
    }

    long[][] counts() {
        return counts;
    }

    long support(int label) {
        long support = 0;
        for (long count : counts[label]) {
            support += count;
        }
        return support;
    }

    /** 0 where the class has no samples. */
    double recall(int label) {
        return ratio(counts[label][label], support(label));
    }

    /** 0 where nothing was predicted as the class. */
    double precision(int label) {
        long predicted = 0;
        for (var row : counts) {
            predicted += row[label];
        }
        return ratio(counts[label][label], predicted);
    }

    double f1(int label) {
        double precision = precision(label);
        double recall = recall(label);
        return precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall);
    }

    double accuracy() {
        long right = 0;
        long all = 0;
        for (int label = 0; label < counts.length; label++) {
            right += counts[label][label];
            all += support(label);
        }
        return ratio(right, all);
    }

    double balancedAccuracy() {
        return present().mapToDouble(this::recall).average().orElse(0);
    }

    double macroF1() {
        return present().mapToDouble(this::f1).average().orElse(0);
    }

    double worstClassRecall() {
        return present().mapToDouble(this::recall).min().orElse(0);
    }

    private IntStream present() {
        return IntStream.range(0, counts.length).filter(label -> support(label) > 0);
    }

    private static double ratio(long part, long whole) {
        return whole == 0 ? 0 : part / (double) whole;
    }
}
