package io.lossforge.training;

import java.util.random.RandomGenerator;

/** A random change to a training image: a record whose components are its parameters. */
public interface Augmentation {

    /**
     * Changes one image.
     *
     * @param pixels uint8 {@code [channels, height, width]}, changed in place
     * @param scratch as long as {@code pixels}; content undefined before and after
     */
    void apply(byte[] pixels, byte[] scratch, int channels, int height, int width, RandomGenerator random);
}
