package io.lossforge.loss;

import static io.lossforge.loss.LossAssertions.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SeesawTests {

    private static final double NUDGE = 1e-5;

    @ParameterizedTest
    @CsvSource({"0.8, 2, 0.01", "0.5, 1, 0.2", "0, 2, 0.2"})
    void theGradientIsThatOfTheFormulaWithItsFactorsHeldFixed(double p, double q, double epsilon) {
        var batch = Batch.random(31, 16, 5).weighted(0.5, 1, 2, 0.5, 1, 2, 0.5, 1, 2, 0.5, 1, 2, 0.5, 1, 2, 0.5);
        var factors = factors(batch, p, q, epsilon);
        var differences = new double[batch.size()][batch.classes()];
        for (int i = 0; i < batch.size(); i++) {
            for (int j = 0; j < batch.classes(); j++) {
                differences[i][j] =
                        (value(batch.nudged(i, j, NUDGE), factors) - value(batch.nudged(i, j, -NUDGE), factors))
                                / (2 * NUDGE);
            }
        }

        var result = batch.evaluate(new Seesaw(p, q, epsilon));

        assertThat(result.loss()).isCloseTo(value(batch, factors), within(1e-7));
        assertClose(result.gradient(), differences, 1e-7);
    }

    /** {@code L = (1/B) Σ_i −λ_i log(e^{z_iy} / Σ_j f_ij e^{z_ij})}; the factor of the label is 1. */
    private static double value(Batch batch, double[][] factors) {
        var weights = batch.weights();
        double sum = 0;
        for (int i = 0; i < batch.size(); i++) {
            double total = 0;
            for (int j = 0; j < batch.classes(); j++) {
                total += factors[i][j] * Math.exp(batch.logits()[i][j]);
            }
            sum += (weights == null ? 1 : weights[i]) * (Math.log(total) - batch.logits()[i][(int) batch.labels()[i]]);
        }
        return sum / batch.size();
    }

    /** M_yj C_ij after one training step, on this batch. */
    private static double[][] factors(Batch batch, double p, double q, double epsilon) {
        var counts = Arrays.stream(batch.classCounts())
                .mapToDouble(count -> Math.max(1, count))
                .toArray();
        var factors = new double[batch.size()][batch.classes()];
        for (int i = 0; i < batch.size(); i++) {
            int label = (int) batch.labels()[i];
            var exponentials = Arrays.stream(batch.logits()[i]).map(Math::exp).toArray();
            double total = Arrays.stream(exponentials).sum();
            double least = Math.max(exponentials[label] / total, epsilon);
            Arrays.setAll(
                    factors[i],
                    j -> Math.pow(Math.min(1, counts[j] / counts[label]), p)
                            * Math.pow(Math.max(1, exponentials[j] / total / least), q));
        }
        return factors;
    }

    @Test
    void countsTheSamplesOfTrainingSteps() {
        try (var manager = NDManager.newBaseManager()) {
            var objective = new Seesaw().bind(new LossContext(manager, new long[] {9, 9, 9}));
            var logits = new double[][] {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
            new Batch(logits, 2, 2, 0).evaluate(objective);
            new Batch(logits, 2, 0, 0).evaluate(objective);
            assertThat(objective.state().get("classCounts").toFloatArray()).containsExactly(3, 0, 3);
            assertThatThrownBy(() -> objective.restore(Map.of())).hasMessageContaining("[classCounts]");
        }
    }
}
