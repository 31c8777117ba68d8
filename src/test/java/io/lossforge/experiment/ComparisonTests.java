package io.lossforge.experiment;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import io.lossforge.experiment.Verdict.Outcome;
import io.lossforge.training.Evaluation;
import io.lossforge.training.Evaluation.ClassScore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ComparisonTests {

    /** Many, medium and few samples to train on. */
    private static final List<Long> COUNTS = List.of(500L, 100L, 19L);

    @Test
    void comparesPairsOfEqualSeedsOnly() {
        var cells = Comparison.settings(List.of(
                        cell(0, "softmax", 0, result(1, 0.8, 0.8), result(2, 0.6, 0.6), result(3, 0.1, 0.1)),
                        cell(1, "logistic", 0, result(4, 0.9, 0.9), result(2, 0.7, 0.7), result(1, 0.9, 0.9))))
                .get(0)
                .cells();

        var difference = requireNonNull(cells.get(1).differences().get("balancedAccuracy"));
        assertThat(difference.pairs()).isEqualTo(2);
        assertThat(difference.mean()).isCloseTo(0.1, within(1e-12));
        assertThat(requireNonNull(cells.get(1).metrics().get("balancedAccuracy"))
                        .count())
                .isEqualTo(3);
        assertThat(cells.get(0).verdict().outcome()).isEqualTo(Outcome.BASELINE);
        assertThat(cells.get(0).differences()).isEmpty();
        assertThat(cells.get(1).verdict().outcome()).isEqualTo(Outcome.UNDECIDED);
        assertThat(requireNonNull(cells.get(1).signedRank()).reason()).contains("needs at least 6 pairs");
    }

    @Test
    void testsTheSamplesOfEachPair() {
        var cells = Comparison.settings(List.of(
                        cell(0, "softmax", 0, result(1, 0.2, 0.8), result(2, 0.6, 0.6)),
                        cell(1, "logistic", 0, result(2, 0.5, 0.7), result(1, 0.9, 0.9), result(3, 0.9, 0.9))))
                .get(0)
                .cells();

        assertThat(cells.get(0).mcNemar()).isEmpty();
        assertThat(cells.get(1).mcNemar())
                .extracting(McNemar::seed, McNemar::onlyBaseline, McNemar::onlyThis)
                .containsExactly(tuple(2L, 1, 0), tuple(1L, 0, 7));
    }

    @Test
    void choosesByValidationAndNotByTest() {
        var setting = Comparison.settings(List.of(
                        cell(0, "softmax", 0, result(1, 0.99, 0.70), result(2, 0.99, 0.70)),
                        cell(1, "logistic", 0, result(1, 0.50, 0.90), result(2, 0.60, 0.90))))
                .get(0);

        var choice = requireNonNull(setting.choice());
        assertThat(choice.cell()).isEqualTo(1);
        assertThat(choice.validation()).isCloseTo(0.9, within(1e-12));
        assertThat(choice.test()).isCloseTo(0.55, within(1e-12));
        assertThat(choice.text())
                .isEqualTo(
                        "Chosen on the validation split: logistic, with a mean balanced accuracy of 90.00 % there over 2 seeds."
                                + " On the test split, which took no part in the choice, it has 55.00 %.");
    }

    @Test
    void choosesNothingWhereNothingWasValidated() {
        var setting = Comparison.settings(List.of(cell(0, "softmax", 0, result(1, 0.9, null))))
                .get(0);

        assertThat(setting.choice()).isNull();
        assertThat(setting.choiceReason()).contains("would flatter it");
    }

    @Test
    void correctsForEveryComparisonOfTheReport() {
        var cells = new ArrayList<CellResults>();
        for (int i = 0; i < 4; i++) {
            int number = i;
            cells.add(cell(
                    i,
                    "cell " + i,
                    i < 2 ? 0 : 2,
                    LongStream.rangeClosed(1, 6)
                            .mapToObj(seed -> result(seed, 0.5 + 0.01 * seed * (number % 2), 0.5))
                            .toArray(JobResult[]::new)));
        }

        var settings = Comparison.settings(cells);

        assertThat(settings).hasSize(2);
        assertThat(settings).allSatisfy(setting -> {
            var compared = setting.cells().get(1);
            assertThat(compared.verdict().outcome()).isEqualTo(Outcome.BETTER);
            assertThat(requireNonNull(compared.signedRank()).pValue()).isEqualTo(0.03125);
            assertThat(compared.signedRank().holmPValue()).isEqualTo(0.0625);
        });
    }

    @Test
    void groupsClassesByTrainingSamples() {
        var cell = Comparison.settings(List.of(cell(0, "softmax", 0, result(1, 0.9, 0.9))))
                .get(0)
                .cells()
                .get(0);

        assertThat(requireNonNull(cell.metrics().get("manyShotRecall")).mean()).isEqualTo(0.9);
        assertThat(requireNonNull(cell.metrics().get("mediumShotRecall")).mean())
                .isEqualTo(0.45);
        assertThat(requireNonNull(cell.metrics().get("fewShotRecall")).mean()).isEqualTo(0.225);
        assertThat(cell.absent()).containsOnlyKeys("auprc");
    }

    @Test
    void whatHasNotRunIsAbsentWithTheReason() {
        var cells = Comparison.settings(List.of(cell(0, "softmax", 0, result(1, 0.9, 0.9)), cell(1, "logistic", 0)))
                .get(0)
                .cells();

        assertThat(cells.get(1).metrics()).isEmpty();
        assertThat(cells.get(1).absent()).containsEntry("ece", "no job of the combination has succeeded");
        assertThat(cells.get(1).verdict().text()).contains("no seed has a finished job of both");
        assertThat(cells.get(1).confusion()).isNull();
    }

    @Test
    void curvesAreMeansOverTheSeedsThatReachedAnEpoch() {
        var cell = CellResults.of(
                0, "softmax", "", 0, COUNTS, List.of(), Map.of("loss", List.of(curve(4, 3, 2), curve(2, 1))));

        var curve = requireNonNull(cell.curves().get("loss"));

        assertThat(curve).extracting(Report.CurvePoint::mean).containsExactly(3.0, 2.0, 2.0);
        assertThat(curve).extracting(Report.CurvePoint::count).containsExactly(2, 2, 1);
        assertThat(requireNonNull(curve.get(0).sd())).isCloseTo(Math.sqrt(2), within(1e-12));
        assertThat(curve.get(2).sd()).isNull();
    }

    @Test
    void confusionIsTheMeanShareOfTheTrueClass() {
        var confusion = requireNonNull(
                cell(0, "softmax", 0, result(1, 0.8, 0.8), result(2, 0.6, 0.6)).confusion());

        assertThat(confusion.get(0).get(0)).isCloseTo(0.7, within(1e-12));
        assertThat(confusion.get(0).get(1)).isCloseTo(0.3, within(1e-12));
        assertThat(confusion.get(2)).as("a class without samples").containsExactly(0.0, 0.0, 0.0);
    }

    @Test
    void pageAndCsvShowEveryCombinationAndEscapeNames() {
        var report = new Report(
                new UUID(0, 1),
                "e",
                2,
                3,
                List.of("<b>", "b", "c"),
                Comparison.settings(List.of(
                        cell(0, "softmax", 0, result(1, 0.8, 0.8)), cell(1, "logi<stic", 0, result(1, 0.9, 0.9)))),
                Report.Method.standard());

        var page = ReportPage.of(report);
        assertThat(page)
                .contains("logi&lt;stic", "&lt;b&gt;", "2 of 3 jobs succeeded; the report is of what there is so far")
                .contains("<svg", "currentColor", "Difference from the baseline")
                .doesNotContain("logi<stic", "<b></th>", "<script", "url(http", "rgb(1,2,3)");
        var csv = ReportCsv.of(report);
        assertThat(csv.lines()).hasSize(1 + 2 * Metric.values().length);
        assertThat(csv).contains(",1,logi<stic,false,balancedAccuracy,1,0.9,,1,0.09999999999999998,,,,,,UNDECIDED");
    }

    private static CellResults cell(int number, String label, int baseline, JobResult... results) {
        return CellResults.of(
                number,
                label,
                "",
                baseline,
                COUNTS,
                Arrays.stream(results).toList(),
                Map.of(
                        "balancedAccuracy",
                        Arrays.stream(results).map(result -> curve(0.1, 0.2)).collect(Collectors.toList()),
                        "loss",
                        List.of()));
    }

    private static SortedMap<Integer, Double> curve(double... values) {
        var curve = new TreeMap<Integer, Double>();
        for (double value : values) {
            curve.put(curve.size() + 1, value);
        }
        return curve;
    }

    private static JobResult result(long seed, double test, @Nullable Double validation) {
        var correct = new BitSet();
        correct.set(0, (int) Math.round(10 * test));
        return new JobResult(seed, evaluation(test), validation, 0.3, correct);
    }

    private static Evaluation evaluation(double recall) {
        return new Evaluation(
                "test",
                20,
                List.of("<b>", "b", "c"),
                recall,
                recall,
                recall,
                recall,
                0.5,
                null,
                1,
                1,
                0.1,
                List.of(
                        new ClassScore("<b>", 1, recall, 1, 10),
                        new ClassScore("b", 1, recall / 2, 1, 10),
                        new ClassScore("c", 1, recall / 4, 1, 10)),
                new long[][] {{Math.round(10 * recall), 10 - Math.round(10 * recall), 0}, {0, 10, 0}, {0, 0, 0}},
                1.5,
                null,
                0.05,
                null);
    }
}
