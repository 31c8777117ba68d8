package io.lossforge.loss;

import static io.lossforge.loss.LossAssertions.assertClose;
import static io.lossforge.loss.LossAssertions.assertGradientMatchesFiniteDifferences;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.types.DataType;
import io.lossforge.catalogue.Catalogue;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What label smoothing must do to every loss that takes it. */
class SoftTargetsTests {

    private static final double SMOOTHING = 0.3;

    /** A loss with smoothed targets, as a loss of its own. */
    private record Smoothed(LossFunction loss, double smoothing) implements LossFunction {

        Smoothed(LossFunction loss) {
            this(loss, SMOOTHING);
        }

        @Override
        public Objective bind(LossContext context) {
            return ((SoftTargets) loss).bindSmoothed(context, smoothing);
        }

        @Override
        public ServingTransform servingTransform() {
            return loss.servingTransform();
        }
    }

    static Stream<LossFunction> losses() {
        var losses = Catalogue.of("loss", LossFunction.class);
        return Stream.concat(
                losses.names().stream().map(losses::create).filter(SoftTargets.class::isInstance),
                Stream.of(new Logistic(Reduction.SUM_CLASSES)));
    }

    @Test
    void softmaxAndLogisticTakeThem() {
        assertThat(losses()).contains(new Softmax(), new Logistic());
    }

    @ParameterizedTest
    @MethodSource("losses")
    void gradientMatchesFiniteDifferences(LossFunction loss) {
        var batch = Batch.random(1, 6, 4);

        assertGradientMatchesFiniteDifferences(new Smoothed(loss), batch);
        assertGradientMatchesFiniteDifferences(new Smoothed(loss), batch.weighted(0.5, 1, 2, 0, 3, 1));
    }

    @ParameterizedTest
    @MethodSource("losses")
    void isTheMeanOfTheLossUnderTheSmoothedTarget(LossFunction loss) {
        var batch = Batch.random(2, 6, 4).weighted(0.5, 1, 2, 0, 3, 1);
        double expected = (1 - SMOOTHING) * batch.evaluate(loss).loss()
                + SMOOTHING
                        * IntStream.range(0, 4)
                                .mapToDouble(label ->
                                        labelled(batch, label).evaluate(loss).loss())
                                .average()
                                .orElseThrow();

        assertThat(batch.evaluate(new Smoothed(loss)).loss()).isCloseTo(expected, within(1e-12));
    }

    private static Batch labelled(Batch batch, int label) {
        var labels = new long[batch.size()];
        Arrays.fill(labels, label);
        return new Batch(batch.logits(), labels, batch.weights());
    }

    @ParameterizedTest
    @MethodSource("losses")
    void withoutSmoothingItIsThePlainLoss(LossFunction loss) {
        var batch = Batch.random(3, 6, 4);
        var plain = batch.evaluate(loss);
        var smoothed = batch.evaluate(new Smoothed(loss, 0));

        assertThat(smoothed.loss()).isCloseTo(plain.loss(), within(1e-14));
        assertClose(smoothed.gradient(), plain.gradient(), 1e-14);
    }

    /** Softmax: p − t, logistic: (σ(z) − t) ÷ classes, with t = (1 − ε)·onehot + ε/classes. */
    @Test
    void theTargetIsWhereTheGradientVanishes() {
        var softmax = new Batch(new double[][] {{Math.log(0.8), Math.log(0.1), Math.log(0.1)}}, 0)
                .evaluate(new Smoothed(new Softmax()));
        assertThat(softmax.gradient()[0]).containsExactly(new double[] {0, 0, 0}, within(1e-12));

        double on = Math.log(0.8 / 0.2);
        double off = Math.log(0.1 / 0.9);
        var logistic = new Batch(new double[][] {{on, off, off}}, 0).evaluate(new Smoothed(new Logistic()));
        assertThat(logistic.gradient()[0]).containsExactly(new double[] {0, 0, 0}, within(1e-12));
    }

    @ParameterizedTest
    @MethodSource("losses")
    void staysExactInSinglePrecisionAtExtremeLogits(LossFunction loss) {
        var batch = new Batch(new double[][] {{100, -100, 100}, {-100, 100, -100}, {0, 0, 0}}, 0, 2, 1);
        var exact = batch.evaluate(new Smoothed(loss));
        var single = batch.evaluate(new Smoothed(loss), DataType.FLOAT32);

        assertThat(single.type()).isEqualTo(DataType.FLOAT32);
        assertThat(single.loss()).isCloseTo(exact.loss(), within(1e-5 * exact.loss()));
        assertClose(single.gradient(), exact.gradient(), 1e-6);
    }
}
