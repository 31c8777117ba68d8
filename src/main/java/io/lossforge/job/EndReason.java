package io.lossforge.job;

import java.util.Locale;

/** Why an attempt ended. */
public enum EndReason {
    /** The job is done. */
    COMPLETED(false),
    /** The trainer says that the job can't be done as it is specified. */
    ERROR(false),
    /** The loss became infinite or not a number. */
    DIVERGED(false),
    /** Somebody asked for it. */
    CANCELLED(false),
    /** Somebody asked for a break. */
    PAUSED(false),
    /** A job of higher priority needed the slot; the attempt does not count. */
    PREEMPTED(false),
    /** The job's deadline passed. */
    DEADLINE(false),
    /** The worker was told to stop; the attempt does not count. */
    WORKER_STOPPED(false),
    /** The worker was not heard of for as long as its lease. */
    LEASE_LOST(true),
    /** Memory ran out, of the device, the process or the container. */
    OUT_OF_MEMORY(true),
    /** The trainer process died in native code. */
    NATIVE_CRASH(true),
    /** Something outside ended the trainer process. */
    KILLED(true),
    /** The worker could not do its part: dataset, disk, blob store, start of the process. */
    WORKER_ERROR(true);

    private final boolean infrastructure;

    EndReason(boolean infrastructure) {
        this.infrastructure = infrastructure;
    }

    /** Whether another attempt may fare better with the same specification. */
    public boolean isInfrastructure() {
        return infrastructure;
    }

    /** Whether the job goes on later where it was, so that a trainer that is stopped for it writes a checkpoint first. */
    public boolean goesOn() {
        return this == WORKER_STOPPED || this == PAUSED || this == PREEMPTED;
    }

    /** As the interface says it, such as {@code lease_lost}. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
