package io.lossforge.retention;

import java.time.Duration;
import java.util.Optional;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How long data is kept, such as {@code 90d}; what has no setting is kept until it is deleted. `GET /api/v1/retention` shows what would go.
 *
 * @param metrics metric points of a job, from its end; absent keeps them with their job
 * @param logs log of a job, from its end; absent keeps it with its job
 * @param outputs logits and predictions of a job, from its end: without them there is no preview of its analysis; absent keeps them with their
 *     job
 * @param checkpoints checkpoints of jobs that failed or were cancelled, from their end: while they are there, a retry goes on from them
 * @param failedJobs jobs that failed or were cancelled, from their end; absent keeps them
 * @param supersededDatasets dataset versions that no job uses, from when a newer one came; absent keeps them
 * @param sweepEvery how often is looked for what is older, and for blobs that nothing refers to
 */
@Validated
@ConfigurationProperties("lossforge.retention")
record RetentionSettings(
        @Nullable @DurationMin(minutes = 1) Duration metrics,
        @Nullable @DurationMin(minutes = 1) Duration logs,
        @Nullable @DurationMin(minutes = 1) Duration outputs,
        @DefaultValue("0s") @DurationMin Duration checkpoints,
        @Nullable @DurationMin(minutes = 1) Duration failedJobs,

        @Nullable @DurationMin(minutes = 1) Duration supersededDatasets,

        @DefaultValue("1h") @DurationMin(seconds = 1) Duration sweepEvery) {

    /** How long a kind is kept; empty if until it is deleted. */
    Optional<Duration> kept(Kind kind) {
        return Optional.ofNullable(
                switch (kind) {
                    case METRICS -> metrics;
                    case LOGS -> logs;
                    case OUTPUTS -> outputs;
                    case CHECKPOINTS -> checkpoints;
                    case FAILED_JOBS -> failedJobs;
                    case SUPERSEDED_DATASETS -> supersededDatasets;
                    case LEAVING_METRICS, ABANDONED_DATASETS -> Duration.ZERO;
                });
    }
}
