package io.lossforge.worker;

import io.lossforge.job.Claim;
import io.lossforge.job.ClaimedJob;
import io.lossforge.job.EndReason;
import org.jspecify.annotations.Nullable;

/** A job that this worker is running, and what it has been told about it meanwhile. Safe for several threads. */
final class JobRun {

    private final ClaimedJob job;
    private final Slot slot;
    private volatile @Nullable EndReason order;
    private volatile boolean lost;

    JobRun(ClaimedJob job, Slot slot) {
        this.job = job;
        this.slot = slot;
    }

    ClaimedJob job() {
        return job;
    }

    Claim claim() {
        return job.claim();
    }

    Slot slot() {
        return slot;
    }

    /** Orders the run to end. The first order stands, except that one to end for good goes before one to take a break. */
    synchronized void order(EndReason reason) {
        if (order == null || order.isBreak() && !reason.isBreak()) {
            order = reason;
        }
    }

    /** Why it should end; null if it should not. */
    @Nullable EndReason order() {
        return order;
    }

    /** The lease was lost: whatever the run does from now on is for nothing. */
    void lose() {
        lost = true;
    }

    boolean isLost() {
        return lost;
    }
}
