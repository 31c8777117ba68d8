package io.lossforge.decision;

import com.google.auto.service.AutoService;
import io.lossforge.catalogue.Described;
import io.lossforge.catalogue.Parameter;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Every class is right at least so often when it is given. A sample is given its likeliest class if its probability is at least the
 * threshold of that class, else none. Classes do not meet: a threshold decides only among the samples whose likeliest class it is of, and
 * the lowest one with enough precision leaves the fewest undecided. A class that no threshold makes precise enough, or that is never the
 * likeliest, is never given.
 */
@AutoService(DecisionTarget.class)
@Described(
        name = "precision",
        summary =
                "A class that is given is right at least so often, and given as often as that allows: for decisions that must not be wrong.",
        formula = "class = argmax_k p_k where p_k >= t_k, else none; t_k the lowest with precision_k >= atLeast")
public record PrecisionTarget(
        @Parameter(value = "least precision of every class", min = 0, max = 1, exclusiveMin = true)
        double atLeast) implements DecisionTarget {

    public PrecisionTarget() {
        this(0.9);
    }

    @Override
    public boolean isReached(SplitReport.ClassRates rates) {
        return rates.precision() != null && rates.precision() >= atLeast - Thresholds.ROUNDING;
    }

    @Override
    public String counted() {
        return "predictions on validation";
    }

    @Override
    public long count(SplitReport.ClassRates rates) {
        return rates.given();
    }

    @Override
    public Thresholds fit(CalibratedSplit samples) {
        var likeliest =
                IntStream.range(0, samples.count()).map(samples::likeliest).toArray();
        var given = CalibratedSplit.members(likeliest, samples.classes());
        var thresholds = new double[samples.classes()];
        Arrays.setAll(thresholds, k -> lowest(samples, given[k], k));
        return new Thresholds(Thresholds.ChosenBy.PROBABILITY, thresholds);
    }

    private double lowest(CalibratedSplit samples, int[] given, int k) {
        var falling = IntStream.of(given)
                .boxed()
                .sorted((a, b) -> Double.compare(samples.probability(b, k), samples.probability(a, k)))
                .mapToInt(Integer::intValue)
                .toArray();
        double lowest = Thresholds.NEVER;
        int right = 0;
        for (int i = 0; i < falling.length; i++) {
            right += samples.labels()[falling[i]] == k ? 1 : 0;
            double here = samples.probability(falling[i], k);
            double next = i + 1 < falling.length ? samples.probability(falling[i + 1], k) : 0;
            if (next < here && right >= atLeast * (i + 1) - Thresholds.ROUNDING) {
                lowest = Math.max(Thresholds.below(here), (here + next) / 2);
            }
        }
        return lowest;
    }
}
