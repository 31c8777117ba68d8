package io.lossforge.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.lossforge.loss.LglInr.NegativeMass;
import io.lossforge.loss.LglInr.Statistics;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The paper's conditions on a linear model with a free bias, trained on all samples at once until the gradient vanishes. The samples: four
 * overlapping classes in the plane, two of them close to each other, long-tailed.
 */
class LearningPropertyTests {

    private static final long[] CLASS_COUNTS = {200, 80, 40, 20};
    private static final double[][] CENTRES = {{0, 0}, {1.2, 0.4}, {-0.4, 1.8}, {1.6, 1.4}};

    private final long[] labels = LongStream.range(0, CLASS_COUNTS.length)
            .flatMap(k -> LongStream.generate(() -> k).limit(CLASS_COUNTS[(int) k]))
            .toArray();
    private final double[] features = features(labels);

    @ParameterizedTest
    @EnumSource(
            value = ClassWeights.Scheme.class,
            names = {"NONE", "INVERSE", "EFFECTIVE_NUMBER"})
    void softmaxAndLogisticBalanceTheFlowsOfProbability(ClassWeights.Scheme scheme) {
        var lambda = LossAssertions.scheme(scheme).weights(CLASS_COUNTS);
        for (var loss : new LossFunction[] {new Softmax(), new Logistic(Reduction.SUM_CLASSES)}) {
            var trained = minimum(loss, lambda);
            var means = loss.servingTransform().equals(ServingTransform.SOFTMAX)
                    ? softmaxMeans(trained)
                    : LglInrReference.means(trained);
            assertFlowsBalance(means, lambda);
        }
    }

    private void assertFlowsBalance(double[][] means, float[] lambda) {
        for (int j = 0; j < CLASS_COUNTS.length; j++) {
            double flowOut = lambda[j] * CLASS_COUNTS[j] * (1 - means[j][j]);
            double flowIn = 0;
            for (int k = 0; k < CLASS_COUNTS.length; k++) {
                flowIn += k == j ? 0 : lambda[k] * CLASS_COUNTS[k] * means[k][j];
            }
            assertThat((flowOut - flowIn) / labels.length).isCloseTo(0, within(1e-6));
        }
    }

    static List<LossFunction> adjusted() {
        return List.of(new LogitAdjusted(1), new VectorScaling(0.2, 1), new VectorScaling(0.3, 0));
    }

    @ParameterizedTest
    @MethodSource("adjusted")
    void adjustedSoftmaxBalancesTheFlowsThatTrainingSees(LossFunction loss) {
        var lambda = LossAssertions.scheme(ClassWeights.Scheme.NONE).weights(CLASS_COUNTS);
        var trained = minimum(loss, lambda);
        try (var manager = NDManager.newBaseManager()) {
            var seen = loss.bind(new LossContext(manager, CLASS_COUNTS))
                    .trainingLogits(trained.logits(manager, DataType.FLOAT64), manager.create(labels));
            assertFlowsBalance(softmaxMeans(batch(seen)), lambda);
        }
    }

    @ParameterizedTest
    @CsvSource({"0,true", "1,true", "5,true", "1,false", "5,false"})
    void lglInrBalancesEachClassAgainstTheTiltedMeanOfTheOthers(double beta, boolean gradThroughWeights) {
        var trained = minimum(lglInr(beta, gradThroughWeights), null);
        var reference = LglInrReference.of(trained, beta, gradThroughWeights, NegativeMass.UNIT);
        assertThat(reference.residuals(trained, beta, gradThroughWeights))
                .containsExactly(new double[CLASS_COUNTS.length], within(1e-6));
    }

    @Test
    void gapBetweenTheMostConfusedClassAndTheOthersShrinksAsBetaGrows() {
        var gaps = Stream.of(0, 1, 5)
                .map(beta -> minimum(lglInr(beta, true), null))
                .map(trained ->
                        LglInrReference.of(trained, 0, true, NegativeMass.UNIT).multiModalityGap())
                .toList();
        assertThat(gaps.get(1)).isLessThan(gaps.get(0) - 0.001);
        assertThat(gaps.get(2)).isLessThan(gaps.get(1) - 0.004);
    }

    /** The logits of all samples once the gradient has vanished: Nesterov's method in float64. */
    private Batch minimum(LossFunction loss, float @Nullable [] lambda) {
        try (var manager = NDManager.newBaseManager()) {
            var x = manager.create(features, new Shape(labels.length, 3)).transpose();
            var objective = loss.bind(new LossContext(manager, CLASS_COUNTS));
            var shape = new Shape(CLASS_COUNTS.length, 3);
            var parameters = manager.zeros(shape, DataType.FLOAT64);
            var velocity = manager.zeros(shape, DataType.FLOAT64);
            double slope = 1;
            for (int step = 0; slope > 1e-8 && step < 5000; step++) {
                try (var scratch = manager.newSubManager();
                        var collector = Engine.getInstance().newGradientCollector()) {
                    var ahead = parameters.duplicate();
                    ahead.attach(scratch);
                    ahead.addi(velocity.muli(0.95));
                    ahead.setRequiresGradient(true);
                    var y = scratch.create(labels);
                    collector.backward(
                            objective.evaluate(ahead.matMul(x).transpose(), y, sampleWeights(scratch, lambda)));
                    var change = ahead.getGradient().mul(-0.3);
                    velocity.addi(change);
                    parameters.addi(velocity);
                    slope = change.abs().max().getDouble();
                }
            }
            assertThat(slope).as("converged").isLessThanOrEqualTo(1e-8);
            return batch(parameters.matMul(x).transpose().toType(DataType.FLOAT64, true));
        }
    }

    private @Nullable NDArray sampleWeights(NDManager manager, float @Nullable [] lambda) {
        return lambda == null
                ? null
                : manager.create(Arrays.stream(labels)
                        .mapToDouble(label -> lambda[(int) label])
                        .toArray());
    }

    private Batch batch(NDArray logits) {
        var flat = logits.toDoubleArray();
        int classes = CLASS_COUNTS.length;
        return new Batch(
                IntStream.range(0, labels.length)
                        .mapToObj(i -> Arrays.copyOfRange(flat, i * classes, (i + 1) * classes))
                        .toArray(double[][]::new),
                labels);
    }

    /** Two coordinates, and a 1 that makes the third parameter of each class a free bias. */
    private static double[] features(long[] labels) {
        var random = new Random(5);
        return Arrays.stream(labels)
                .mapToObj(label -> CENTRES[(int) label])
                .flatMapToDouble(centre -> DoubleStream.of(
                        centre[0] + 0.7 * random.nextGaussian(), centre[1] + 0.7 * random.nextGaussian(), 1))
                .toArray();
    }

    /** {@code [k][j]}: mean softmax probability of class j over the samples of class k. */
    private static double[][] softmaxMeans(Batch batch) {
        var probabilities = Arrays.stream(batch.logits())
                .map(row -> {
                    double sum = Arrays.stream(row).map(Math::exp).sum();
                    return Arrays.stream(row).map(z -> Math.exp(z) / sum).toArray();
                })
                .toArray(double[][]::new);
        return LglInrReference.classMeans(batch, (i, j) -> probabilities[i][j]);
    }

    private static LglInr lglInr(double beta, boolean gradThroughWeights) {
        return new LglInr(beta, gradThroughWeights, Reduction.SUM_CLASSES, Statistics.BATCH, 0.9, NegativeMass.UNIT);
    }
}
