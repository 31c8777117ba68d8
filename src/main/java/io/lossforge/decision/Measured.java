package io.lossforge.decision;

import io.lossforge.decision.SplitReport.ClassRates;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Which classes the samples of a split are given.
 *
 * @param counts rows true, columns given
 * @param undecided samples of each class that are given none
 */
record Measured(long[][] counts, long[] undecided) {

    /** @param rule a class or {@link Thresholds#NONE}, by the number of the sample */
    static Measured of(CalibratedSplit samples, IntUnaryOperator rule) {
        var counts = new long[samples.classes()][samples.classes()];
        var undecided = new long[samples.classes()];
        for (int i = 0; i < samples.count(); i++) {
            int given = rule.applyAsInt(i);
            if (given == Thresholds.NONE) {
                undecided[samples.labels()[i]]++;
            } else {
                counts[samples.labels()[i]][given]++;
            }
        }
        return new Measured(counts, undecided);
    }

    static Measured likeliest(CalibratedSplit samples) {
        return of(samples, samples::likeliest);
    }

    static Measured decided(CalibratedSplit samples, Thresholds thresholds) {
        return of(samples, i -> thresholds.decide(samples.probabilities(), i * samples.classes()));
    }

    double balancedAccuracy() {
        double sum = 0;
        int present = 0;
        for (int k = 0; k < undecided.length; k++) {
            var recall = recall(k);
            if (recall != null) {
                sum += recall;
                present++;
            }
        }
        return sum / present;
    }

    SplitReport.Decided comparedWith(Measured before, List<String> labels) {
        var rates = new ArrayList<ClassRates>();
        long right = 0;
        long decided = 0;
        long all = 0;
        for (int k = 0; k < undecided.length; k++) {
            rates.add(new ClassRates(
                    labels.get(k),
                    support(k),
                    given(k),
                    before.recall(k),
                    recall(k),
                    before.precision(k),
                    precision(k),
                    ratio(support(k) - undecided[k], support(k))));
            right += counts[k][k];
            decided += given(k);
            all += support(k);
        }
        return new SplitReport.Decided((all - decided) / (double) all, ratio(right, decided), rates);
    }

    private long support(int k) {
        long support = undecided[k];
        for (long count : counts[k]) {
            support += count;
        }
        return support;
    }

    private long given(int k) {
        long given = 0;
        for (var row : counts) {
            given += row[k];
        }
        return given;
    }

    private @Nullable Double recall(int k) {
        return ratio(counts[k][k], support(k));
    }

    private @Nullable Double precision(int k) {
        return ratio(counts[k][k], given(k));
    }

    private static @Nullable Double ratio(long part, long whole) {
        return whole == 0 ? null : (Double) (part / (double) whole);
    }
}
