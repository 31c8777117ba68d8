package io.lossforge.training;

/** A learning-rate schedule of the catalogue: a record whose components are its parameters. A pure function of the position. */
public interface Schedule {

    /**
     * What the optimizer's learning rate is multiplied by.
     *
     * @param step the step about to be taken, from 0
     * @param stepsPerEpoch at least 1
     * @param epochs of the whole job
     * @return at least 0
     */
    double factor(long step, long stepsPerEpoch, int epochs);
}
