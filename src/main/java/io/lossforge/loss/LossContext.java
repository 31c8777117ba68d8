package io.lossforge.loss;

import ai.djl.ndarray.NDManager;

/**
 * What a loss may know of the job that it serves.
 *
 * @param manager owner of arrays that live as long as the job; its device is the device of the logits
 * @param classCounts samples of each class in the training split, as it is after imbalance and without the validation part
 */
public record LossContext(NDManager manager, long[] classCounts) {

    /** Number of classes. */
    public int classes() {
        return classCounts.length;
    }
}
