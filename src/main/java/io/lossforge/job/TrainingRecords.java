package io.lossforge.job;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** How jobs trained, for whoever describes what they made. */
@Component
public class TrainingRecords {

    private final Jobs jobs;

    TrainingRecords(Jobs jobs) {
        this.jobs = jobs;
    }

    /** That of a job; empty if it was deleted, or has not been trained. */
    @Transactional(readOnly = true)
    public Optional<TrainingRecord> of(UUID id) {
        return jobs.findById(id).filter(job -> !job.attempts.isEmpty()).map(TrainingRecords::of);
    }

    private static TrainingRecord of(TrainingJob job) {
        var last = job.attempts.get(job.attempts.size() - 1);
        return new TrainingRecord(
                job.spec,
                job.epoch,
                job.attempts.stream().map(TrainingRecords::time).reduce(Duration.ZERO, Duration::plus),
                job.attempts.size(),
                last.device(),
                last.deviceName(),
                last.threads(),
                list(job.trainingCounts),
                list(job.validationCounts));
    }

    private static Duration time(JobAttempt attempt) {
        return attempt.endedAt() == null ? Duration.ZERO : Duration.between(attempt.startedAt(), attempt.endedAt());
    }

    private static List<Long> list(long @Nullable [] counts) {
        return counts == null ? List.of() : Arrays.stream(counts).boxed().toList();
    }
}
