package io.lossforge.training;

import ai.djl.ndarray.NDManager;

/** An optimizer of the catalogue: a record whose components are its parameters. */
public interface Optimizer {

    /** Learning rate before the schedule's factor. */
    double learningRate();

    /**
     * Makes the optimizer ready for one job.
     *
     * @param manager owner of its moments, which live as long as the job
     */
    UpdateRule bind(NDManager manager);
}
