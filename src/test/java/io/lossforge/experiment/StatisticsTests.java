package io.lossforge.experiment;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lossforge.analysis.McNemarTest;
import io.lossforge.experiment.Verdict.Outcome;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Against values of R 4 and by hand. */
class StatisticsTests {

    @Test
    void spreadIsOfTheSample() {
        var spread = requireNonNull(Spread.of(List.of(2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0)));

        assertThat(spread.mean()).isEqualTo(5);
        assertThat(requireNonNull(spread.sd())).isCloseTo(2.1380899, within(1e-7));
        assertThat(requireNonNull(Spread.of(List.of(3.0))).sd()).isNull();
        assertThat(Spread.of(List.of())).isNull();
    }

    /** {@code wilcox.test(x, y, paired = TRUE)} of the depression scores in R's own example: V = 40, p = 0.03906. */
    @Test
    void signedRankTestIsExact() {
        double[] x = {1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30};
        double[] y = {0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29};
        var differences = new ArrayList<Double>();
        for (int i = 0; i < x.length; i++) {
            differences.add(x[i] - y[i]);
        }

        assertThat(requireNonNull(SignedRank.of(differences).pValue())).isCloseTo(0.0390625, within(1e-9));
        assertThat(requireNonNull(
                        SignedRank.of(List.of(1.0, 2.0, 3.0, 4.0, 5.0, 6.0)).pValue()))
                .as("the least that 6 pairs can give, 2/2^6")
                .isCloseTo(0.03125, within(1e-12));
    }

    @Test
    void signedRankTestIsRefusedBelowSixPairsThatDiffer() {
        var refused = SignedRank.of(List.of(1.0, 2.0, 3.0, 4.0, 5.0, 0.0));

        assertThat(refused.pValue()).isNull();
        assertThat(refused.reason()).startsWith("needs at least 6 pairs that differ, has 5 and 1 that do not");
    }

    /** {@code binom.test(5, 20)} and {@code binom.test(1, 9)}. */
    @Test
    void mcNemarTestIsExact() {
        assertThat(McNemarTest.of(15, 5).pValue()).isCloseTo(0.04138947, within(1e-8));
        assertThat(McNemarTest.of(1, 8).pValue()).isCloseTo(0.0390625, within(1e-12));
        assertThat(McNemarTest.of(0, 0).pValue())
                .as("no sample tells them apart")
                .isEqualTo(1);
    }

    @Test
    void mcNemarTestCountsSamplesThatOnlyOneHasRight() {
        var baseline = BitSet.valueOf(new long[] {0b01101});
        var here = BitSet.valueOf(new long[] {0b11000});

        var test = McNemar.of(4, baseline, here);

        assertThat(test.seed()).isEqualTo(4);
        assertThat(test.onlyBaseline()).isEqualTo(2);
        assertThat(test.onlyThis()).isEqualTo(1);
    }

    /** {@code p.adjust(c(0.03, 0.01, 0.04, 0.02), "holm")}. */
    @Test
    void holmStepsDown() {
        assertThat(SignedRank.holm(List.of(0.03, 0.01, 0.04, 0.02))).containsExactly(0.06, 0.04, 0.06, 0.06);
        assertThat(SignedRank.holm(List.of(0.6, 0.7))).containsExactly(1.0, 1.0);
        assertThat(SignedRank.holm(List.of())).isEmpty();
    }

    @Test
    void holmCorrectsOnlyTheTestsThatWereMade() {
        var clear = List.of(1.0, 2.0, 3.0, 4.0, 5.0, 6.0);
        var corrected =
                SignedRank.corrected(List.of(SignedRank.of(clear), SignedRank.of(List.of(1.0)), SignedRank.of(clear)));

        assertThat(corrected.get(0).holmPValue()).isEqualTo(0.0625);
        assertThat(corrected.get(1).holmPValue()).isNull();
        assertThat(corrected.get(1).reason()).isNotNull();
        assertThat(corrected.get(2).holmPValue()).isEqualTo(0.0625);
    }

    /** The bootstrap mean of 1…6 has the standard deviation √(35/12/6) = 0.697, so that its ends are near 3.5 ± 1.96 · 0.697. */
    @Test
    void bootstrapIntervalIsThatOfTheMean() {
        var differences = List.of(1.0, 2.0, 3.0, 4.0, 5.0, 6.0);
        var difference = requireNonNull(PairedDifference.of(differences));

        assertThat(difference.mean()).isEqualTo(3.5);
        assertThat(requireNonNull(difference.lower())).isCloseTo(2.134, within(0.1));
        assertThat(requireNonNull(difference.upper())).isCloseTo(4.866, within(0.1));
        assertThat(requireNonNull(difference.effectSize())).isCloseTo(3.5 / 1.8708287, within(1e-7));
        assertThat(PairedDifference.of(differences)).as("again the same").isEqualTo(difference);
    }

    @Test
    void singlePairHasNoIntervalAndEqualPairsNoEffectSize() {
        var single = requireNonNull(PairedDifference.of(List.of(0.5)));
        assertThat(single.lower()).isNull();
        assertThat(single.holdsZero()).isTrue();

        var equal = requireNonNull(PairedDifference.of(Collections.nCopies(6, 0.25)));
        assertThat(equal.lower()).isEqualTo(0.25);
        assertThat(equal.effectSize()).isNull();
        assertThat(PairedDifference.of(List.of())).isNull();
    }

    @Test
    void verdictSaysNoDifferenceWhenTheIntervalHoldsZero() {
        var verdict = verdict(List.of(0.02, -0.01, 0.01, -0.02, 0.015, -0.005));

        assertThat(verdict.outcome()).isEqualTo(Outcome.NO_DIFFERENCE);
        assertThat(verdict.text())
                .startsWith("no difference: +0.17 points, 95 % interval −")
                .contains("6 pairs", "d = +0.11 (negligible)");
    }

    @Test
    void verdictNamesTheEffectAndWhetherTheTestAgrees() {
        var better = verdict(List.of(0.02, 0.03, 0.01, 0.04, 0.05, 0.06));
        assertThat(better.outcome()).isEqualTo(Outcome.BETTER);
        assertThat(better.text()).contains("better: +3.50 points", "(large)", "signed-rank p after Holm 0.031");

        var worse = verdict(List.of(-0.02, -0.03, 0.001, -0.04, -0.05, -0.06));
        assertThat(worse.outcome()).isEqualTo(Outcome.WORSE);
        assertThat(worse.text()).contains("p after Holm 0.063, not significant at 5 %");
    }

    @Test
    void verdictIsOpenWithFewPairs() {
        assertThat(verdict(List.of(0.2, 0.3, 0.25, 0.2, 0.3)).outcome()).isEqualTo(Outcome.UNDECIDED);
        assertThat(verdict(List.of(0.2, 0.3, 0.25, 0.2, 0.3)).text()).contains("too few pairs", "6 are needed");
        assertThat(verdict(List.of(0.2)).text()).contains("a single pair says nothing of chance");
        assertThat(verdict(List.of()).outcome()).isEqualTo(Outcome.UNDECIDED);
    }

    private static Verdict verdict(List<Double> differences) {
        var test = SignedRank.corrected(List.of(SignedRank.of(differences))).get(0);
        return Verdict.of(PairedDifference.of(differences), test);
    }
}
