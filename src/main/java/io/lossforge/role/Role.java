package io.lossforge.role;

/** A part of the service that a process can play. {@code lossforge.roles=all} plays every one. */
public enum Role {
    /** Answers HTTP: datasets, jobs, models, predictions. */
    SERVER,
    /** Claims jobs from the queue and trains them. */
    WORKER
}
