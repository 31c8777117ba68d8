package io.lossforge.loss;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;
import com.google.auto.service.AutoService;
import io.lossforge.catalogue.Described;
import io.lossforge.catalogue.Parameter;
import java.util.function.UnaryOperator;

/**
 * The asymmetric loss in its one-vs-all form: {@code −(1 − σ_y)^γ₊ log σ_y − Σ_{j≠y} r_j^γ₋ log(1 − r_j)} with {@code r_j = max(σ_j − clip, 0)}, so that negatives
 * below the clip count nothing. The factors take part in the gradient.
 *
 * @param gammaPositive γ₊
 * @param gammaNegative γ₋
 * @param clip probability below which a negative counts nothing
 * @param reduction how the terms of the classes are joined
 */
@AutoService(LossFunction.class)
@Described(
        name = "asymmetric-multi",
        summary = "One-vs-all logistic loss that focuses negatives and positives apart and drops the easiest"
                + " negatives: for many"
                + " classes.",
        formula = "L = mean_i λ_{y_i} (−(1 − σ(z_{i,y_i}))^γ₊ log σ(z_{i,y_i}) − Σ_{j≠y_i} r_ij^γ₋ log(1 −"
                + " r_ij)),  r = max(σ(z) − clip, 0),  ÷ K with meanClasses",
        reference = "Ridnik et al.: Asymmetric Loss for Multi-Label Classification, ICCV 2021;"
                + " defaults of the authors' code, Alibaba-MIIL/ASL (multi-label)")
public record AsymmetricMulti(
        @Parameter(value = "focusing γ₊ of the sample's own class", min = 0, max = 100)
        double gammaPositive,

        @Parameter(value = "focusing γ₋ of the other classes", min = 0, max = 100)
        double gammaNegative,

        @Parameter(value = "probability below which a negative counts nothing", min = 0, max = 1, exclusiveMax = true)
        double clip,

        @Parameter("meanClasses divides the sum over the classes by their number, sumClasses does not")
        Reduction reduction)
        implements LossFunction {

    /** In place of 0, whose power may have no gradient. */
    private static final double LEAST = 1e-8;

    public AsymmetricMulti() {
        this(1, 4, 0.05, Reduction.MEAN_CLASSES);
    }

    @Override
    public Objective bind(LossContext context) {
        var positive = context.constant(-gammaPositive);
        var negatives = clip == 0 ? unclipped(context) : clipped(context);
        return (logits, labels, sampleWeights) -> {
            var targets = labels.oneHot(context.classes(), logits.getDataType());
            var own = Activation.softPlus(logits.neg())
                    .mul(Activation.softPlus(logits).mul(positive).exp());
            var other = negatives.apply(logits);
            var terms = targets.mul(own.sub(other)).add(other);
            return BatchMean.of(reduction.over(terms), sampleWeights);
        };
    }

    private UnaryOperator<NDArray> unclipped(LossContext context) {
        var negative = context.constant(-gammaNegative);
        return logits -> Activation.softPlus(logits)
                .mul(Activation.softPlus(logits.neg()).mul(negative).exp());
    }

    private UnaryOperator<NDArray> clipped(LossContext context) {
        var negative = context.constant(gammaNegative);
        var dropped = context.constant(clip);
        var least = context.constant(LEAST);
        var one = context.constant(1);
        return logits -> {
            var rest = Activation.sigmoid(logits).sub(dropped).maximum(least);
            return rest.pow(negative).mul(rest.neg().add(one).log().neg());
        };
    }

    @Override
    public ServingTransform servingTransform() {
        return ServingTransform.SIGMOID;
    }
}
