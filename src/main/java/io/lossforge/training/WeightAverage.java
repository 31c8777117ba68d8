package io.lossforge.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Map;
import java.util.Objects;

/** The running average of a network's weights. Used by one thread. */
final class WeightAverage {

    private final WeightAveraging averaging;
    private final Weights weights;
    private final Map<String, NDArray> average;

    /** @param manager owner of the average */
    WeightAverage(WeightAveraging averaging, Weights weights, NDManager manager) {
        this.averaging = averaging;
        this.weights = weights;
        average = Weights.copies(weights.arrays(), manager);
    }

    /** Takes in the weights as they are after a step, counted from 1. */
    void update(long step, NDManager scope) {
        var gain = scope.create((float) (1 - averaging.decay(step)));
        weights.arrays().forEach((name, array) -> {
            var mean = of(name);
            try (var change = array.sub(mean)) {
                mean.addi(change.muli(gain));
            }
        });
    }

    /** The averaged arrays themselves, by name, in the order of the layers. */
    Map<String, NDArray> arrays() {
        return average;
    }

    /**
     * Takes back what {@link #arrays} gave.
     *
     * @throws IllegalArgumentException if they are of another network
     */
    void restore(Map<String, NDArray> arrays) {
        if (!arrays.keySet().equals(average.keySet())) {
            throw new IllegalArgumentException("averaged weights of another network");
        }
        average.forEach((name, mean) ->
                mean.intern(Objects.requireNonNull(arrays.get(name)).duplicate()));
    }

    private NDArray of(String name) {
        return Objects.requireNonNull(average.get(name));
    }
}
