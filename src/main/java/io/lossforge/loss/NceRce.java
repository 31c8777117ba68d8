package io.lossforge.loss;

import com.google.auto.service.AutoService;
import io.lossforge.catalogue.Described;
import io.lossforge.catalogue.Parameter;

/**
 * Normalised cross entropy plus reverse cross entropy, an active and a passive loss: {@code α · log p_y / Σ_k log p_k + β · RCE}, RCE as in {@link Sce}.
 *
 * @param alpha weight of normalised cross entropy
 * @param beta weight of reverse cross entropy
 */
@AutoService(LossFunction.class)
@Described(
        name = "nce-rce",
        summary = "Normalised plus reverse cross entropy (active-passive): withstands many wrong labels.",
        formula = "L = mean_i λ_{y_i} (α log p_{i,y_i} / Σ_k log p_ik + β · 9.21 (1 − p_{i,y_i})),  9.21 = −log"
                + " 1e-4,  p_i = softmax(z_i)",
        reference = "Ma et al.: Normalized Loss Functions for Deep Learning with Noisy Labels, ICML 2020;"
                + " defaults for CIFAR-10 of the authors' code, HanxunH/Active-Passive-Losses")
public record NceRce(
        @Parameter(value = "weight α of normalised cross entropy", min = 0, max = 1_000_000)
        double alpha,

        @Parameter(value = "weight β of reverse cross entropy", min = 0, max = 1_000_000)
        double beta)
        implements LossFunction {

    public NceRce() {
        this(1, 1);
    }

    @Override
    public Objective bind(LossContext context) {
        var active = context.constant(alpha);
        var passive = context.constant(-beta * Sce.MINUS_LOG_OF_ZERO);
        var one = context.constant(1);
        return (logits, labels, sampleWeights) -> {
            var logs = LogSoftmax.of(logits, labels);
            var normalised = logs.target().div(logs.classes().sum(new int[] {1}));
            var reverse = logs.target().exp().sub(one);
            return BatchMean.of(normalised.mul(active).add(reverse.mul(passive)), sampleWeights);
        };
    }

    @Override
    public ServingTransform servingTransform() {
        return ServingTransform.SOFTMAX;
    }
}
