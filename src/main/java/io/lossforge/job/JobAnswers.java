package io.lossforge.job;

import io.lossforge.catalogue.InvalidDocument;
import io.lossforge.job.Forecast.Estimate;
import io.lossforge.job.Obstacles.Wait;
import io.lossforge.training.Catalogues;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** Jobs as the interface shows them. */
@Component
class JobAnswers {

    private final QueueOutlook outlook;

    JobAnswers(QueueOutlook outlook) {
        this.outlook = outlook;
    }

    Job of(TrainingJob job) {
        return of(List.of(job)).get(0);
    }

    /** Looks up what the queue says about all of them at once. */
    List<Job> of(List<TrainingJob> jobs) {
        var queued = jobs.stream()
                .filter(job -> job.state == JobState.QUEUED)
                .map(TrainingJob::id)
                .toList();
        Map<UUID, Long> positions = queued.isEmpty() ? Map.of() : outlook.positions(queued);
        var obstacles = queued.isEmpty() ? Obstacles.NONE : outlook.obstacles();
        boolean trainersKnow = jobs.stream()
                .allMatch(job -> job.state != JobState.QUEUED && (!job.state.isHeld() || job.estimatedEnd != null));
        Map<UUID, Estimate> estimates = trainersKnow ? Map.of() : outlook.estimates();
        return jobs.stream()
                .map(job -> answer(
                        job,
                        positions.get(job.id()),
                        obstacles.of(job.state, job.owner, job.device, job.labels),
                        estimates.get(job.id())))
                .toList();
    }

    private static Job answer(
            TrainingJob job, @Nullable Long position, @Nullable Wait obstacle, @Nullable Estimate estimate) {
        return new Job(
                job.id(),
                job.work.json(),
                job.name,
                job.state,
                obstacle == null ? job.statusReason : obstacle.reason(),
                obstacle == null ? job.statusMessage : obstacle.message(),
                job.progress,
                position,
                job.epoch,
                job.createdAt,
                job.startedAt,
                job.endedAt,
                estimate == null || job.state != JobState.QUEUED ? null : estimate.start(),
                estimatedEnd(job, estimate),
                job.work == Work.TRAINING ? ordered(job.spec) : null,
                job.work == Work.BATCH_PREDICTION ? BatchSpec.of(job.spec) : null,
                latest(job.latestMetrics),
                job.trainingSha256,
                list(job.trainingCounts),
                list(job.validationCounts),
                job.initialWeightsSha256,
                job.weightsSha256,
                attempts(job.attempts),
                job.modelName == null || job.modelVersion == null
                        ? null
                        : new Job.RegisteredModel(job.modelName, job.modelVersion),
                Job.Links.of(job.id(), job.work));
    }

    /** A trainer knows best; of what has none there is what the queue expects. */
    private static @Nullable Instant estimatedEnd(TrainingJob job, @Nullable Estimate estimate) {
        var expected =
                estimate == null || job.state.isFinished() || job.state == JobState.PAUSED ? null : estimate.end();
        return job.estimatedEnd == null ? expected : job.estimatedEnd;
    }

    /** In the order of the record, which the database does not keep; as it is if this version knows it no more. */
    private static ObjectNode ordered(ObjectNode spec) {
        try {
            return Catalogues.JSON.write(Catalogues.JSON.read(io.lossforge.training.TrainingSpec.class, spec));
        } catch (InvalidDocument e) {
            return spec;
        }
    }

    private static @Nullable List<Long> list(long @Nullable [] counts) {
        return counts == null ? null : Arrays.stream(counts).boxed().toList();
    }

    private static Map<String, Map<String, Double>> latest(ObjectNode metrics) {
        var bySplit = new TreeMap<String, Map<String, Double>>();
        for (var split : metrics.properties()) {
            var byName = new TreeMap<String, Double>();
            split.getValue()
                    .properties()
                    .forEach(metric ->
                            byName.put(metric.getKey(), metric.getValue().asDouble()));
            bySplit.put(split.getKey(), byName);
        }
        return bySplit;
    }

    private static List<Job.Attempt> attempts(List<JobAttempt> attempts) {
        var answers = new ArrayList<Job.Attempt>();
        for (var attempt : attempts) {
            var reason = attempt.endReason();
            answers.add(new Job.Attempt(
                    answers.size() + 1,
                    attempt.worker(),
                    attempt.device(),
                    attempt.deviceName(),
                    attempt.threads(),
                    attempt.resumedStep(),
                    attempt.startedAt(),
                    attempt.endedAt(),
                    reason == null ? null : reason.code(),
                    attempt.endMessage()));
        }
        return answers;
    }
}
