package io.lossforge.experiment;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.apache.commons.statistics.inference.WilcoxonSignedRankTest;
import org.jspecify.annotations.Nullable;

/** Wilcoxon's signed-rank test of paired differences, two-sided. */
@Schema(name = "SignedRankTest")
record SignedRank(
        @Schema(description = "Pairs that differ") int pairs,

        @Schema(description = "null where the test is refused") @Nullable Double pValue,

        @Schema(description = "The same after Holm's correction for all comparisons of the report") @Nullable Double holmPValue,

        @Schema(description = "Why the test is refused; null where it is not") @Nullable String reason) {

    /** With fewer pairs even the clearest outcome is not significant: the least p is 2/2^n, 0.0625 with 5. */
    static final int FEWEST_PAIRS = 6;

    /** Pairs with which the clearest outcome of all, 2/2^n, is still significant at 5 % after the correction for so many comparisons. */
    static int fewestPairs(long comparisons) {
        int pairs = FEWEST_PAIRS;
        while (comparisons * Math.scalb(2.0, -pairs) > 0.05) {
            pairs++;
        }
        return pairs;
    }

    /** The test, not corrected yet. Pairs without a difference are left out, as Wilcoxon did. */
    static SignedRank of(List<Double> differences) {
        var values = differences.stream()
                .mapToDouble(Double::doubleValue)
                .filter(difference -> difference != 0)
                .toArray();
        if (values.length < FEWEST_PAIRS) {
            var equal = differences.size() - values.length;
            return new SignedRank(
                    values.length,
                    null,
                    null,
                    "needs at least %d pairs that differ, has %d%s: with fewer no outcome can be significant at 5 %%"
                            .formatted(
                                    FEWEST_PAIRS,
                                    values.length,
                                    equal > 0 ? " and %d that do not".formatted(equal) : ""));
        }
        return new SignedRank(
                values.length,
                WilcoxonSignedRankTest.withDefaults().test(values).getPValue(),
                null,
                null);
    }

    /** Corrects the tests that were not refused for their number. */
    static List<SignedRank> corrected(List<SignedRank> tests) {
        var tested = IntStream.range(0, tests.size())
                .filter(i -> tests.get(i).pValue() != null)
                .boxed()
                .toList();
        var holm = holm(tested.stream()
                .map(i -> Objects.requireNonNull(tests.get(i).pValue()))
                .toList());
        var corrected = new ArrayList<>(tests);
        for (int i = 0; i < tested.size(); i++) {
            var test = tests.get(tested.get(i));
            corrected.set(tested.get(i), new SignedRank(test.pairs(), test.pValue(), holm.get(i), null));
        }
        return List.copyOf(corrected);
    }

    /** Holm's step-down: the i-th smallest of m, counted from 0, times m − i, never below the one before, at most 1. */
    static List<Double> holm(List<Double> pValues) {
        var order = IntStream.range(0, pValues.size())
                .boxed()
                .sorted(Comparator.comparing(pValues::get))
                .toList();
        var corrected = new ArrayList<>(pValues);
        double before = 0;
        for (int i = 0; i < order.size(); i++) {
            before = Math.min(1, Math.max(before, pValues.get(order.get(i)) * (order.size() - i)));
            corrected.set(order.get(i), before);
        }
        return List.copyOf(corrected);
    }
}
