package io.lossforge.loss;

import ai.djl.ndarray.NDArray;
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

    /**
     * A number made once for the job, since a number in an operation would be copied to the device each time. Without dimensions, so it takes the
     * type of the array that it meets. Never the receiver of an operation: the result would pile up among the job's arrays.
     */
    NDArray constant(double value) {
        return manager.create(value);
    }

    /** Numbers made once for the job, float32; otherwise as {@link #constant}. */
    NDArray constants(double[] values) {
        var floats = new float[values.length];
        for (int k = 0; k < floats.length; k++) {
            floats[k] = (float) values[k];
        }
        return manager.create(floats);
    }
}
