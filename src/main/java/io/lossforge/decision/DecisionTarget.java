package io.lossforge.decision;

/**
 * What every class should reach when predictions are decided by thresholds, of the catalogue: a record whose components are its
 * parameters.
 */
public interface DecisionTarget {

    /** The least rate of every class, above 0 and at most 1. */
    double atLeast();

    /**
     * The thresholds with which the samples reach it.
     *
     * @param samples not seen in training
     */
    Thresholds fit(CalibratedSplit samples);

    /** Whether a class of which that was measured reaches it. */
    boolean isReached(SplitReport.ClassRates rates);

    /** What of a class counts towards its rate, for people: {@code validation samples} or {@code predictions}. */
    String counted();

    /** How many of those there are. */
    long count(SplitReport.ClassRates rates);
}
