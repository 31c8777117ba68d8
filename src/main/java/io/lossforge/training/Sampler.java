package io.lossforge.training;

import java.util.random.RandomGenerator;

/** An order in which an epoch draws samples: a record whose components are its parameters. */
public interface Sampler {

    /**
     * The samples of one epoch.
     *
     * @param labels label of each sample of the training split, {@code [count]}
     * @param classes number of classes
     * @param batchSize samples per step
     * @param progress number of the epoch by that of all epochs, {@code (0, 1]}: 1 in the last one
     * @param random seeded with the job's seed and the epoch, so that the order is a pure function of both
     * @return positions in {@code labels}, as many as an epoch has samples
     */
    int[] epoch(int[] labels, int classes, int batchSize, double progress, RandomGenerator random);

    /**
     * Whether it can draw for such a job.
     *
     * @param classCounts samples of each class in the training split
     * @param batchSize samples per step
     * @throws IllegalArgumentException if not; the message says why and what to do
     */
    default void check(long[] classCounts, int batchSize) {}
}
