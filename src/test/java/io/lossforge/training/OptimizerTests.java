package io.lossforge.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against the formulas of {@code torch.optim}, computed in double precision. */
class OptimizerTests {

    private static final float[] START = {1.5f, -0.5f, 0.01f};
    private static final double[] RATES = {0.1, 0.1, 0.05, 0.02, 0.2};

    private NDManager manager;

    @BeforeEach
    void open() {
        Libtorch.prepareThread(1);
        manager = Libtorch.engine().newBaseManager();
    }

    @AfterEach
    void close() {
        manager.close();
    }

    /** The gradient of {@code Σ cᵢ·wᵢ²/2}: it depends on the weight, so that an error grows. */
    private static double gradient(int index, double weight) {
        return (index + 1) * weight;
    }

    private float[] after(Optimizer optimizer, boolean decay) {
        var rule = optimizer.bind(manager);
        var weight = manager.create(START);
        weight.setRequiresGradient(true);
        for (int step = 1; step <= RATES.length; step++) {
            step(rule, weight, step, decay);
        }
        return weight.toFloatArray();
    }

    private void step(UpdateRule rule, NDArray weight, int step, boolean decay) {
        var values = weight.toFloatArray();
        var gradient = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            gradient[i] = (float) gradient(i, values[i]);
        }
        rule.update("w", weight, manager.create(gradient), RATES[step - 1], decay, step);
    }

    private interface Reference {
        double[] step(double weight, double gradient, double rate, int step, double[] memory);
    }

    private static double[] expected(Reference reference) {
        var weights = new double[START.length];
        for (int i = 0; i < weights.length; i++) {
            double weight = START[i];
            var memory = new double[2];
            for (int step = 1; step <= RATES.length; step++) {
                var result = reference.step(weight, gradient(i, weight), RATES[step - 1], step, memory);
                weight = result[0];
                memory = Arrays.copyOfRange(result, 1, 3);
            }
            weights[i] = weight;
        }
        return weights;
    }

    private static void same(float[] actual, double[] expected) {
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) actual[i]).isCloseTo(expected[i], within(2e-6));
        }
    }

    private static Reference sgd(double momentum, boolean nesterov, double decay) {
        return (weight, gradient, rate, step, memory) -> {
            double g = gradient + decay * weight;
            double velocity = momentum * memory[0] + g;
            return new double[] {weight - rate * (nesterov ? g + momentum * velocity : velocity), velocity, 0};
        };
    }

    private static Reference adam(double decay, boolean decoupled) {
        return (weight, gradient, rate, step, memory) -> {
            double g = decoupled ? gradient : gradient + decay * weight;
            double w = decoupled ? weight - rate * decay * weight : weight;
            double m = 0.9 * memory[0] + 0.1 * g;
            double v = 0.999 * memory[1] + 0.001 * g * g;
            double mHat = m / (1 - Math.pow(0.9, step));
            double vHat = v / (1 - Math.pow(0.999, step));
            return new double[] {w - rate * mHat / (Math.sqrt(vHat) + 1e-3), m, v};
        };
    }

    @Test
    void sgd() {
        same(after(new Sgd(1, 0, false, 0), true), expected(sgd(0, false, 0)));
        same(after(new Sgd(1, 0.9, false, 0), true), expected(sgd(0.9, false, 0)));
        same(after(new Sgd(1, 0.9, true, 0), true), expected(sgd(0.9, true, 0)));
        same(after(new Sgd(1, 0.9, true, 0.1), true), expected(sgd(0.9, true, 0.1)));
        same(after(new Sgd(1, 0.9, true, 0.1), false), expected(sgd(0.9, true, 0)));
        same(after(new Sgd(1, 0, false, 0.1), true), expected(sgd(0, false, 0.1)));
    }

    @Test
    void adam() {
        same(after(new Adam(1, 0.9, 0.999, 1e-3, 0), true), expected(adam(0, false)));
        same(after(new Adam(1, 0.9, 0.999, 1e-3, 0.1), true), expected(adam(0.1, false)));
        same(after(new Adam(1, 0.9, 0.999, 1e-3, 0.1), false), expected(adam(0, false)));
    }

    @Test
    void adamW() {
        same(after(new AdamW(1, 0.9, 0.999, 1e-3, 0.1), true), expected(adam(0.1, true)));
        same(after(new AdamW(1, 0.9, 0.999, 1e-3, 0.1), false), expected(adam(0, true)));
    }

    @Test
    void adamsFirstStepIsTheLearningRateWhateverTheGradient() {
        var weight = manager.create(new float[] {1, 1, 1});
        weight.setRequiresGradient(true);
        new Adam().bind(manager).update("w", weight, manager.create(new float[] {1e-4f, 1, -1e4f}), 0.01, false, 1);

        same(weight.toFloatArray(), new double[] {0.99 + 1e-6, 0.99, 1.01});
    }

    @Test
    void goesOnFromItsStateBitForBit() {
        for (var optimizer : List.of(new Sgd(1, 0.9, true, 0.1), new Adam(), new AdamW())) {
            var straight = after(optimizer, true);

            var first = optimizer.bind(manager);
            var weight = manager.create(START);
            weight.setRequiresGradient(true);
            step(first, weight, 1, true);
            step(first, weight, 2, true);
            var second = optimizer.bind(manager);
            second.restore(first.state());
            step(first, manager.create(START), 3, true); // the state given away must be a copy
            for (int step = 3; step <= RATES.length; step++) {
                step(second, weight, step, true);
            }
            assertThat(weight.toFloatArray()).isEqualTo(straight);
        }
    }

    @Test
    void stateIsNamedAfterMomentAndParameter() {
        var rule = new Adam().bind(manager);
        rule.update("fc.weight", manager.create(START), manager.create(START), 0.1, true, 1);

        assertThat(rule.state()).containsOnlyKeys("mean/fc.weight", "variance/fc.weight");
    }
}
