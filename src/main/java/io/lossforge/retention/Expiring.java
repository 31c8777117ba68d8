package io.lossforge.retention;

import java.time.Instant;

/** Data of one kind that goes when it is old enough. Found among the beans, one for each kind. Safe for several threads and processes. */
public interface Expiring {

    Kind kind();

    /** What {@link #expire} would remove in all. */
    Amount due(Instant before);

    /**
     * Removes some of what became old before a moment, in one short transaction, the oldest first; where another process is at it, nothing.
     *
     * @param before by the database's clock
     * @return how many were dealt with; 0 when nothing is left
     */
    int expire(Instant before);

    /**
     * How much there is.
     *
     * @param count of what the kind is counted in: points, jobs, versions
     * @param bytes that become free, about
     */
    record Amount(long count, long bytes) {}
}
