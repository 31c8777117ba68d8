package io.lossforge.job;

import java.util.UUID;

/**
 * A worker's hold on a job. The attempt number is the fencing token: it grows with every claim, so a write that carries an older one
 * changes nothing.
 *
 * @param attempt from 1
 */
public record Claim(UUID job, int attempt, UUID worker) {

    @Override
    public String toString() {
        return "job %s, attempt %d".formatted(job, attempt);
    }
}
