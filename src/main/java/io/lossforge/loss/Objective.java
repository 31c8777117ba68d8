package io.lossforge.loss;

import ai.djl.ndarray.NDArray;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A loss bound to one job. Used by one thread. Intermediate arrays attach to the managers of the logits and of the labels, which
 * must be the step's own so that they go with it.
 */
public interface Objective {

    /**
     * The loss of a batch, differentiable with respect to the logits.
     *
     * @param logits float32 or float64 {@code [batch, classes]}
     * @param labels int64 {@code [batch]}, each from 0 to classes − 1
     * @param sampleWeights as the logits' type {@code [batch]}: the class weight λ of each sample's class; null for all ones. Every term of the loss that
     *     belongs to a sample is multiplied by the sample's weight; the divisor stays the batch (or class) count
     * @return scalar
     */
    NDArray evaluate(NDArray logits, NDArray labels, @Nullable NDArray sampleWeights);

    /**
     * The logits as the loss takes them, after whatever it adds or scales during training only. The serving transform of them gives the
     * probabilities that training sees.
     *
     * @param logits {@code [batch, classes]}
     * @param labels int64 {@code [batch]}, for what depends on the label, such as a margin
     * @return same shape as the logits
     */
    default NDArray trainingLogits(NDArray logits, NDArray labels) {
        return logits;
    }

    /**
     * The same loss for measuring, such as on the validation split: it takes the memory of this one as it is and leaves it so. For a
     * loss without memory, this.
     */
    default Objective measuring() {
        return this;
    }

    /** What must be saved with a checkpoint for an exact resume, by name; empty for a loss without memory. */
    default Map<String, NDArray> state() {
        return Map.of();
    }

    /** Takes back what {@link #state} gave. */
    default void restore(Map<String, NDArray> state) {
        if (!state.isEmpty()) {
            throw new IllegalArgumentException("this loss has no state, was given " + state.keySet());
        }
    }
}
