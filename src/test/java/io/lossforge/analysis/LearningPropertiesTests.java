package io.lossforge.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lossforge.analysis.Analysis.Condition;
import io.lossforge.analysis.Analysis.Verdict;
import io.lossforge.loss.LglInr;
import io.lossforge.loss.LglInr.NegativeMass;
import io.lossforge.loss.LglInr.Statistics;
import io.lossforge.loss.Logistic;
import io.lossforge.loss.LossFunction;
import io.lossforge.loss.Reduction;
import io.lossforge.loss.Softmax;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.SingularValueDecomposition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The analysis of a linear model at its minimum, where what it reports is known. */
class LearningPropertiesTests {

    private static final double[] UNEVEN = {0.5, 1, 2, 3};

    private final LinearModel four = new LinearModel(200, 80, 40, 20);

    static Stream<LossFunction> losses() {
        return Stream.of(
                new Softmax(),
                new Logistic(Reduction.SUM_CLASSES),
                new Logistic(),
                lglInr(1, true, NegativeMass.UNIT),
                lglInr(5, true, NegativeMass.UNIT),
                lglInr(1, false, NegativeMass.UNIT),
                lglInr(5, false, NegativeMass.UNIT),
                lglInr(2, true, NegativeMass.PRIOR));
    }

    @ParameterizedTest
    @MethodSource("losses")
    void residualsVanishAtTheMinimum(LossFunction loss) {
        for (var weights : new double[][] {four.ones(), UNEVEN}) {
            var analysis = four.analysis(loss, weights);
            assertThat(analysis.condition())
                    .isEqualTo(loss instanceof LglInr ? Condition.REWEIGHTED : Condition.WEIGHTED_COUNTS);
            assertThat(analysis.firstOrder().verdict()).isEqualTo(Verdict.STATIONARY);
            assertThat(analysis.firstOrder().perClass()).hasSize(4).allSatisfy(residual -> {
                assertThat(residual.residual()).isCloseTo(0, within(1e-6));
                assertThat(residual.relativeResidual()).isCloseTo(0, within(2e-5));
                assertThat(residual.gradient()).isCloseTo(0, within(1e-6));
            });
            assertThat(analysis.tradeOff())
                    .allSatisfy(row -> assertThat(row.observedRatio())
                            .isCloseTo(Objects.requireNonNull(row.predictedRatio()), within(1e-3)));
        }
    }

    @ParameterizedTest
    @MethodSource("losses")
    void biasOutOfPlaceShowsInItsOwnResidual(LossFunction loss) {
        var parameters = four.minimum(loss, UNEVEN);
        parameters[2][2] -= 1;
        var analysis = four.analysis(four.training(loss, UNEVEN), four.logits(parameters));
        var residuals = analysis.firstOrder().perClass();
        assertThat(analysis.firstOrder().verdict()).isEqualTo(Verdict.NOT_CONVERGED);
        assertThat(residuals.get(2).residual()).as("wants to rise").isPositive();
        assertThat(residuals.get(2).gradient()).isNegative();
        assertThat(residuals.get(2).relativeResidual()).isGreaterThan(0.1);
        if (!(loss instanceof LglInr)) {
            assertThat(residuals)
                    .allSatisfy(residual -> assertThat(residual.relativeResidual())
                            .isCloseTo(residual.relativeGradient(), within(1e-5)));
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 2, 5, 10, 20})
    void twoClassesObeyTheBinaryLaw(double ratio) {
        var two = new LinearModel(300, 30);
        for (var loss : new LossFunction[] {new Softmax(), new Logistic(Reduction.SUM_CLASSES)}) {
            var analysis = two.analysis(loss, new double[] {1, ratio});
            var law = Objects.requireNonNull(analysis.binaryLaw());
            assertThat(law.predictedRatio()).isCloseTo(10 / ratio, within(1e-12));
            assertThat(law.observedRatio()).isCloseTo(10 / ratio, within(1e-6 * (1 + 10 / ratio)));
            assertThat(law.weightRatios())
                    .allSatisfy(advice ->
                            assertThat(advice.weightRatio()).isCloseTo(10 / advice.errorRatio(), within(1e-12)))
                    .hasSize(5);
        }
        var softmax = Objects.requireNonNull(
                two.analysis(new Softmax(), new double[] {1, ratio}).indeterminacy());
        assertThat(softmax.degreesOfFreedom()).isEqualTo(1);
        assertThat(softmax.detailedBalanceDefect()).isCloseTo(0, within(1e-6));
        assertThat(softmax.stationaryDistance()).isCloseTo(0, within(1e-6));
    }

