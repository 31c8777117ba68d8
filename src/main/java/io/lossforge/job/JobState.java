package io.lossforge.job;

import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** Where a job is in its life. {@link #canBecome} says every legal move, and nothing else does. */
public enum JobState {
    /** Waits for a worker. */
    QUEUED,
    /** A worker has claimed it and prepares data and trainer. */
    STARTING,
    /** Trains or predicts. */
    RUNNING,
    /** Stopped on request; keeps what it has learned, and waits to be resumed. */
    PAUSED,
    /** Done: what it made is registered and stored. */
    SUCCEEDED,
    /** Given up, with a reason. */
    FAILED,
    /** Ended on request. */
    CANCELLED;

    private static final Map<JobState, Set<JobState>> MOVES = Map.of(
            QUEUED, EnumSet.of(STARTING, PAUSED, FAILED, CANCELLED),
            STARTING, EnumSet.of(RUNNING, QUEUED, PAUSED, FAILED, CANCELLED),
            RUNNING, EnumSet.of(SUCCEEDED, QUEUED, PAUSED, FAILED, CANCELLED),
            PAUSED, EnumSet.of(QUEUED, FAILED, CANCELLED),
            SUCCEEDED, EnumSet.noneOf(JobState.class),
            FAILED, EnumSet.of(QUEUED),
            CANCELLED, EnumSet.of(QUEUED));

    /** Whether a job in this state may move to the next. No state may move to itself. */
    public boolean canBecome(JobState next) {
        return MOVES.getOrDefault(this, Set.of()).contains(next);
    }

    /** Whether a worker holds the job. */
    public boolean isHeld() {
        return this == STARTING || this == RUNNING;
    }

    /** Whether nothing more happens to the job unless someone asks for it. */
    public boolean isFinished() {
        return this == SUCCEEDED || this == FAILED || this == CANCELLED;
    }
}
