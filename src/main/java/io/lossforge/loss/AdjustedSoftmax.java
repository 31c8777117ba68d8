package io.lossforge.loss;

import ai.djl.ndarray.NDArray;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The softmax loss on logits that are changed during training only.
 *
 * @param adjustment of logits {@code [batch, classes]} and labels {@code [batch]}; gives the logits trained on
 */
record AdjustedSoftmax(BinaryOperator<NDArray> adjustment) implements Objective {

    @Override
    public NDArray evaluate(NDArray logits, NDArray labels, @Nullable NDArray sampleWeights) {
        var target = LogSoftmax.of(trainingLogits(logits, labels), labels).target();
        return BatchMean.of(target, sampleWeights).neg();
    }

    @Override
    public NDArray trainingLogits(NDArray logits, NDArray labels) {
        return adjustment.apply(logits, labels);
    }
}
