package io.lossforge.loss;

import com.google.auto.service.AutoService;
import io.lossforge.catalogue.Described;
import io.lossforge.catalogue.InvalidDocument;
import io.lossforge.catalogue.Parameter;

/**
 * The bi-tempered logistic loss: the Bregman divergence of the tempered logarithm {@code log_t₁ u = (u^(1 − t₁) − 1)/(1 − t₁)} between the label and the
 * tempered softmax of t₂. t₁ &lt; 1 bounds the loss of outliers, t₂ &gt; 1 gives the probabilities a heavier tail; both 1 is cross entropy. The normaliser is
 * found by six steps of Newton's method, and has its exact gradient.
 *
 * @param t1 temperature of the logarithm
 * @param t2 temperature of the softmax
 */
@AutoService(LossFunction.class)
@Described(
        name = "bi-tempered",
        summary =
                "Bounded, heavy-tailed cross entropy: withstands outliers and wrong labels near and far from the boundary."
                        + " Serves the tempered softmax.",
        formula = "L = mean_i λ_{y_i} (−log_t1 p_{i,y_i} − (1 − Σ_j p_ij^(2 − t1)) / (2 − t1)),  p_ij = [1 + (t2"
                + " − 1)(λ_i − z_ij)]^(−1/(t2 − 1)), Σ_j p_ij = 1",
        reference =
                "Amid, Warmuth, Anil, Koren: Robust Bi-Tempered Logistic Loss Based on Bregman Divergences, NeurIPS 2019;"
                        + " no defaults in the authors' code: they are ours")
public record BiTempered(
        @Parameter(value = "t₁ of the logarithm, 1 or at most 0.99: smaller bounds the loss more", min = 0, max = 1)
        double t1,

        @Parameter(value = "t₂ of the softmax, 1 or at least 1.01: larger has the heavier tail", min = 1, max = 2)
        double t2)
        implements LossFunction {

    private static final double NEAREST_TO_ONE = 0.01;

    public BiTempered {
        if (t1 != 1 && t1 > 1 - NEAREST_TO_ONE) {
            throw new InvalidDocument(
                    "/t1", "must be 1 or at most 0.99, since float32 can't tell it from 1 in between");
        }
        if (t2 != 1 && t2 < 1 + NEAREST_TO_ONE) {
            throw new InvalidDocument(
                    "/t2", "must be 1 or at least 1.01, since float32 can't tell it from 1 in between");
        }
    }

    public BiTempered() {
        this(0.8, 1.2);
    }

    @Override
    public Objective bind(LossContext context) {
        var softmax = new TemperedSoftmax(context.manager(), t2);
        var oneLess = context.constant(1 - t1);
        var twoLess = context.constant(2 - t1);
        var one = context.constant(1);
        return (logits, labels, sampleWeights) -> {
            var logs = softmax.logProbabilities(logits);
            var target = logs.gather(labels.expandDims(1), 1).squeeze(1);
            if (t1 != 1) {
                target = target.mul(oneLess).exp().sub(one).div(oneLess);
            }
            var rest = logs.mul(twoLess).exp().sum(new int[] {1}).sub(one).div(twoLess);
            return BatchMean.of(rest.sub(target), sampleWeights);
        };
    }

    @Override
    public ServingTransform servingTransform() {
        return ServingTransform.temperedSoftmax(t2);
    }
}
