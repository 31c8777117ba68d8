package io.lossforge.job;

import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
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
 * @param ageing how long a job must wait to go before a new one of one priority more. Servers and workers should have the same
 * @param ownerShare how much later the turn of a waiting job comes for each running job of its owner, so that owners with fewer running jobs go
 *     first; 0 for no such share
 * @param maxRunningPerOwner most jobs of one owner that run at a time, on all workers together; absent means no limit
 * @param logLimit what is kept of a job's log, shared by its attempts: the beginning and the end of each stay, the middle leaves
 */
@Validated
@ConfigurationProperties("lossforge.jobs")
record JobSettings(
        @DefaultValue("1s") @DurationMin Duration retryBackoff,
        @DefaultValue("1m") @DurationMin Duration maxRetryBackoff,

        @DefaultValue("1h") @DurationMin(seconds = 1) @DurationMax(days = 365)
        Duration ageing,

        @DefaultValue("1h") @DurationMin @DurationMax(days = 365)
        Duration ownerShare,

        @Nullable @Min(1) Integer maxRunningPerOwner,
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
