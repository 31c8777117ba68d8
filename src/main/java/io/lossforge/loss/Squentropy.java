package io.lossforge.loss;

import com.google.auto.service.AutoService;
import io.lossforge.catalogue.Described;

/**
 * Cross entropy plus the mean square of the other classes' logits: {@code −log p_y + 1/(K − 1) Σ_{j≠y} z_j²}.
 */
@AutoService(LossFunction.class)
@Described(
        name = "squentropy",
        summary = "Cross entropy that also draws the logits of the other classes to 0, without a parameter.",
        formula = "L = mean_i λ_{y_i} (−log p_{i,y_i} + 1/(K − 1) Σ_{j≠y_i} z_ij²),  p_i = softmax(z_i)",
        reference = "Hui, Belkin, Wright: Cut your Losses with Squentropy, ICML 2023 (arXiv 2302.03952)")
public record Squentropy() implements LossFunction {

    @Override
    public Objective bind(LossContext context) {
        var others = context.constant(context.classes() - 1);
        return (logits, labels, sampleWeights) -> {
            var squares = logits.square();
            var own = squares.gather(labels.expandDims(1), 1).squeeze(1);
            var penalty = squares.sum(new int[] {1}).sub(own).div(others);
            return BatchMean.of(penalty.sub(LogSoftmax.of(logits, labels).target()), sampleWeights);
        };
    }

    @Override
    public ServingTransform servingTransform() {
        return ServingTransform.SOFTMAX;
    }
}
