package io.lossforge.job;

import io.lossforge.training.TrainerEvent;
import jakarta.persistence.Embeddable;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One try of a worker at a job.
 *
 * @param worker name of the worker
 * @param device {@code cpu} or {@code gpu}
 * @param deviceName such as the GPU's model; null until the trainer says it
 * @param threads of the engine; null until the trainer says it
 * @param resumedStep the step that it went on after; null if it started from the beginning
 */
@Embeddable
record JobAttempt(
        String worker,
        String device,
        @Nullable String deviceName,
        @Nullable Integer threads,
        @Nullable Long resumedStep,
        Instant startedAt,
        @Nullable Instant endedAt,
        @Enumerated(EnumType.STRING) @Nullable EndReason endReason,
        @Nullable String endMessage) {

    JobAttempt running(TrainerEvent.Started started) {
        var resumed = started.resumed();
        return new JobAttempt(
                worker,
                started.device(),
                started.deviceName(),
                started.threads(),
                resumed == null ? null : resumed.step(),
                startedAt,
                endedAt,
                endReason,
                endMessage);
    }

    JobAttempt running(TrainerEvent.Predicting begun) {
        return new JobAttempt(
                worker, "cpu", begun.deviceName(), begun.threads(), null, startedAt, endedAt, endReason, endMessage);
    }

    JobAttempt ended(EndReason reason, @Nullable String message, Instant now) {
        return new JobAttempt(worker, device, deviceName, threads, resumedStep, startedAt, now, reason, message);
    }
}
