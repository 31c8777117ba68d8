package io.lossforge.loss;

import ai.djl.nn.Activation;
import com.google.auto.service.AutoService;
import io.lossforge.catalogue.Described;
import io.lossforge.catalogue.Parameter;

/**
 * Logistic loss that looks only at the hardest other classes of each sample: the mean of the m largest
 * {@code −log(1 − σ(z_j))}, m = max(1, ⌊K · topRatio⌋) but at most K − 1.
 *
 * @param alpha weight of the negatives together
 * @param topRatio share of the classes that count as hard
 */
@AutoService(LossFunction.class)
@Described(
        name = "frlr-hard",
        summary = "One-vs-all logistic loss on the hardest negatives of each sample only.",
        formula = "L = mean_i λ_{y_i} (−log σ(z_{i,y_i}) + α · mean over the m largest −log(1 − σ(z_ij)), j ≠"
                + " y_i),  m = max(1, ⌊K · topRatio⌋)",
        reference = "qd301/FocusRectificationLogisticRegression (the authors' published code), which states no"
                + " defaults: they are ours")
public record FrlrHard(
        @Parameter(value = "weight α of the negatives together", min = 0, max = 1_000_000)
        double alpha,

        @Parameter(value = "share of the classes that count as hard", min = 0, max = 1, exclusiveMin = true)
        double topRatio)
        implements LossFunction {

    public FrlrHard() {
        this(1, 0.3);
    }

    @Override
    public Objective bind(LossContext context) {
        int hardest = hardest(context.classes());
        var weight = context.constant(alpha);
        var excluded = context.constant(1e9);
        return (logits, labels, sampleWeights) -> {
            var targets = labels.oneHot(context.classes(), logits.getDataType());
            var negatives = logits.sub(targets.mul(excluded))
                    .topK(hardest, 1, true, false)
                    .get(0);
            var positives =
                    Activation.softPlus(logits.gather(labels.expandDims(1), 1).neg());
            var terms = Activation.softPlus(negatives)
                    .mean(new int[] {1})
                    .mul(weight)
                    .add(positives.squeeze(1));
            return BatchMean.of(terms, sampleWeights);
        };
    }

    /** Number of negatives that count. */
    int hardest(int classes) {
        return Math.min(classes - 1, Math.max(1, (int) (classes * topRatio)));
    }

    @Override
    public ServingTransform servingTransform() {
        return ServingTransform.SIGMOID;
    }
}
