package io.lossforge.loss;

import com.google.auto.service.AutoService;
import io.lossforge.catalogue.Described;
import io.lossforge.catalogue.Parameter;

/**
 * Symmetric cross entropy: {@code α · −log p_y + β · RCE} with the reverse cross entropy {@code RCE = −A (1 − p_y)}, A = log 1e-4 standing for the
 * logarithm of the zeros of a one-hot label.
 *
 * @param alpha weight of cross entropy
 * @param beta weight of reverse cross entropy
 */
@AutoService(LossFunction.class)
@Described(
        name = "sce",
        summary = "Cross entropy plus reverse cross entropy: withstands wrong labels and still learns.",
        formula =
                "L = mean_i λ_{y_i} (−α log p_{i,y_i} + β · 9.21 (1 − p_{i,y_i})),  9.21 = −log 1e-4,  p_i = softmax(z_i)",
        reference = "Wang et al.: Symmetric Cross Entropy for Robust Learning with Noisy Labels, ICCV 2019;"
                + " defaults for CIFAR-10 as in HanxunH/SCELoss-Reproduce")
public record Sce(
        @Parameter(value = "weight α of cross entropy", min = 0, max = 1_000_000)
        double alpha,

        @Parameter(value = "weight β of reverse cross entropy", min = 0, max = 1_000_000)
        double beta)
        implements LossFunction {

    public Sce() {
        this(0.1, 1);
    }

    /** −A: minus the logarithm that stands for log 0. */
    static final double MINUS_LOG_OF_ZERO = -Math.log(1e-4);

    @Override
    public Objective bind(LossContext context) {
        var forward = context.constant(-alpha);
        var reverse = context.constant(-beta * MINUS_LOG_OF_ZERO);
        var one = context.constant(1);
        return (logits, labels, sampleWeights) -> {
            var target = LogSoftmax.of(logits, labels).target();
            var terms = target.mul(forward).add(target.exp().sub(one).mul(reverse));
            return BatchMean.of(terms, sampleWeights);
        };
    }

    @Override
    public ServingTransform servingTransform() {
        return ServingTransform.SOFTMAX;
    }
}
