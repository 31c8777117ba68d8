package io.lossforge.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;

/** What tests of losses have in common. */
final class LossAssertions {

    private LossAssertions() {}

    static void assertClose(double[][] actual, double[][] expected, double tolerance) {
        assertThat(actual).hasDimensions(expected.length, expected[0].length);
        for (int i = 0; i < expected.length; i++) {
            for (int j = 0; j < expected[i].length; j++) {
                assertThat(actual[i][j]).as("[%d][%d]", i, j).isCloseTo(expected[i][j], within(tolerance));
            }
        }
    }

    /** The gradient equals central differences of the value, in float64. */
    static void assertGradientMatchesFiniteDifferences(LossFunction loss, Batch batch) {
        double step = 1e-5;
        var differences = new double[batch.size()][batch.classes()];
        for (int i = 0; i < batch.size(); i++) {
            for (int j = 0; j < batch.classes(); j++) {
                double above = batch.nudged(i, j, step).evaluate(loss).loss();
                double below = batch.nudged(i, j, -step).evaluate(loss).loss();
                differences[i][j] = (above - below) / (2 * step);
            }
        }
        assertClose(batch.evaluate(loss).gradient(), differences, 1e-8);
    }

    /** A scheme that needs nothing but its name. */
    static ClassWeights scheme(ClassWeights.Scheme scheme) {
        return new ClassWeights(scheme, new ClassWeights().beta(), List.of(), 1);
    }
}
