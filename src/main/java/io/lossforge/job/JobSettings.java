package io.lossforge.job;

import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of the queue.
 *
 * @param retryBackoff wait before the second attempt of a job whose first one failed for a reason outside of it; doubles with each further
 *     failure
 * @param maxRetryBackoff longest wait between attempts
 * @param logLimit what is kept of a job's log, shared by its attempts: the beginning and the end of each stay, the middle leaves
 */
@Validated
@ConfigurationProperties("lossforge.jobs")
record JobSettings(
        @DefaultValue("1s") @DurationMin Duration retryBackoff,
        @DefaultValue("1m") @DurationMin Duration maxRetryBackoff,
        @DefaultValue("1MB") DataSize logLimit) {

    /**
     * The wait after a failure.
     *
     * @param failures how many there were, from 1
     */
    Duration backoff(int failures) {
        var wait = retryBackoff.multipliedBy(1L << Math.min(20, failures - 1));
        return wait.compareTo(maxRetryBackoff) < 0 ? wait : maxRetryBackoff;
    }
}
