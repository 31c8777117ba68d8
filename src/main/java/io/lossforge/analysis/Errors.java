package io.lossforge.analysis;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the errors of a split are spread, from averaged probabilities alone.
 *
 * @param classes names
 * @param counts samples of each class; those without have no part
 * @param probabilities Q
 */
record Errors(List<String> classes, long[] counts, double[][] probabilities) {

    List<Analysis.TradeOff> tradeOff(@Nullable Balance balance) {
        var rows = new ArrayList<Analysis.TradeOff>();
        for (int j = 0; j < classes.size(); j++) {
            double shortfall = counts[j] == 0 ? 0 : 1 - probabilities[j][j];
            double plain = mean(j);
            double weighted = balance == null ? plain : balance.nonTargetMean(probabilities, j);
            rows.add(new Analysis.TradeOff(
                    classes.get(j),
                    shortfall,
                    weighted,
                    plain,
                    weighted == 0 || counts[j] == 0 ? null : (Double) (shortfall / weighted),
                    balance == null ? null : balance.predictedRatio(probabilities, j)));
        }
        return rows;
    }

    Analysis.MultiModality multiModality() {
        var modes = new ArrayList<Analysis.Modes>();
        for (int j = 0; j < classes.size(); j++) {
            modes.add(modes(j));
        }
        return new Analysis.MultiModality(
                modes.stream().mapToDouble(Analysis.Modes::gap).average().orElse(0),
                modes.stream().mapToDouble(Analysis.Modes::gap).max().orElse(0),
                mean(modes.stream().map(Analysis.Modes::relativeGap).toList()),
                mean(modes.stream().map(Analysis.Modes::effectiveModes).toList()),
                modes);
    }

    private static @Nullable Double mean(List<? extends @Nullable Double> values) {
        double sum = 0;
        int defined = 0;
        for (var value : values) {
            if (value != null) {
                sum += value;
                defined++;
            }
        }
        return defined == 0 ? null : (Double) (sum / defined);
    }

    private Analysis.Modes modes(int j) {
        double mean = mean(j);
        var spread = new double[classes.size()];
        double sum = 0;
        int hardest = j;
        for (int k = 0; k < spread.length; k++) {
            if (k != j && counts[k] > 0) {
                spread[k] = probabilities[k][j];
                sum += spread[k];
                hardest = hardest == j || spread[k] > spread[hardest] ? k : hardest;
            }
        }
        if (hardest == j || sum == 0) {
            return new Analysis.Modes(classes.get(j), 0, null, null, null, 0);
        }
        double most = spread[hardest];
        for (int k = 0; k < spread.length; k++) {
            spread[k] /= sum;
        }
        return new Analysis.Modes(
                classes.get(j), most - mean, most / mean, Math.exp(entropy(spread)), classes.get(hardest), most);
    }

    /** Of Q_kj over the other classes k that have samples. */
    private double mean(int j) {
        double sum = 0;
        int others = 0;
        for (int k = 0; k < counts.length; k++) {
            if (k != j && counts[k] > 0) {
                sum += probabilities[k][j];
                others++;
            }
        }
        return others == 0 ? 0 : sum / others;
    }

    /** In nats, of shares that sum to 1. */
    static double entropy(double[] shares) {
        double entropy = 0;
        for (double share : shares) {
            entropy -= share > 0 ? share * Math.log(share) : 0;
        }
        return entropy;
    }
}