    @Test
    void moreClassesLeaveACirculationThatTheWeightsDoNotControl() {
        var indeterminacy =
                Objects.requireNonNull(four.analysis(new Softmax(), UNEVEN).indeterminacy());
        assertThat(indeterminacy.degreesOfFreedom()).isEqualTo(9);
        assertThat(indeterminacy.stationaryDistance()).isCloseTo(0, within(1e-6));
        assertThat(indeterminacy.detailedBalanceDefect()).isGreaterThan(1e-3);
        assertThat(Objects.requireNonNull(four.analysis(new Logistic(), UNEVEN).indeterminacy())
                        .degreesOfFreedom())
                .isEqualTo(12);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 5, 6})
    void conditionHasRankOneLessThanItsClasses(int classes) {
        var masses = new double[classes];
        Arrays.setAll(masses, k -> 1 + k * k);
        var balance = Balance.weightedCounts(masses, 0);
        var equations = new double[classes * (classes - 1)][classes];
        int unknown = 0;
        for (int k = 0; k < classes; k++) {
            for (int j = 0; j < classes; j++) {
                if (k != j) {
                    var probabilities = identity(classes);
                    probabilities[k][k] = 0;
                    probabilities[k][j] = 1;
                    int row = unknown++;
                    Arrays.setAll(equations[row], i -> balance.residual(probabilities, i));
                }
            }
        }
        assertThat(new SingularValueDecomposition(new Array2DRowRealMatrix(equations)).getRank())
                .isEqualTo(classes - 1);
    }

    @Test
    void smoothedTargetsAreWhatProbabilitiesAverageTo() {
        double smoothing = 0.3;
        var probabilities = identity(3);
        for (var row : probabilities) {
            Arrays.setAll(row, j -> (1 - smoothing) * row[j] + smoothing / 3);
        }
        var masses = new double[] {1, 2, 7};
        for (int j = 0; j < 3; j++) {
            assertThat(Balance.weightedCounts(masses, smoothing).residual(probabilities, j))
                    .isCloseTo(0, within(1e-12));
        }
        assertThat(Balance.weightedCounts(masses, 0).residual(probabilities, 2)).isGreaterThan(0.05);
    }

    @Test
    void gapShrinksAndModesSpreadAsBetaGrows() {
        var modes = Stream.of(0, 1, 5, 10)
                .map(beta -> four.analysis(lglInr(beta, true, NegativeMass.UNIT), null)
                        .multiModality())
                .toList();
        for (int i = 1; i < modes.size(); i++) {
            assertThat(modes.get(i).meanGap()).isLessThan(modes.get(i - 1).meanGap() - 0.001);
            assertThat(modes.get(i).meanEffectiveModes())
                    .isGreaterThan(Objects.requireNonNull(modes.get(i - 1).meanEffectiveModes()));
        }
    }

    @Test
    void weightsOfTheNegativesNameTheMostConfusedClass() {
        var reweighting = Objects.requireNonNull(
                four.analysis(lglInr(5, true, NegativeMass.UNIT), null).reweighting());
        var modes = four.analysis(lglInr(5, true, NegativeMass.UNIT), null)
                .multiModality()
                .perClass();
        assertThat(reweighting.weights().columnSums()).containsExactly(new double[] {1, 1, 1, 1}, within(1e-12));
        for (int j = 0; j < 4; j++) {
            var column = reweighting.perClass().get(j);
            assertThat(column.heaviest()).isEqualTo(modes.get(j).hardestNonTarget());
            assertThat(column.largestWeight()).isBetween(1 / 3.0, 1.0);
            assertThat(column.entropy()).isBetween(0.0, Math.log(3));
            assertThat(column.covariance()).isNotZero();
        }
        var even = Objects.requireNonNull(
                four.analysis(lglInr(0, true, NegativeMass.UNIT), null).reweighting());
        assertThat(even.perClass()).allSatisfy(column -> {
            assertThat(column.entropy()).isCloseTo(Math.log(3), within(1e-12));
            assertThat(column.covariance()).isZero();
        });
    }

    @Test
    void drawsOfTheSamplerCountAsWeights() {
        var parameters = four.minimum(new Softmax(), new double[] {1, 2.5, 5, 10});
        var training = four.training(new Softmax(), four.ones());
        var balanced = new Training(
                training.loss(),
                training.classes(),
                training.counts(),
                training.weights(),
                new long[] {85, 85, 85, 85},
                training.presence(),
                0,
                training.lastBias(),
                null);
        assertThat(four.analysis(balanced, four.logits(parameters)).firstOrder().largestRelativeResidual())
                .isCloseTo(0, within(2e-5));
        assertThat(four.analysis(training, four.logits(parameters)).firstOrder().verdict())
                .isEqualTo(Verdict.NOT_CONVERGED);
    }

    /** Q is of what training sees; what is served is shown beside it. */
    @Test
    void adjustedLogitsChangeWhatIsServedAndNotTheConditions() {
        var plain = four.training(new Softmax(), four.ones());
        var adjusted = new Training(
                plain.loss(),
                plain.classes(),
                plain.counts(),
                plain.weights(),
                plain.drawn(),
                plain.presence(),
                0,
                plain.lastBias(),
                new float[] {0, 0, 0, -2});
        var logits = four.logits(four.minimum(new Softmax(), four.ones()));
        var with = four.analysis(adjusted, logits);
        var without = four.analysis(plain, logits);
        assertThat(without.servedProbabilities()).isNull();
        assertThat(with.firstOrder().largestRelativeResidual())
                .isEqualTo(without.firstOrder().largestRelativeResidual());
        var served = with.servedProbabilities();
        assertThat(served).isNotNull();
        assertThat(served.columnSums()[3])
                .isGreaterThan(with.trainingProbabilities().columnSums()[3] + 0.01);
    }

    @Test
    void withoutAFreeBiasNothingIsClaimed() {
        var with = four.training(new Softmax(), four.ones());
        var without = new Training(
                with.loss(),
                with.classes(),
                with.counts(),
                with.weights(),
                with.drawn(),
                with.presence(),
                0,
                null,
                null);
        var analysis = four.analysis(without, four.logits(new double[4][3]));
        assertThat(analysis.condition()).isEqualTo(Condition.NOT_APPLICABLE);
        assertThat(analysis.firstOrder().verdict()).isNull();
        assertThat(analysis.indeterminacy()).isNull();
        assertThat(analysis.tradeOff())
                .allSatisfy(row -> assertThat(row.predictedRatio()).isNull());
    }

    @ParameterizedTest
    @CsvSource({"near, 0.4, 0.2, 1.333", "far, 0, 0, "})
    void namesTheHardestClass(String name, double hardest, double gap, Double relative) {
        var errors = new Errors(
                java.util.List.of("round", "near", "far", "absent"),
                new long[] {10, 5, 5, 0},
                new double[][] {{0.8, 0.2, 0, 0}, {0.3, 0.7, 0, 0}, {0.4, 0.4, 0.2, 0}, {0, 0, 0, 0}});
        var modes = errors.multiModality().perClass().stream()
                .filter(of -> of.className().equals(name))
                .findFirst()
                .orElseThrow();
        assertThat(modes.hardestProbability()).isEqualTo(hardest);
        assertThat(modes.gap()).isCloseTo(gap / 2, within(1e-12));
        if (relative == null) {
            assertThat(modes.hardestNonTarget()).isNull();
            assertThat(modes.relativeGap()).isNull();
            return;
        }
        assertThat(modes.hardestNonTarget()).isEqualTo("far");
        assertThat(modes.relativeGap()).isCloseTo(relative, within(1e-3));
        assertThat(modes.effectiveModes())
                .isCloseTo(Math.exp(-(Math.log(1 / 3.0) / 3 + Math.log(2 / 3.0) * 2 / 3)), within(1e-12));
    }

    @Test
    void manyClassesAreWrittenInPart() {
        var values = new double[201][201];
        values[7][3] = -2;
        values[8][3] = 1;
        var matrix = ClassMatrix.of(values);
        assertThat(matrix.values()).isNull();
        assertThat(Objects.requireNonNull(matrix.largest()).get(3))
                .hasSize(20)
                .startsWith(new ClassMatrix.Cell(7, -2), new ClassMatrix.Cell(8, 1));
        assertThat(matrix.columnSums()[3]).isEqualTo(-1);
        assertThat(ClassMatrix.of(new double[200][200]).largest()).isNull();
    }

    static LglInr lglInr(double beta, boolean gradThroughWeights, NegativeMass mass) {
        return new LglInr(beta, gradThroughWeights, Reduction.SUM_CLASSES, Statistics.BATCH, 0.9, mass);
    }

    private static double[][] identity(int classes) {
        var identity = new double[classes][classes];
        for (int k = 0; k < classes; k++) {
            identity[k][k] = 1;
        }
        return identity;
    }
}
