package io.lossforge.worker;

import io.lossforge.training.Resources;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import java.time.Duration;
import java.util.List;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of a worker.
 *
 * @param slots jobs that run at once, one device each; when absent one per GPU found, or one on all CPU cores where there is no GPU. Slots
 *     beyond the number of GPUs train on the CPU
 * @param labels what this worker offers beside its devices, such as {@code a100} or {@code memory=80g}: jobs that ask for labels go to workers that
 *     have all of them
 * @param lease how long a job is this worker's without a word from it; a worker that dies is noticed after this long
 * @param standby whether an idle slot keeps a trainer process ready, so that a job starts at once; costs its memory
 * @param threads threads of the engine for each slot; when absent the cores shared equally among the slots. A job repeated with another number
 *     gives other bits
 * @param pollInterval how often an idle slot looks at the queue, and a busy one for requests to stop
 * @param flushInterval how long events of a trainer are gathered before they are stored
 * @param stopGrace how long a trainer that was told to stop has before it is killed
 * @param checkpointInterval least time between two checkpoints of a running job, of which each worker that takes the job over goes on from the
 *     last; longer where writing one takes more than a fiftieth of it, so that they cost 2 % of the time at most
 * @param spoolLimit how much of what a trainer says waits on disk while the database is away; when that is full, training waits
 * @param trainerOptions options of the trainer's Java virtual machine, such as {@code -Xmx4g}
 */
@Validated
@ConfigurationProperties("lossforge.worker")
record WorkerSettings(
        @Nullable @Min(1) @Max(256) Integer slots,
        @DefaultValue List<@Pattern(regexp = Resources.LABEL) String> labels,
        @DefaultValue("30s") @DurationMin(seconds = 1) Duration lease,
        @DefaultValue("true") boolean standby,
        @Nullable @Min(1) Integer threads,
        @DefaultValue("250ms") @DurationMin(millis = 10) Duration pollInterval,
        @DefaultValue("250ms") @DurationMin(millis = 10) Duration flushInterval,
        @DefaultValue("10s") Duration stopGrace,
        @DefaultValue("30s") @DurationMin(millis = 1) Duration checkpointInterval,
        @DefaultValue("64MB") DataSize spoolLimit,
        @DefaultValue("-XX:+UseSerialGC") List<String> trainerOptions) {}
