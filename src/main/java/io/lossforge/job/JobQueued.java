package io.lossforge.job;

/** A job may wait for a worker: a hint within this process, so that a worker here need not wait for its next look at the queue. */
public record JobQueued() {}
