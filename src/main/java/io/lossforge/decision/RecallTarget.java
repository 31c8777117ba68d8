package io.lossforge.decision;

import com.google.auto.service.AutoService;
import io.lossforge.catalogue.Described;
import io.lossforge.catalogue.Parameter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Every class is found at least so often. A sample is given the class whose probability is the largest multiple of its threshold, if that
 * is at least 1: the rule of Bayes for misses that cost 1/threshold, with abstention.
 *
 * <p>A lower threshold finds more of its own class and less of the others, which must lower theirs in turn. The recall of class k stays at
 * the target exactly while t_k ≤ g_k(t), with g_k rising in the thresholds of the others; so among all vectors of thresholds that reach it
 * one is the greatest in every class at once (Tarski's fixed point), and it is what lowering from above ends at. It is the most careful one:
 * nothing is decided that the target does not need. Where classes can't be told apart so well there is none; then the class that is the
 * hardest to find, with the lowest threshold if it were alone, is left out, until the others reach the target. What is left out has what the others
 * leave: the least threshold that takes no sample from them, and not less than it would have alone.
 */
@AutoService(DecisionTarget.class)
@Described(
        name = "recall",
        summary =
                "Every class is found at least so often, as precisely as that allows: for classes that must not be missed.",
        formula =
                "class = argmax_k p_k / t_k where that is >= 1, else none; t the greatest with recall_k >= atLeast for all k")
public record RecallTarget(
        @Parameter(value = "least recall of every class", min = 0, max = 1, exclusiveMin = true)
        double atLeast) implements DecisionTarget {

    private static final int MOST_SWEEPS = 500;

    /** Probabilities looked at in all: about ten seconds. Beyond it every class has the threshold that it would have alone. */
    private static final double MOST_WORK = 4e9;

    /** Of the threshold that a class would have alone: lower it does not settle. */
    private static final double LEAST_SHARE = 1e-6;

    public RecallTarget() {
        this(0.9);
    }

    @Override
    public boolean isReached(SplitReport.ClassRates rates) {
        return rates.recall() != null && rates.recall() >= atLeast - Thresholds.ROUNDING;
    }

    @Override
    public String counted() {
        return "validation samples";
    }

    @Override
    public long count(SplitReport.ClassRates rates) {
        return rates.support();
    }

    @Override
    public Thresholds fit(CalibratedSplit samples) {
        var members = samples.members();
        var alone = new double[samples.classes()];
        var reaching = new BitSet();
        for (int k = 0; k < alone.length; k++) {
            reaching.set(k, members[k].length > 0);
            alone[k] = reaching.get(k) ? highest(samples, members[k], k, null) : Thresholds.NEVER;
        }
        var leftOut = new ArrayList<Integer>();
        var thresholds = new double[alone.length];
        double sweeps = MOST_WORK / samples.probabilities().length;
        boolean settled = false;
        while (!settled && !reaching.isEmpty()) {
            Arrays.setAll(thresholds, k -> reaching.get(k) ? alone[k] : Thresholds.NEVER);
            settled = sweeps >= MOST_SWEEPS && settle(samples, members, reaching, alone, thresholds);
            sweeps -= MOST_SWEEPS;
            if (!settled) {
                int hardest = reaching.stream()
                        .boxed()
                        .min(Comparator.comparingDouble(k -> alone[k]))
                        .orElseThrow();
                reaching.clear(hardest);
                leftOut.add(hardest);
            }
        }
        if (!settled) {
            Arrays.fill(thresholds, Thresholds.NEVER);
        }
        for (int k : leftOut) {
            thresholds[k] = Math.max(alone[k], harmless(samples, k, thresholds));
        }
        return new Thresholds(Thresholds.ChosenBy.MULTIPLE_OF_THRESHOLD, thresholds);
    }

    /** Lowers the thresholds until each class reaches the target; false if they chase each other down. */
    private boolean settle(
            CalibratedSplit samples, int[][] members, BitSet reaching, double[] alone, double[] thresholds) {
        boolean changed = true;
        for (int sweep = 0; changed && sweep < MOST_SWEEPS; sweep++) {
            changed = false;
            for (int k : reaching.stream().toArray()) {
                double highest = highest(samples, members[k], k, thresholds);
                if (highest < thresholds[k]) {
                    thresholds[k] = highest;
                    changed = true;
                }
                if (highest < alone[k] * LEAST_SHARE) {
                    return false;
                }
            }
        }
        return !changed;
    }

    /** The least threshold of a class with which no sample is taken from the class that it is of and is given. */
    private static double harmless(CalibratedSplit samples, int k, double[] thresholds) {
        double least = 0;
        for (int i = 0; i < samples.count(); i++) {
            int label = samples.labels()[i];
            double multiple = samples.probability(i, label) / thresholds[label];
            if (label != k && multiple >= 1 && multiple > strongest(samples, i, label, thresholds)) {
                least = Math.max(least, samples.probability(i, k) / multiple);
            }
        }
        return Thresholds.above(least);
    }

    /** The highest threshold of a class with which enough of its samples are given to it. */
    private double highest(CalibratedSplit samples, int[] members, int k, double @Nullable [] others) {
        var reached = IntStream.of(members)
                .mapToDouble(i -> samples.probability(i, k) / Math.max(1, strongest(samples, i, k, others)))
                .sorted()
                .toArray();
        int enough = (int) Math.ceil(atLeast * reached.length - Thresholds.ROUNDING);
        return Thresholds.below(reached[reached.length - enough]);
    }

    /** The largest multiple of its threshold that another class has. */
    private static double strongest(CalibratedSplit samples, int i, int k, double @Nullable [] thresholds) {
        if (thresholds == null) {
            return 0;
        }
        double most = 0;
        for (int j = 0; j < thresholds.length; j++) {
            if (j != k) {
                most = Math.max(most, samples.probability(i, j) / thresholds[j]);
            }
        }
        return most;
    }
}
