package io.lossforge.loss;

import com.google.auto.service.AutoService;
import io.lossforge.catalogue.Described;

/** The softmax loss, or cross entropy: {@code mean_i λ_i · −log softmax(z_i)[y_i]}. The divisor is the batch size, also with weights. */
@AutoService(LossFunction.class)
@Described(
        name = "softmax",
        summary = "Cross entropy of the softmax (SML): the usual choice, with one distribution over the classes.",
        formula = "L = mean_i −λ_{y_i} log p_{i,y_i},  p_i = softmax(z_i)",
        reference =
                "Li, Li, Pan, Zhu: On the Learning Property of Logistic and Softmax Losses for Deep Neural Networks,"
                        + " AAAI 2020 (SML)")
public record Softmax() implements LossFunction, SoftTargets {

    @Override
    public Objective bind(LossContext context) {
        return (logits, labels, sampleWeights) -> BatchMean.of(
                        LogSoftmax.of(logits, labels).target(), sampleWeights)
                .neg();
    }

    @Override
    public Objective bindSmoothed(LossContext context, double smoothing) {
        var kept = context.manager().create(1 - smoothing);
        var spread = context.manager().create(smoothing);
        return (logits, labels, sampleWeights) -> {
            var logarithms = LogSoftmax.of(logits, labels);
            var hard = logarithms.target().mul(kept);
            var uniform = logarithms.classes().mean(new int[] {1}).mul(spread);
            return BatchMean.of(hard.add(uniform), sampleWeights).neg();
        };
    }

    @Override
    public ServingTransform servingTransform() {
        return ServingTransform.SOFTMAX;
    }

    @Override
    public StationaryCondition stationaryCondition() {
        return StationaryCondition.WEIGHTED_COUNTS;
    }
}
