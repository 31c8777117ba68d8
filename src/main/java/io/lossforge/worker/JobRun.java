package io.lossforge.worker;

import io.lossforge.job.Claim;
import io.lossforge.job.ClaimedJob;
import io.lossforge.job.EndReason;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A job that this worker is running, and what it has been told about it meanwhile. Safe for several threads. */
final class JobRun {

    private final ClaimedJob job;
    private final Slot slot;
    private volatile @Nullable EndReason order;
    private volatile long orderedAt;
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

    /** Orders the run to end. The first order stands, except that one to end the job goes before one after which it goes on. */
    synchronized void order(EndReason reason) {
        if (order == null || order.goesOn() && !reason.goesOn()) {
            orderedAt = order == null ? System.nanoTime() : orderedAt;
            order = reason;
        }
    }

    /** Why it should end; null if it should not. */
    @Nullable EndReason order() {
        return order;
    }

    /** How long ago it was ordered to end; zero if it was not. */
    Duration sinceOrder() {
        return order == null ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - orderedAt);
    }

    /** The lease was lost: whatever the run does from now on is for nothing. */
    void lose() {
        lost = true;
    }

    boolean isLost() {
        return lost;
    }
}
