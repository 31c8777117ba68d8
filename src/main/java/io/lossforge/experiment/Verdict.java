package io.lossforge.experiment;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a comparison with the baseline comes to, in balanced accuracy on the test split. */
@Schema(name = "Verdict")
record Verdict(
        Outcome outcome, @Schema(description = "For people") String text) {

    /** What can be said. */
    @Schema(name = "Outcome")
    enum Outcome {
        /** It is what the others are compared with. */
        BASELINE,
        /** The interval is above zero, from enough pairs. */
        BETTER,
        /** The interval is below zero, from enough pairs. */
        WORSE,
        /** The interval holds zero. */
        NO_DIFFERENCE,
        /** There are too few pairs to tell a difference from chance. */
        UNDECIDED
    }

    static Verdict baseline() {
        return new Verdict(Outcome.BASELINE, "the baseline that the others are compared with");
    }

    /**
     * The verdict on a comparison.
     *
     * @param difference null if there is no pair
     */
    static Verdict of(@Nullable PairedDifference difference, SignedRank test) {
        if (difference == null) {
            return new Verdict(
                    Outcome.UNDECIDED,
                    "undecided: no seed has a finished job of both this combination and the baseline");
        }
        if (difference.pairs() < 2) {
            return new Verdict(
                    Outcome.UNDECIDED,
                    "undecided: %s from a single pair says nothing of chance".formatted(points(difference.mean())));
        }
        var size = "%s, 95 %% interval %s to %s, %d pairs, effect size d = %s (%s)"
                .formatted(
                        points(difference.mean()),
                        points(difference.lower()),
                        points(difference.upper()),
                        difference.pairs(),
                        difference.effectSize() == null ? "–" : decimal("%+.2f", difference.effectSize()),
                        difference.effectInWords());
        if (difference.holdsZero()) {
            return new Verdict(Outcome.NO_DIFFERENCE, "no difference: " + size);
        }
        if (difference.pairs() < SignedRank.FEWEST_PAIRS) {
            return new Verdict(
                    Outcome.UNDECIDED,
                    "undecided: %s; too few pairs to tell it from chance, %d are needed at least"
                            .formatted(size, SignedRank.FEWEST_PAIRS));
        }
        return new Verdict(
                difference.mean() > 0 ? Outcome.BETTER : Outcome.WORSE,
                "%s: %s; %s".formatted(difference.mean() > 0 ? "better" : "worse", size, inWords(test)));
    }

    private static String inWords(SignedRank test) {
        if (test.holmPValue() == null) {
            return "no signed-rank test: " + test.reason();
        }
        return "signed-rank p after Holm %s%s"
                .formatted(
                        test.holmPValue() < 0.001 ? "below 0.001" : decimal("%.3f", test.holmPValue()),
                        test.holmPValue() > 0.05
                                ? ", not significant at 5 %: take more seeds before relying on it"
                                : "");
    }

    /** A difference of rates, in percentage points. */
    static String points(@Nullable Double difference) {
        return difference == null ? "–" : decimal("%+.2f points", 100 * difference);
    }

    private static String decimal(String format, double value) {
        return String.format(Locale.ROOT, format, value).replace('-', '−');
    }
}
