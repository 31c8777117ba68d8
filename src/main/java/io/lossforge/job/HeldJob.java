package io.lossforge.job;

import org.jspecify.annotations.Nullable;

/**
 * What is asked of a worker about a job that it holds.
 *
 * @param order how the attempt should end: {@code CANCELLED}, {@code DEADLINE}, {@code PAUSED} or {@code PREEMPTED}, the first of these that
 *     applies; null if it should go on
 */
public record HeldJob(Claim claim, @Nullable EndReason order) {}
