package io.lossforge.job;

/**
 * What is asked of a worker about a job that it holds.
 *
 * @param cancelRequested whether the job should end
 * @param deadlinePassed whether the job's time is up
 */
public record HeldJob(Claim claim, boolean cancelRequested, boolean deadlinePassed) {}
