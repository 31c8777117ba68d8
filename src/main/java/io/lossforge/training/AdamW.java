package io.lossforge.training;

import ai.djl.ndarray.NDManager;
import com.google.auto.service.AutoService;
import io.lossforge.catalogue.Described;
import io.lossforge.catalogue.Parameter;

/** Adam with weight decay apart from the gradient. */
@Described(
        name = "adamw",
        summary =
                "Adam whose weight decay acts on the weights directly, not through the gradient; choose it when weight decay matters.",
        formula = "w ← w − rate·weightDecay·w, then as adam",
        reference = "Loshchilov and Hutter, Decoupled Weight Decay Regularization, 2019")
@AutoService(Optimizer.class)
public record AdamW(
        @Parameter(value = "learning rate", min = 0, exclusiveMin = true, max = 1e6)
        double learningRate,

        @Parameter(value = "β₁, memory of the mean gradient", min = 0, max = 1, exclusiveMax = true)
        double beta1,

        @Parameter(value = "β₂, memory of the squared gradient", min = 0, max = 1, exclusiveMax = true)
        double beta2,

        @Parameter(value = "ε, added to the divisor", min = 1e-16, max = 1)
        double epsilon,

        @Parameter(value = "strength of the pull of weights towards 0, per unit of learning rate", min = 0, max = 10)
        double weightDecay)
        implements Optimizer {

    public AdamW() {
        this(0.001, 0.9, 0.999, 1e-8, 0.01);
    }

    @Override
    public UpdateRule bind(NDManager manager) {
        return new AdamRule(beta1, beta2, epsilon, weightDecay, true, manager);
    }
}
