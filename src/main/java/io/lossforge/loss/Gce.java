package io.lossforge.loss;

import com.google.auto.service.AutoService;
import io.lossforge.catalogue.Described;
import io.lossforge.catalogue.Parameter;

/**
 * Generalised cross entropy: {@code (1 − p_y^q) / q}, between cross entropy (q → 0) and {@link Mae} (q = 1). Its gradient is that of cross entropy times
 * p_y^q, so samples with wrong labels pull less; with many classes it starts slowly.
 *
 * @param q exponent
 */
@AutoService(LossFunction.class)
@Described(
        name = "gce",
        summary = "Between cross entropy and mean absolute error: withstands wrong labels.",
        formula = "L = mean_i λ_{y_i} (1 − p_{i,y_i}^q) / q,  p_i = softmax(z_i)",
        reference = "Zhang, Sabuncu: Generalized Cross Entropy Loss for Training Deep Neural Networks with Noisy"
                + " Labels, NeurIPS 2018;"
                + " default q as in HanxunH/Active-Passive-Losses")
public record Gce(
        @Parameter(value = "q: towards 0 as cross entropy, 1 the mean absolute error", min = 0.001, max = 1)
        double q) implements LossFunction {

    public Gce() {
        this(0.7);
    }

    @Override
    public Objective bind(LossContext context) {
        var exponent = context.constant(q);
        var one = context.constant(1);
        return (logits, labels, sampleWeights) -> {
            var powers = LogSoftmax.of(logits, labels).target().mul(exponent).exp();
            return BatchMean.of(powers.sub(one).div(exponent), sampleWeights).neg();
        };
    }

    @Override
    public ServingTransform servingTransform() {
        return ServingTransform.SOFTMAX;
    }
}
