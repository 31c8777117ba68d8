package io.lossforge.loss;

import io.lossforge.catalogue.Parameter;
import java.util.List;

/**
 * Weights λ of the classes, over any loss: each sample's terms are multiplied by the weight of its class.
 *
 * @param scheme how the weights follow from the class counts
 * @param beta β of {@code effectiveNumber}
 * @param values the weights of {@code explicit}, one per class
 * @param startEpoch first epoch (counted from 1) in which the weights act; all ones before (deferred reweighting)
 */
public record ClassWeights(
        @Parameter("none, inverse, sqrtInverse, effectiveNumber or explicit")
        Scheme scheme,

        @Parameter(value = "β of effectiveNumber", min = 0, max = 1, exclusiveMax = true)
        double beta,

        @Parameter(
                value = "weights of explicit, one per class, in the order of the dataset's classes",
                min = 0,
                maxItems = 100_000)
        List<Double> values,

        @Parameter(value = "first epoch in which the weights act", min = 1)
        int startEpoch) {

    /** How class weights follow from class counts. */
    public enum Scheme {
        NONE,
        INVERSE,
        SQRT_INVERSE,
        EFFECTIVE_NUMBER,
        EXPLICIT
    }

    public ClassWeights {
        if (scheme == Scheme.EXPLICIT && values.isEmpty()) {
            throw new io.lossforge.catalogue.InvalidDocument(
                    "/values", "is required with scheme explicit: one weight per class");
        }
        if (scheme != Scheme.EXPLICIT && !values.isEmpty()) {
            throw new io.lossforge.catalogue.InvalidDocument("/values", "only goes with scheme explicit");
        }
    }

    public ClassWeights() {
        this(Scheme.NONE, 0.9999, List.of(), 1);
    }
}
