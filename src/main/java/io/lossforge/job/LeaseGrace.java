package io.lossforge.job;

import java.time.Duration;

/**
 * Whether leases that ran out may be ended by now. When this process could not look for a while, or has just started, then the database may have
 * been away for all: workers get the time to renew the leases that ran out meanwhile. Used by one thread.
 */
final class LeaseGrace {

    static final Duration LONGEST_BREAK = Duration.ofSeconds(4);

    /** A connection pool looks every 5 s whether the database is back. */
    static final Duration FOR_WORKERS_TO_RENEW = Duration.ofSeconds(10);

    private boolean looked;
    private long lookedAt;
    private long looksSince;

    /**
     * Takes note of a look at the database that succeeded.
     *
     * @param nanos when it was, as {@link System#nanoTime} has it
     * @return whether such looks followed each other, without a long break, for as long as workers need
     */
    boolean isOverAt(long nanos) {
        if (!looked || nanos - lookedAt > LONGEST_BREAK.toNanos()) {
            looksSince = nanos;
        }
        looked = true;
        lookedAt = nanos;
        return nanos - looksSince >= FOR_WORKERS_TO_RENEW.toNanos();
    }
}
