package io.lossforge.loss;

/**
 * A training loss of the catalogue. An implementation is a record whose components are its parameters, with
 * {@code @Described}, {@code @AutoService(LossFunction.class)}, {@code @Parameter} on each component, and a no-argument
 * constructor that states the defaults.
 */
public interface LossFunction {

    /**
     * Makes the loss ready for one job.
     *
     * @throws IllegalArgumentException if it does not fit the job, such as a class without samples under a loss that takes its
     *     logarithm; the message says why and what to do
     */
    Objective bind(LossContext context);

    /**
     * Whether the loss can be trained with these classes; part of {@link #bind}. Needs no engine.
     *
     * @param classCounts samples of each class in the training split
     * @throws IllegalArgumentException if not; the message says why and what to do
     */
    default void check(long[] classCounts) {}

    /** The last layer that the logits must come from. */
    default Head head() {
        return Head.LINEAR;
    }

    /** Whether training changes the logits by how often classes occur, so that what is served needs no such adjustment any more. */
    default boolean adjustsLogits() {
        return false;
    }

    /** How probabilities are formed from the logits of a network trained with this loss. */
    ServingTransform servingTransform();

    /** What the averaged probabilities of a network trained to a minimum of this loss must satisfy. */
    default StationaryCondition stationaryCondition() {
        return StationaryCondition.MEAN_GRADIENT;
    }
}
