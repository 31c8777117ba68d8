package io.lossforge.loss;

import com.google.auto.service.AutoService;
import io.lossforge.catalogue.Described;
import io.lossforge.catalogue.Parameter;

/**
 * The focal loss in its softmax form: {@code mean_i λ_i (1 − p_y)^γ · −log p_y}. The factor takes part in the gradient. It is computed from
 * log(1 − p_y), summed over the other classes, so that neither it nor its gradient is lost where p_y rounds to 1.
 *
 * @param gamma focusing exponent γ
 */
@AutoService(LossFunction.class)
@Described(
        name = "focal",
        summary = "Cross entropy that counts confident samples less: well calibrated probabilities, attention to"
                + " hard samples.",
        formula = "L = mean_i −λ_{y_i} (1 − p_{i,y_i})^γ log p_{i,y_i},  p_i = softmax(z_i)",
        reference = "Lin, Goyal, Girshick, He, Dollár: Focal Loss for Dense Object Detection, ICCV 2017; default γ"
                + " as in torchvision and Keras")
public record Focal(
        @Parameter(value = "focusing γ: 0 is the softmax loss, larger leaves confident samples out", min = 0, max = 100)
        double gamma)
        implements LossFunction {

    public Focal() {
        this(2);
    }

    @Override
    public Objective bind(LossContext context) {
        var focus = context.constant(gamma);
        var excluded = context.constant(1e9);
        return (logits, labels, sampleWeights) -> {
            var logs = LogSoftmax.of(logits, labels);
            var factors = logs.others(labels, excluded).mul(focus).exp();
            return BatchMean.of(factors.mul(logs.target()), sampleWeights).neg();
        };
    }

    @Override
    public ServingTransform servingTransform() {
        return ServingTransform.SOFTMAX;
    }
}
