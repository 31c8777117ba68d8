package io.lossforge.architecture;

import ai.djl.ndarray.NDArray;

/** The arrays of a layer's parameters, by name. */
@FunctionalInterface
public interface Weights {

    /** The array of the parameter of that name. */
    NDArray get(String name);

    /** The arrays of an inner layer. */
    default Weights within(String scope) {
        return name -> get(scope + "." + name);
    }
}
