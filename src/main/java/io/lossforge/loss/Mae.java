package io.lossforge.loss;

import com.google.auto.service.AutoService;
import io.lossforge.catalogue.Described;

/**
 * Mean absolute error between the label and the softmax, halved: {@code 1 − p_y}. Its gradient vanishes where p_y is near 0 as well as near 1, so it is hard
 * to optimise alone.
 */
@AutoService(LossFunction.class)
@Described(
        name = "mae",
        summary = "Mean absolute error of the softmax: withstands wrong labels best, learns slowest.",
        formula = "L = mean_i λ_{y_i} (1 − p_{i,y_i}),  p_i = softmax(z_i)",
        reference = "Ghosh, Kumar, Sastry: Robust Loss Functions under Label Noise for Deep Neural Networks, AAAI 2017")
public record Mae() implements LossFunction {

    @Override
    public Objective bind(LossContext context) {
        var one = context.constant(1);
        return (logits, labels, sampleWeights) -> BatchMean.of(
                        LogSoftmax.of(logits, labels).target().exp().sub(one), sampleWeights)
                .neg();
    }

    @Override
    public ServingTransform servingTransform() {
        return ServingTransform.SOFTMAX;
    }
}
