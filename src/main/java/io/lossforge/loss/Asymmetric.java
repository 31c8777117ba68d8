package io.lossforge.loss;

import com.google.auto.service.AutoService;
import io.lossforge.catalogue.Described;
import io.lossforge.catalogue.Parameter;

/**
 * The asymmetric loss in its form for one label per sample: smoothed cross entropy whose terms count by how far off they are:
 * {@code −(1 − ε + ε/K)(1 − p_y)^γ₊ log p_y − (ε/K) Σ_{j≠y} p_j^γ₋ log p_j}. The factors take part in the gradient.
 *
 * @param gammaPositive γ₊
 * @param gammaNegative γ₋
 * @param epsilon label smoothing ε
 */
@AutoService(LossFunction.class)
@Described(
        name = "asymmetric",
        summary = "Label smoothing in which the other classes count only where they are probable.",
        formula = "L = mean_i λ_{y_i} (−(1 − ε + ε/K)(1 − p_{i,y_i})^γ₊ log p_{i,y_i} − (ε/K) Σ_{j≠y_i} p_ij^γ₋"
                + " log p_ij),  p_i = softmax(z_i)",
        reference = "Ridnik et al.: Asymmetric Loss for Multi-Label Classification, ICCV 2021;"
                + " defaults of the authors' code, Alibaba-MIIL/ASL (single label)")
public record Asymmetric(
        @Parameter(value = "focusing γ₊ of the sample's own class", min = 0, max = 100)
        double gammaPositive,

        @Parameter(value = "focusing γ₋ of the other classes", min = 0, max = 100)
        double gammaNegative,

        @Parameter(value = "label smoothing ε", min = 0, max = 1, exclusiveMax = true)
        double epsilon)
        implements LossFunction {

    public Asymmetric() {
        this(0, 4, 0.1);
    }

    @Override
    public Objective bind(LossContext context) {
        double share = epsilon / context.classes();
        var own = context.constant(-(1 - epsilon + share));
        var other = context.constant(-share);
        var positive = context.constant(gammaPositive);
        var negative = context.constant(gammaNegative);
        var excluded = context.constant(1e9);
        return (logits, labels, sampleWeights) -> {
            var logs = LogSoftmax.of(logits, labels);
            var factors = logs.others(labels, excluded).mul(positive).exp();
            var positives = logs.target().mul(factors).mul(own);
            var all = logs.classes().mul(negative).exp().mul(logs.classes());
            var targets = labels.oneHot(context.classes(), logits.getDataType());
            var negatives = all.sub(targets.mul(all)).sum(new int[] {1}).mul(other);
            return BatchMean.of(positives.add(negatives), sampleWeights);
        };
    }

    @Override
    public ServingTransform servingTransform() {
        return ServingTransform.SOFTMAX;
    }
}
