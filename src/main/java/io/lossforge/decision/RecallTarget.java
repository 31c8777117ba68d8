package io.lossforge.decision;

import com.google.auto.service.AutoService;
import io.lossforge.catalogue.Described;
import io.lossforge.catalogue.Parameter;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Every class is found at least so often. A sample is given the class whose probability is the largest multiple of its threshold, if that
 * is at least 1: the rule of Bayes for misses that cost 1/threshold, with abstention.
 *
 * <p>A lower threshold finds more of its own class and less of the others, which must lower theirs in turn. The recall of class k stays at
 * the target exactly while t_k ≤ g_k(t), with g_k rising in the thresholds of the others; so among all vectors of thresholds that reach it
 * one is the greatest in every class at once (Tarski's fixed point), and it is what lowering from above ends at. It is the most careful one:
 * nothing is decided that the target does not need. Where classes can't be told apart so well there is none; then each class has the
 * threshold at which it would reach the target if it were alone, and the report says what it does reach.
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

    private static final int MOST_SWEEPS = 2000;
    private static final double MOST_WORK = 2e9;
    private static final double LEAST_THRESHOLD = 1e-9;

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
        Arrays.fill(alone, Thresholds.NEVER);
        for (int k = 0; k < alone.length; k++) {
            if (members[k].length > 0) {
                alone[k] = highest(samples, members[k], k, null);
            }
        }
        double sweeps = Math.min(MOST_SWEEPS, MOST_WORK / samples.probabilities().length);
        var thresholds = alone.clone();
        boolean changed = true;
        for (int sweep = 0; changed && sweep < sweeps; sweep++) {
            changed = false;
            for (int k = 0; k < alone.length; k++) {
                double highest =
                        members[k].length == 0 ? Thresholds.NEVER : highest(samples, members[k], k, thresholds);
                if (highest < thresholds[k]) {
                    thresholds[k] = highest;
                    changed = true;
                }
            }
            if (Arrays.stream(thresholds).anyMatch(threshold -> threshold < LEAST_THRESHOLD)) {
                break; // they chase each other down
            }
        }
        return new Thresholds(Thresholds.ChosenBy.MULTIPLE_OF_THRESHOLD, changed ? alone : thresholds);
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
