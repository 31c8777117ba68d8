package io.lossforge.loss;

import static io.lossforge.loss.LossAssertions.assertClose;
import static io.lossforge.loss.LossAssertions.assertGradientMatchesFiniteDifferences;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.types.DataType;
import io.lossforge.catalogue.InvalidDocument;
import io.lossforge.catalogue.Violation;
import io.lossforge.loss.LglInr.NegativeMass;
import io.lossforge.loss.LglInr.Statistics;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class LglInrTests {

    /** Every kind of batch that training can draw. */
    private static Stream<Batch> batches() {
        var allClasses = Batch.random(1, 24, 5);
        var absentClasses = new Batch(Batch.random(2, 7, 6).logits(), 0, 3, 3, 0, 3, 4, 0);
        var fewerSamplesThanClasses = new Batch(Batch.random(6, 6, 9).logits(), 0, 3, 3, 8, 3, 4);
        return Stream.of(
                allClasses,
                absentClasses,
                fewerSamplesThanClasses,
                fewerSamplesThanClasses.weighted(0.5, 2, 2, 0, 2, 3),
                new Batch(Batch.random(7, 3, 5).logits(), 2, 2, 2),
                absentClasses.weighted(0.5, 2, 2, 0.5, 2, 3, 0.5),
                new Batch(Batch.random(3, 4, 3).logits(), 2, 2, 2, 2),
                new Batch(Batch.random(4, 1, 3).logits(), 1),
                Batch.random(5, 9, 2));
    }

    @ParameterizedTest
    @MethodSource("batches")
    void agreesWithTheFormulasSampleBySample(Batch batch) {
        for (double beta : new double[] {0, 1, 5, 50}) {
            for (boolean gradThroughWeights : new boolean[] {true, false}) {
                for (var mass : NegativeMass.values()) {
                    var actual = batch.evaluate(loss(beta, gradThroughWeights, mass));
                    var expected = LglInrReference.of(batch, beta, gradThroughWeights, mass);
                    assertThat(actual.loss()).isCloseTo(expected.loss(), within(1e-8));
                    assertClose(actual.gradient(), expected.gradient(), 1e-8);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void gradientMatchesFiniteDifferences(NegativeMass mass) {
        batches().forEach(batch -> assertGradientMatchesFiniteDifferences(loss(3, true, mass), batch));
    }

    @Test
    void meanOverClassesIsTheSumDividedByTheirNumber() {
        var batch = Batch.random(6, 10, 5);
        var sum = batch.evaluate(loss(1, true, NegativeMass.UNIT));
        var mean = batch.evaluate(new LglInr());
        assertThat(mean.loss()).isCloseTo(sum.loss() / 5, within(1e-12));
    }

    @Test
    void atZeroLogitsIsLogTwoPerPresentClassAndPerClass() {
        var allPresent = new Batch(new double[10][10], LongStream.range(0, 10).toArray());
        assertThat(allPresent.evaluate(loss(1, true, NegativeMass.UNIT)).loss())
                .isCloseTo(20 * Math.log(2), within(1e-12))
                .isCloseTo(13.8629, within(1e-4));

        var threeOfFive = new Batch(new double[4][5], 0, 2, 2, 4);
        assertThat(threeOfFive.evaluate(loss(1, true, NegativeMass.UNIT)).loss())
                .isCloseTo((3 + 5) * Math.log(2), within(1e-12));
    }

    @Test
    void withBetaZeroIsTheClassMeanOfTheLogisticLoss() {
        var batch = Batch.random(7, 30, 4);
        double expected = 0;
        for (int j = 0; j < 4; j++) {
            for (int k = 0; k < 4; k++) {
                double sign = j == k ? -1 : 1;
                int column = j;
                int row = k;
                double mean = IntStream.range(0, 30)
                        .filter(i -> batch.labels()[i] == row)
                        .mapToDouble(i -> LglInrReference.softplus(sign * batch.logits()[i][column]))
                        .average()
                        .orElseThrow();
                expected += j == k ? mean : mean / 3;
            }
        }
        assertThat(batch.evaluate(loss(0, true, NegativeMass.UNIT)).loss()).isCloseTo(expected, within(1e-8));
    }

    @Test
    void withTwoClassesDoesNotDependOnBeta() {
        var batch = Batch.random(8, 12, 2);
        var without = batch.evaluate(loss(0, true, NegativeMass.UNIT));
        var with = batch.evaluate(loss(7, true, NegativeMass.UNIT));
        assertThat(with.loss()).isCloseTo(without.loss(), within(1e-12));
        assertClose(with.gradient(), without.gradient(), 1e-12);
    }

    @Test
    void repeatingTheSamplesOfOneClassChangesNothing() {
        var batch = new Batch(Batch.random(9, 5, 3).logits(), 0, 1, 1, 2, 0);
        var repeated = batch.of(0, 1, 2, 3, 4, 1, 2, 1, 2);
        var loss = loss(2, true, NegativeMass.UNIT);
        assertThat(repeated.evaluate(loss).loss())
                .isCloseTo(batch.evaluate(loss).loss(), within(1e-12));
        assertThat(repeated.evaluate(loss(2, true, NegativeMass.PRIOR)).loss())
                .isNotCloseTo(batch.evaluate(loss(2, true, NegativeMass.PRIOR)).loss(), within(1e-3));
    }

    /** With the weights left out of it, the gradient of a negative term is w_kj p_ij / n_k: the weights can be read from it. */
    @Test
    void weightsOfEachColumnSumToOneAndGrowWithTheProbability() {
        var batch = Batch.random(10, 40, 6);
        var counts = batch.classCounts();
        var gradient = batch.evaluate(loss(4, false, NegativeMass.UNIT)).gradient();
        var weights = new double[6][6];
        for (int i = 0; i < 40; i++) {
            int k = (int) batch.labels()[i];
            for (int j = 0; j < 6; j++) {
                weights[k][j] = k == j ? 0 : gradient[i][j] * counts[k] / LglInrReference.sigmoid(batch.logits()[i][j]);
            }
        }
        var means = LglInrReference.of(batch, 4, false, NegativeMass.UNIT).means();
        for (int j = 0; j < 6; j++) {
            int column = j;
            assertThat(Arrays.stream(weights).mapToDouble(row -> row[column]).sum())
                    .isCloseTo(1, within(1e-8));
            var byProbability = IntStream.range(0, 6)
                    .filter(k -> k != column)
                    .boxed()
                    .sorted((k, l) -> Double.compare(means[k][column], means[l][column]))
                    .map(k -> weights[k][column])
                    .toList();
            assertThat(byProbability).isSorted();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void priorMassWithBetaZeroIsTheLogisticLoss(boolean classWeighted) {
        var drawn = Batch.random(11, 17, 6);
        var batch = classWeighted
                ? drawn.weighted(Arrays.stream(drawn.labels())
                        .mapToDouble(label -> label + 0.5)
                        .toArray())
                : drawn;
        var logistic = batch.evaluate(new Logistic(Reduction.SUM_CLASSES));
        var prior = batch.evaluate(loss(0, true, NegativeMass.PRIOR));
        assertThat(prior.loss()).isCloseTo(logistic.loss(), within(1e-12));
        assertClose(prior.gradient(), logistic.gradient(), 1e-12);
    }

    @Test
    void hardestNegativesKeepTheirGradient() {
        for (double z : new double[] {15, 17, 40, 100}) {
            var batch = new Batch(new double[][] {{-z, z}, {-z, z}}, 0, 1);
            var result = batch.evaluate(loss(1, true, NegativeMass.UNIT), DataType.FLOAT32);
            assertThat(result.gradient()[0][1]).isCloseTo(1, within(1e-6));
            assertThat(result.gradient()[0][0]).isCloseTo(-1, within(1e-6));
            assertThat(result.loss()).isCloseTo(2 * z, within(1e-4));
        }
    }

    @Test
    void withTheGreatestBetaWeighsTheMostConfusedClassOnly() {
        var batch = Batch.random(12, 20, 4);
        for (var mass : NegativeMass.values()) {
            var result = batch.evaluate(loss(1_000_000, false, mass), DataType.FLOAT32);
            var gradient = LglInrReference.of(batch, 700, false, mass).gradient();
            assertClose(result.gradient(), gradient, 1e-3);
        }
    }

    @Test
    void refusesRunningAveragesInTheGradientAndSaysWhatToDo() {
        assertThatThrownBy(() -> new LglInr(1, true, Reduction.MEAN_CLASSES, Statistics.EMA, 0.9, NegativeMass.UNIT))
                .isInstanceOfSatisfying(
                        InvalidDocument.class,
                        e -> assertThat(e.violations())
                                .containsExactly(
                                        new Violation(
                                                "/gradThroughWeights",
                                                "must be false with statistics ema, whose running averages are constants; or set statistics to batch")));
        assertThatThrownBy(() -> new LglInr(1, true, Reduction.MEAN_CLASSES, Statistics.BATCH, 0.5, NegativeMass.UNIT))
                .hasMessage("/emaDecay: only goes with statistics ema");
    }

    private static LglInr loss(double beta, boolean gradThroughWeights, NegativeMass mass) {
        return new LglInr(beta, gradThroughWeights, Reduction.SUM_CLASSES, Statistics.BATCH, 0.9, mass);
    }
}
