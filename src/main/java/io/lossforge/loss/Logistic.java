package io.lossforge.loss;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;
import com.google.auto.service.AutoService;
import io.lossforge.catalogue.Described;
import io.lossforge.catalogue.Parameter;

/**
 * The logistic loss, one-vs-all: a binary problem per class. The divisor is the batch size, also with weights.
 *
 * @param reduction how the terms of the classes are joined
 */
@AutoService(LossFunction.class)
@Described(
        name = "logistic",
        summary = "One-vs-all logistic loss (LGL, binary cross entropy per class): independent confidences,"
                + " well calibrated on balanced data.",
        formula = "L = mean_i λ_{y_i} Σ_j [j = y_i] −log σ(z_ij) + [j ≠ y_i] −log(1 − σ(z_ij)),  ÷ K with meanClasses",
        reference =
                "Li, Li, Pan, Zhu: On the Learning Property of Logistic and Softmax Losses for Deep Neural Networks,"
                        + " AAAI 2020 (LGL)")
public record Logistic(
        @Parameter("meanClasses divides the sum over the classes by their number, sumClasses does not")
        Reduction reduction)
        implements LossFunction, SoftTargets {

    public Logistic() {
        this(Reduction.MEAN_CLASSES);
    }

    @Override
    public Objective bind(LossContext context) {
        return (logits, labels, sampleWeights) -> BatchMean.of(reduction.over(terms(logits, labels)), sampleWeights);
    }

    @Override
    public Objective bindSmoothed(LossContext context, double smoothing) {
        var kept = context.manager().create(1 - smoothing);
        var spread = context.manager().create(smoothing);
        var classes = context.manager().create((float) context.classes());
        return (logits, labels, sampleWeights) -> {
            var hard = terms(logits, labels).mul(kept);
            // the mean over all labels of their terms: each class is the label in one of K of them
            var uniform = Activation.softPlus(logits).sub(logits.div(classes)).mul(spread);
            return BatchMean.of(reduction.over(hard.add(uniform)), sampleWeights);
        };
    }

    @Override
    public ServingTransform servingTransform() {
        return ServingTransform.SIGMOID;
    }

    @Override
    public StationaryCondition stationaryCondition() {
        return StationaryCondition.WEIGHTED_COUNTS;
    }

    /** The terms of the classes, {@code [batch, classes]}. */
    private static NDArray terms(NDArray logits, NDArray labels) {
        int classes = Math.toIntExact(logits.getShape().get(1));
        // −log σ(z) = softplus(−z), −log(1 − σ(z)) = softplus(z): turning the target's sign keeps both exact.
        // Subtracted twice,
        // since a number in an operation would be copied to the device each time.
        var target = labels.oneHot(classes, logits.getDataType()).mul(logits);
        return Activation.softPlus(logits.sub(target).sub(target));
    }
}
