package io.lossforge.loss;

import ai.djl.ndarray.NDArray;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;

/** The memory of a loss, taken back from a checkpoint. */
final class SavedArrays {

    private SavedArrays() {}

    /**
     * @param own the loss's arrays by name, which take the values
     * @throws IllegalArgumentException if those given have other names or shapes
     */
    static void restore(Map<String, NDArray> own, Map<String, NDArray> given) {
        if (!given.keySet().equals(own.keySet())) {
            throw new IllegalArgumentException("the state of this loss is %s, was given %s"
                    .formatted(new TreeSet<>(own.keySet()), new TreeSet<>(given.keySet())));
        }
        own.forEach((name, array) -> {
            var saved = Objects.requireNonNull(given.get(name));
            if (!saved.getShape().equals(array.getShape())) {
                throw new IllegalArgumentException(
                        "%s must have the shape %s, had %s".formatted(name, array.getShape(), saved.getShape()));
            }
            // toDevice shares the memory of an array that is already there, whatever its copy flag says
            array.intern(saved.toType(array.getDataType(), false)
                    .toDevice(array.getDevice(), false)
                    .duplicate());
        });
    }
}
