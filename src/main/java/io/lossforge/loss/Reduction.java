package io.lossforge.loss;

import ai.djl.ndarray.NDArray;

/** How a one-vs-all loss joins the terms of the K classes. */
public enum Reduction {

    /** The mean over the classes: the sum divided by K, so that learning rates carry over from the softmax loss. */
    MEAN_CLASSES,

    /** The sum over the classes, as papers write it: K times the mean, and so are its gradients. */
    SUM_CLASSES;

    /**
     * Joins the terms of each sample.
     *
     * @param terms {@code [batch, classes]}
     * @return {@code [batch]}
     */
    NDArray over(NDArray terms) {
        var classes = new int[] {1};
        return this == MEAN_CLASSES ? terms.mean(classes) : terms.sum(classes);
    }
}
