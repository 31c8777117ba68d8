package io.lossforge.loss;

import ai.djl.ndarray.NDArray;

/**
 * Probabilities p of a softmax, as logarithms.
 *
 * @param classes {@code [batch, classes]}
 * @param target of each sample's own class, {@code [batch]}
 */
record LogSoftmax(NDArray classes, NDArray target) {

    static LogSoftmax of(NDArray logits, NDArray labels) {
        var classes = logits.logSoftmax(1);
        return new LogSoftmax(classes, classes.gather(labels.expandDims(1), 1).squeeze(1));
    }

    /**
     * log(1 − p_y), {@code [batch]}, summed from the other classes: exact also where p_y rounds to 1.
     *
     * @param excluded a number that leaves nothing of an exponential once taken from the exponent
     */
    NDArray others(NDArray labels, NDArray excluded) {
        int count = Math.toIntExact(classes.getShape().get(1));
        var others = classes.sub(labels.oneHot(count, classes.getDataType()).mul(excluded));
        var largest = others.stopGradient().max(new int[] {1}, true);
        return others.sub(largest).exp().sum(new int[] {1}).log().add(largest.squeeze(1));
    }
}
