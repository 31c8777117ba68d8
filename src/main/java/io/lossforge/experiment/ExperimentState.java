package io.lossforge.experiment;

import io.lossforge.job.JobState;
import java.util.Map;

/** Where an experiment is. It follows from the states of its jobs. */
enum ExperimentState {
    /** No job was started yet. */
    QUEUED,
    /** Some jobs are yet to end. */
    RUNNING,
    /** Every job succeeded. */
    SUCCEEDED,
    /** Every job ended, at least one failed. */
    FAILED,
    /** Every job ended, at least one on request, or was deleted. */
    CANCELLED;

    /**
     * The state that follows.
     *
     * @param states jobs in each state
     * @param jobs how many there should be
     */
    static ExperimentState of(Map<JobState, Long> states, long jobs) {
        long there = states.values().stream().mapToLong(Long::longValue).sum();
        long unfinished = states.entrySet().stream()
                .filter(state -> !state.getKey().isFinished())
                .mapToLong(Map.Entry::getValue)
                .sum();
        if (there > 0 && states.getOrDefault(JobState.QUEUED, 0L) == there) {
            return QUEUED;
        }
        if (unfinished > 0) {
            return RUNNING;
        }
        if (states.getOrDefault(JobState.FAILED, 0L) > 0) {
            return FAILED;
        }
        return states.getOrDefault(JobState.SUCCEEDED, 0L) >= jobs ? SUCCEEDED : CANCELLED;
    }
}
