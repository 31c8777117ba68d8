package io.lossforge.loss;

import ai.djl.nn.Activation;
import com.google.auto.service.AutoService;
import io.lossforge.catalogue.Described;
import io.lossforge.catalogue.Parameter;

/**
 * Logistic loss whose negatives count by how probable they are: {@code −log σ(z_y) + α/(K − 1) Σ_{j≠y} σ(z_j)^γ · −log(1 − σ(z_j))}. The factor σ^γ takes
 * part in the gradient.
 *
 * @param alpha weight of the negatives together
 * @param gamma exponent of the factor
 */
@AutoService(LossFunction.class)
@Described(
        name = "frlr-soft",
        summary = "One-vs-all logistic loss in which easy negatives count less.",
        formula = "L = mean_i λ_{y_i} (−log σ(z_{i,y_i}) + α/(K − 1) Σ_{j≠y_i} σ(z_ij)^γ · −log(1 − σ(z_ij)))",
        reference = "qd301/FocusRectificationLogisticRegression (the authors' published code), which states no"
                + " defaults: they are ours")
public record FrlrSoft(
        @Parameter(value = "weight α of the negatives together", min = 0, max = 1_000_000)
        double alpha,

        @Parameter(value = "exponent γ: 0 counts all negatives alike", min = 0, max = 100)
        double gamma)
        implements LossFunction {

    public FrlrSoft() {
        this(1, 1);
    }

    @Override
    public Objective bind(LossContext context) {
        var weight = context.constant(alpha / (context.classes() - 1));
        var focus = context.constant(-gamma);
        return (logits, labels, sampleWeights) -> {
            var targets = labels.oneHot(context.classes(), logits.getDataType());
            var easy = Activation.softPlus(logits.neg()); // −log σ
            var hard = Activation.softPlus(logits).mul(easy.mul(focus).exp());
            var negatives = hard.sub(targets.mul(hard)).sum(new int[] {1});
            var positives = easy.gather(labels.expandDims(1), 1).squeeze(1);
            return BatchMean.of(negatives.mul(weight).add(positives), sampleWeights);
        };
    }

    @Override
    public ServingTransform servingTransform() {
        return ServingTransform.SIGMOID;
    }
}
