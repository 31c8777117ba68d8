package io.lossforge.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What Adam and AdamW share. One call into the engine per parameter. The engine divides by {@code √v + ε} and knows nothing of
 * bias correction; with {@code c₁ = 1−β₁ᵗ} and {@code c₂ = 1−β₂ᵗ} the exact step {@code rate·(m/c₁)/(√(v/c₂) + ε)} is the same as
 * {@code (rate·√c₂/c₁)·m/(√v + ε·√c₂)}, which is what it is given.
 */
final class AdamRule implements UpdateRule {

    private final float beta1;
    private final float beta2;
    private final double epsilon;
    private final double weightDecay;
    private final boolean decoupled;
    private final Moments mean;
    private final Moments variance;

    AdamRule(double beta1, double beta2, double epsilon, double weightDecay, boolean decoupled, NDManager manager) {
        this.beta1 = (float) beta1;
        this.beta2 = (float) beta2;
        this.epsilon = epsilon;
        this.weightDecay = weightDecay;
        this.decoupled = decoupled;
        mean = new Moments("mean", manager);
        variance = new Moments("variance", manager);
    }

    @Override
    public void update(String name, NDArray weight, NDArray gradient, double learningRate, boolean decay, long step) {
        double correction1 = 1 - Math.pow(beta1, step);
        double correction2 = Math.sqrt(1 - Math.pow(beta2, step));
        weight.getNDArrayInternal()
                .adamUpdate(
                        new NDList(weight, gradient, mean.of(name, weight), variance.of(name, weight)),
                        new NDList(weight),
                        (float) learningRate,
                        (float) (learningRate * correction2 / correction1),
                        decay ? (float) weightDecay : 0,
                        1,
                        -1,
                        beta1,
                        beta2,
                        (float) (epsilon * correction2),
                        false,
                        decoupled && decay && weightDecay > 0);
    }

    @Override
    public Map<String, NDArray> state() {
        var state = new LinkedHashMap<>(mean.state());
        state.putAll(variance.state());
        return state;
    }

    @Override
    public void restore(Map<String, NDArray> state) {
        mean.restore(state);
        variance.restore(state);
    }
}
