package io.lossforge.loss;

import com.google.auto.service.AutoService;
import io.lossforge.catalogue.Described;
import io.lossforge.catalogue.Parameter;

/**
 * Cross entropy with its first polynomial coefficient changed: {@code −log p_y + ε (1 − p_y)}.
 *
 * @param epsilon ε, added to the coefficient of 1 − p_y
 */
@AutoService(LossFunction.class)
@Described(
        name = "poly-1",
        summary = "Cross entropy with more (or, below 0, less) weight on its leading term: one number to tune.",
        formula = "L = mean_i λ_{y_i} (−log p_{i,y_i} + ε (1 − p_{i,y_i})),  p_i = softmax(z_i)",
        reference =
                "Leng et al.: PolyLoss: A Polynomial Expansion Perspective of Classification Loss Functions, ICLR 2022;"
                        + " default as in abhuse/polyloss-pytorch")
public record PolyOne(
        @Parameter(value = "ε: 0 is the softmax loss", min = -1, max = 1000)
        double epsilon) implements LossFunction {

    public PolyOne() {
        this(1);
    }

    @Override
    public Objective bind(LossContext context) {
        var leading = context.constant(epsilon);
        var one = context.constant(1);
        return (logits, labels, sampleWeights) -> {
            var target = LogSoftmax.of(logits, labels).target();
            return BatchMean.of(target.exp().sub(one).mul(leading).add(target), sampleWeights)
                    .neg();
        };
    }

    @Override
    public ServingTransform servingTransform() {
        return ServingTransform.SOFTMAX;
    }
}
