package io.lossforge.architecture;

import ai.djl.ndarray.types.Shape;

/**
 * A network of the catalogue. An implementation is a record whose components are its parameters, with {@code @Described},
 * {@code @AutoService(Architecture.class)}, {@code @Parameter} on each component, and a no-argument constructor that states the defaults.
 */
public interface Architecture {

    /**
     * The layers for one input and number of classes.
     *
     * @param input shape of one sample: {@code [channels, height, width]} of an image or {@code [features]}
     * @throws IllegalArgumentException if the network can't take such input; the message says what it takes
     */
    Network network(Shape input, int classes);
}
