package io.lossforge.training;

import ai.djl.ndarray.NDManager;
import com.google.auto.service.AutoService;
import io.lossforge.catalogue.Described;
import io.lossforge.catalogue.Parameter;

/** Adam, with weight decay as a part of the gradient. */
@Described(
        name = "adam",
        summary =
                "Adapts the step of each weight to the size of its gradients; weight decay is part of the gradient. A good default.",
        formula = "m ← β₁m + (1−β₁)g; v ← β₂v + (1−β₂)g²; w ← w − rate·(m/(1−β₁ᵗ))/(√(v/(1−β₂ᵗ)) + ε)",
        reference = "Kingma and Ba, Adam: A Method for Stochastic Optimization, 2015")
@AutoService(Optimizer.class)
public record Adam(
        @Parameter(value = "learning rate", min = 0, exclusiveMin = true, max = 1e6)
        double learningRate,

        @Parameter(value = "β₁, memory of the mean gradient", min = 0, max = 1, exclusiveMax = true)
        double beta1,

        @Parameter(value = "β₂, memory of the squared gradient", min = 0, max = 1, exclusiveMax = true)
        double beta2,

        @Parameter(value = "ε, added to the divisor", min = 1e-16, max = 1)
        double epsilon,

        @Parameter(value = "strength of the pull of weights towards 0, added to the gradient", min = 0, max = 10)
        double weightDecay)
        implements Optimizer {

    public Adam() {
        this(0.001, 0.9, 0.999, 1e-8, 0);
    }

    @Override
    public UpdateRule bind(NDManager manager) {
        return new AdamRule(beta1, beta2, epsilon, weightDecay, false, manager);
    }
}
