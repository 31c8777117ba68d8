package io.lossforge.loss;

import static io.lossforge.loss.LossAssertions.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import io.lossforge.catalogue.InvalidDocument;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Parameters at which one loss is another. */
class LossFamiliesTests {

    private final Batch batch = Batch.random(21, 16, 5).weighted(weights());

    private static double[] weights() {
        var weights = new double[16];
        Arrays.setAll(weights, i -> 0.5 + i % 3);
        return weights;
    }

    private static Arguments same(String what, LossFunction loss, LossFunction other, double factor, double tolerance) {
        return Arguments.of(what, loss, other, factor, tolerance);
    }

    static Stream<Arguments> equals() {
        var softmax = new Softmax();
        var logistic = new Logistic();
        return Stream.of(
                same("focal γ = 0", new Focal(0), softmax, 1, 1e-12),
                same(
                        "sigmoid focal γ = 0, α = ½",
                        new SigmoidFocal(0, 0.5, Reduction.MEAN_CLASSES),
                        logistic,
                        0.5,
                        1e-12),
                same("logit-adjusted τ = 0", new LogitAdjusted(0), softmax, 1, 1e-12),
                same("vs γ = 0", new VectorScaling(0, 1.5), new LogitAdjusted(1.5), 1, 1e-12),
                same("vs γ = τ = 0", new VectorScaling(0, 0), softmax, 1, 1e-12),
                same("ldam without margin", new Ldam(0, 30), softmax, 1, 1e-12),
                same("frlr-soft γ = 0, α = K − 1", new FrlrSoft(4, 0), logistic, 5, 1e-12),
                same("frlr-hard of all negatives, α = K − 1", new FrlrHard(4, 1), logistic, 5, 1e-12),
                same("gce q → 0", new Gce(1e-7), softmax, 1, 1e-6),
                same("gce q = 1", new Gce(1), new Mae(), 1, 1e-12),
                same("sce without reverse", new Sce(0.3, 0), softmax, 0.3, 1e-12),
                same("reverse cross entropy", new Sce(0, 1), new Mae(), -Math.log(1e-4), 1e-12),
                same("nce-rce without nce", new NceRce(0, 1), new Sce(0, 1), 1, 1e-12),
                same("bi-tempered t₁ = t₂ = 1", new BiTempered(1, 1), softmax, 1, 1e-12),
                same("asymmetric, γ₊ = γ₋ = 0", new Asymmetric(0, 0, 0.2), new LabelSmoothing(0.2), 1, 1e-12),
                same("asymmetric without smoothing", new Asymmetric(2, 4, 0), new Focal(2), 1, 1e-12),
                same(
                        "asymmetric-multi, γ₊ = γ₋ = clip = 0",
                        new AsymmetricMulti(0, 0, 0, Reduction.MEAN_CLASSES),
                        logistic,
                        1,
                        1e-12),
                same(
                        "asymmetric-multi, γ₊ = γ₋, no clip",
                        new AsymmetricMulti(3, 3, 0, Reduction.MEAN_CLASSES),
                        new SigmoidFocal(3, 0.5, Reduction.MEAN_CLASSES),
                        2,
                        1e-12),
                same("label smoothing ε = 0", new LabelSmoothing(0), softmax, 1, 1e-12),
                same(
                        "label-aware smoothing, alike for head and tail",
                        new LabelAwareSmoothing(0.2, 0.2),
                        new LabelSmoothing(0.2),
                        1,
                        1e-7),
                same("poly-1 ε = 0", new PolyOne(0), softmax, 1, 1e-12),
                same("seesaw p = q = 0", new Seesaw(0, 0, 0.01), softmax, 1, 1e-12));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("equals")
    void oneLossIsAnother(String what, LossFunction loss, LossFunction other, double factor, double tolerance) {
        var actual = batch.evaluate(loss);
        var expected = batch.evaluate(other);
        assertThat(actual.loss()).isCloseTo(factor * expected.loss(), within(tolerance));
        var scaled = Arrays.stream(expected.gradient())
                .map(row -> Arrays.stream(row).map(slope -> factor * slope).toArray())
                .toArray(double[][]::new);
        assertClose(actual.gradient(), scaled, tolerance);
    }

    @Test
    void balancedSoftmaxIsLogitAdjustmentWithAllOfThePrior() {
        var counts = batch.trainingCounts();
        var shifted = Arrays.stream(batch.logits()).map(double[]::clone).toArray(double[][]::new);
        for (var row : shifted) {
            for (int j = 0; j < row.length; j++) {
                row[j] += Math.log(counts[j]);
            }
        }
        var balanced = new Batch(shifted, batch.labels(), batch.weights()).evaluate(new Softmax());
        assertThat(batch.evaluate(new LogitAdjusted(1)).loss()).isCloseTo(balanced.loss(), within(1e-6));
    }

    @Test
    void ldamGivesTheRarestClassTheLargestMarginAndTheFourthRootToTheOthers() {
        try (var manager = NDManager.newBaseManager()) {
            var objective = new Ldam(0.5, 10).bind(new LossContext(manager, new long[] {16, 81, 1}));
            var labels = manager.create(new long[] {0, 1, 2});
            var logits = manager.create(new double[][] {{1, 2, 3}, {1, 2, 3}, {1, 2, 3}});
            assertThat(objective.trainingLogits(logits, labels).toDoubleArray())
                    .containsExactly(new double[] {-1.5, 2, 3, 1, 2 - 5 / 3.0, 3, 1, 2, -2}, within(1e-6));
        }
    }

    @ParameterizedTest
    @CsvSource({"4, 0.5, 2", "10, 0.3, 3", "2, 0.3, 1", "3, 0.01, 1", "4, 1, 3", "2, 1, 1"})
    void frlrTakesAtLeastOneNegativeAndNeverTheTarget(int classes, double topRatio, int hardest) {
        assertThat(new FrlrHard(1, topRatio).hardest(classes)).isEqualTo(hardest);
    }

    @Test
    void frlrHardLooksAtTheHardestNegativesOnly() {
        var result = new Batch(new double[][] {{3, -1, 2, 0}}, 0).evaluate(new FrlrHard(1, 0.5));
        assertThat(result.gradient()[0][1]).isZero();
        assertThat(result.gradient()[0][2]).isPositive();
        assertThat(result.gradient()[0][3]).isPositive();
    }

    @Test
    void labelAwareSmoothingRisesWithTheClassCount() {
        var loss = new LabelAwareSmoothing(0.4, 0.1);
        assertThat(loss.smoothing(new long[] {5, 105, 55}))
                .containsExactly(new double[] {0.1, 0.4, 0.25}, within(1e-12));
        assertThat(loss.smoothing(new long[] {7, 7})).containsExactly(0.1, 0.1);
    }

    @Test
    void negativesBelowTheClipCountNothing() {
        var result = new Batch(new double[][] {{0.3, -3, 0.2}}, 0).evaluate(new AsymmetricMulti());
        assertThat(result.gradient()[0][1]).isZero(); // σ(−3) = 0.047
        assertThat(result.gradient()[0][2]).isPositive();
    }

    @ParameterizedTest
    @CsvSource({"0.25", "0.5", "2"})
    void focalHasAGradientWhereTheProbabilityRoundsToOne(double gamma) {
        for (double logit : new double[] {10, 20, 100}) {
            var sure = new Batch(new double[][] {{logit, 0, 0}}, 0);
            var exact = sure.evaluate(new Focal(gamma)).gradient();
            assertClose(sure.evaluate(new Focal(gamma), DataType.FLOAT32).gradient(), exact, 1e-6);
        }
    }

    @Test
    void temperaturesThatFloat32CannotTellFromOneAreRefused() {
        assertThatThrownBy(() -> new BiTempered(0.999, 1.2))
                .isInstanceOf(InvalidDocument.class)
                .hasMessageStartingWith("/t1: must be 1 or at most 0.99");
        assertThatThrownBy(() -> new BiTempered(0.8, 1.001)).hasMessageStartingWith("/t2: must be 1 or at least 1.01");
    }

    @Test
    void biTemperedBoundsTheLossOfAnOutlier() {
        var outlier = new Batch(new double[][] {{-1000, 1000}}, 0);
        assertThat(outlier.evaluate(new BiTempered(0.5, 1)).loss()).isLessThan(2.01);
        assertThat(outlier.evaluate(new Softmax()).loss()).isEqualTo(2000);
    }
}
