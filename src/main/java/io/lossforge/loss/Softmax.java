package io.lossforge.loss;

import ai.djl.ndarray.NDArray;
import com.google.auto.service.AutoService;
import io.lossforge.catalogue.Described;
import org.jspecify.annotations.Nullable;

/** The softmax loss, or cross entropy: {@code mean_i λ_i · −log softmax(z_i)[y_i]}. The divisor is the batch size, also with weights. */
@AutoService(LossFunction.class)
@Described(
        name = "softmax",
        summary = "Cross entropy of the softmax (SML): the usual choice, with one distribution over the classes.",
        formula = "L = mean_i −λ_{y_i} log p_{i,y_i},  p_i = softmax(z_i)",
        reference =
                "Li, Li, Pan, Zhu: On the Learning Property of Logistic and Softmax Losses for Deep Neural Networks,"
                        + " AAAI 2020 (SML)")
public record Softmax() implements LossFunction {

    @Override
    public Objective bind(LossContext context) {
        return Softmax::evaluate;
    }

    @Override
    public ServingTransform servingTransform() {
        return ServingTransform.SOFTMAX;
    }

    @Override
    public StationaryCondition stationaryCondition() {
        return StationaryCondition.WEIGHTED_COUNTS;
    }

    private static NDArray evaluate(NDArray logits, NDArray labels, @Nullable NDArray sampleWeights) {
        var logLikelihoods =
                logits.logSoftmax(1).gather(labels.expandDims(1), 1).squeeze(1);
        return (sampleWeights == null ? logLikelihoods : logLikelihoods.mul(sampleWeights))
                .mean()
                .neg();
    }
}
