package io.lossforge.loss;

import ai.djl.nn.Activation;
import com.google.auto.service.AutoService;
import io.lossforge.catalogue.Described;
import io.lossforge.catalogue.Parameter;

/**
 * The focal loss in its one-vs-all form: {@code Σ_j −α_t (1 − p_t)^γ log p_t} with p_t = σ(z_j), α_t = α for the sample's own class and
 * 1 − σ(z_j), 1 − α for the others. With u = ±z_j it is {@code α_t softplus(−u) exp(−γ softplus(u))}, which overflows nowhere.
 *
 * @param gamma focusing exponent γ
 * @param alpha weight of the positive terms
 * @param reduction how the terms of the classes are joined
 */
@AutoService(LossFunction.class)
@Described(
        name = "sigmoid-focal",
        summary =
                "One-vs-all logistic loss that counts confident decisions less, with a weight α on the positive ones.",
        formula = "L = mean_i λ_{y_i} Σ_j −α_t (1 − p_t)^γ log p_t,  p_t = σ(z_ij) for j = y_i, else 1 − σ(z_ij),"
                + "  ÷ K with meanClasses",
        reference = "Lin, Goyal, Girshick, He, Dollár: Focal Loss for Dense Object Detection, ICCV 2017; defaults"
                + " as in torchvision")
public record SigmoidFocal(
        @Parameter(value = "focusing γ: 0 for none", min = 0, max = 100)
        double gamma,

        @Parameter(
                value = "weight α of the sample's own class, 1 − α of the others",
                min = 0,
                max = 1,
                exclusiveMin = true,
                exclusiveMax = true)
        double alpha,

        @Parameter("meanClasses divides the sum over the classes by their number, sumClasses does not")
        Reduction reduction)
        implements LossFunction {

    public SigmoidFocal() {
        this(2, 0.25, Reduction.MEAN_CLASSES);
    }

    @Override
    public Objective bind(LossContext context) {
        var focus = context.constant(-gamma);
        var negative = context.constant(1 - alpha);
        var difference = context.constant(2 * alpha - 1);
        return (logits, labels, sampleWeights) -> {
            var targets = labels.oneHot(context.classes(), logits.getDataType());
            var signed = targets.mul(logits);
            var wrong = logits.sub(signed).sub(signed); // −u
            var alphas = targets.mul(difference).add(negative);
            var terms = Activation.softPlus(wrong)
                    .mul(Activation.softPlus(wrong.neg()).mul(focus).exp())
                    .mul(alphas);
            return BatchMean.of(reduction.over(terms), sampleWeights);
        };
    }

    @Override
    public ServingTransform servingTransform() {
        return ServingTransform.SIGMOID;
    }
}
