package io.lossforge.loss;

import com.google.auto.service.AutoService;
import io.lossforge.catalogue.Described;
import io.lossforge.catalogue.Parameter;
import java.util.Arrays;

/**
 * The vector-scaling loss: {@code CE(z_j / Δ_j + τ log π_j, y)} with {@code Δ_j = (n_max / n_j)^γ}. γ = 0 is {@link LogitAdjusted}, τ = 0 the
 * class-dependent temperatures of CDT. Both act in training only.
 *
 * @param gamma exponent γ of the scaling
 * @param tau strength τ of the shift
 */
@AutoService(LossFunction.class)
@Described(
        name = "vs",
        summary = "Cross entropy with logits scaled and shifted by class frequency in training: logit adjustment"
                + " (γ = 0) and CDT (τ = 0)"
                + " in one, to be tuned on validation.",
        formula = "L = mean_i −λ_{y_i} log softmax(z_i / Δ + τ log π)_{y_i},  Δ_j = (n_max / n_j)^γ,  π_k = n_k / N",
        reference = "Kini, Paraskevas, Oymak, Thrampoulidis: Label-Imbalanced and Group-Sensitive Classification under"
                + " Overparameterization, NeurIPS 2021; defaults of the authors' code, orparask/VS-Loss")
public record VectorScaling(
        @Parameter(value = "exponent γ of the scaling by class frequency, 0 for none", min = 0, max = 10)
        double gamma,

        @Parameter(value = "share τ of the log prior that is added, 0 for none (CDT)", min = 0, max = 100)
        double tau)
        implements AdjustingLoss {

    public VectorScaling() {
        this(0.3, 1);
    }

    @Override
    public void check(long[] classCounts) {
        ClassCounts.requireSamples(
                classCounts, "its logits would be divided by infinity", "give it samples or use another loss");
    }

    @Override
    public Objective bind(LossContext context) {
        var counts = context.classCounts();
        check(counts);
        double most = Arrays.stream(counts).max().orElse(1);
        var factors = context.constants(Arrays.stream(counts)
                .mapToDouble(n -> Math.pow(n / most, gamma))
                .toArray());
        var shift = context.constants(Arrays.stream(ClassCounts.logShares(counts))
                .map(log -> tau * log)
                .toArray());
        return new AdjustedSoftmax((logits, labels) -> logits.mul(factors).add(shift));
    }
}
