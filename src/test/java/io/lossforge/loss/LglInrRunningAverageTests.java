package io.lossforge.loss;

import static io.lossforge.loss.LossAssertions.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.lossforge.loss.LglInr.NegativeMass;
import io.lossforge.loss.LglInr.Statistics;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LglInrRunningAverageTests {

    private static final double BETA = 3;
    private static final double DECAY = 0.75;

    private final NDManager manager = NDManager.newBaseManager();
    private final Objective objective = bind();

    private final Batch first = new Batch(Batch.random(1, 6, 4).logits(), 0, 0, 1, 1, 2, 2);
    private final Batch second = new Batch(Batch.random(2, 6, 4).logits(), 1, 1, 1, 3, 0, 0);

    @AfterEach
    void close() {
        manager.close();
    }

    @Test
    void firstBatchTakesItsOwnMeans() {
        assertAgrees(first, LglInrReference.means(first), first.evaluate(objective));
    }

    @Test
    void averagesMoveOnlyForClassesPresentAndBeginWithTheFirstObservation() {
        first.evaluate(objective);
        var result = second.evaluate(objective);

        var means = LglInrReference.means(second);
        var before = LglInrReference.means(first);
        for (int j = 0; j < 4; j++) {
            means[0][j] = DECAY * before[0][j] + (1 - DECAY) * means[0][j];
            means[1][j] = DECAY * before[1][j] + (1 - DECAY) * means[1][j];
            means[2][j] = before[2][j]; // absent from the second batch
        }
        assertAgrees(second, means, result);
        assertClose(rows(objective.state().get("meanProbabilities")), means, 1e-6);
        assertThat(objective.state().get("seen").toFloatArray()).containsExactly(1, 1, 1, 1);
    }

    @Test
    void classesNotYetSeenHaveNoAverage() {
        first.evaluate(objective);
        assertThat(objective.state().get("seen").toFloatArray()).containsExactly(1, 1, 1, 0);
        assertThat(rows(objective.state().get("meanProbabilities"))[3]).containsOnly(0);
    }

    @Test
    void measuringUsesTheAveragesAndLeavesThem() {
        first.evaluate(objective);
        var before = rows(objective.state().get("meanProbabilities"));

        var result = second.evaluate(objective.measuring());

        var means = LglInrReference.means(first);
        means[3] = LglInrReference.means(second)[3]; // training never saw it
        assertAgrees(second, means, result);
        assertThat(rows(objective.state().get("meanProbabilities"))).isDeepEqualTo(before);
        assertThat(objective.state().get("seen").toFloatArray()).containsExactly(1, 1, 1, 0);
    }

    @Test
    void restoredStateGoesOnAsIfNothingHappened() {
        first.evaluate(objective);
        var resumed = bind();
        resumed.restore(objective.state());

        assertThat(second.evaluate(resumed).gradient())
                .isDeepEqualTo(second.evaluate(objective).gradient());
        assertThat(rows(resumed.state().get("meanProbabilities")))
                .isDeepEqualTo(rows(objective.state().get("meanProbabilities")));

        first.evaluate(resumed);
        assertThat(rows(resumed.state().get("meanProbabilities")))
                .as("a copy, not the same memory")
                .isNotEqualTo(rows(objective.state().get("meanProbabilities")));
    }

    @Test
    void refusesAStateThatIsNotItsOwn() {
        assertThatThrownBy(() -> objective.restore(Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("meanProbabilities");
        var wrong = Map.of("meanProbabilities", manager.zeros(new Shape(3, 3)), "seen", manager.zeros(new Shape(4, 1)));
        assertThatThrownBy(() -> objective.restore(wrong))
                .hasMessage("meanProbabilities must have the shape (4, 4), had (3, 3)");
    }

    @Test
    void withoutRunningAveragesThereIsNoState() {
        var plain = new LglInr().bind(new LossContext(manager, new long[] {2, 2, 2, 1}));
        first.evaluate(plain);
        assertThat(plain.state()).isEmpty();
        plain.restore(Map.of());
        assertThatThrownBy(() -> plain.restore(objective.state())).isInstanceOf(IllegalArgumentException.class);
    }

    private Objective bind() {
        var loss = new LglInr(BETA, false, Reduction.SUM_CLASSES, Statistics.EMA, DECAY, NegativeMass.UNIT);
        return loss.bind(new LossContext(manager, new long[] {20, 20, 20, 1}));
    }

    /** Running averages are float32: agreement is to their precision. */
    private static void assertAgrees(Batch batch, double[][] means, Batch.Result result) {
        var expected = LglInrReference.of(batch, BETA, false, NegativeMass.UNIT, means);
        assertThat(result.loss()).isCloseTo(expected.loss(), within(1e-5));
        assertClose(result.gradient(), expected.gradient(), 1e-6);
    }

    private static double[][] rows(NDArray square) {
        int size = (int) square.getShape().get(0);
        var rows = new double[size][size];
        var flat = Batch.doubles(square);
        for (int k = 0; k < size; k++) {
            System.arraycopy(flat, k * size, rows[k], 0, size);
        }
        return rows;
    }
}
