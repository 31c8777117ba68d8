package io.lossforge.job;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** A job as the interface shows it. */
record Job(
        UUID id,

        @Schema(
                description = "What it does",
                allowableValues = {"training", "batch-prediction"})
        String kind,

        String name,
        JobState state,

        @Schema(
                description =
                        "Why it is in this state, for programs: waiting-for-gpu, waiting-for-worker, waiting-for-labels,"
                                + " waiting-for-own-jobs, cancelling, pausing, preempting, or the end reason of its"
                                + " last attempt; null when there is nothing to explain")
        @Nullable String statusReason,

        @Schema(description = "The same for people") @Nullable String statusMessage,

        @Schema(description = "0 to 1") double progress,

        @Schema(description = "1 is next; null unless QUEUED") @Nullable Long queuePosition,

        @Schema(
                description =
                        "The running epoch, from 1; after the end the one whose weights the model has; null of a batch prediction")
        @Nullable Integer epoch,

        Instant createdAt,

        @Schema(description = "When a worker first took it") @Nullable Instant startedAt,

        @Nullable Instant endedAt,

        @Schema(
                description =
                        "When a slot is expected to be free for it, by the jobs that run and wait before it; null unless QUEUED, or if one of"
                                + " them is of a kind of which none has ended yet")
        @Nullable Instant estimatedStart,

        @Schema(description = "Null if nothing is known of its kind yet, and once it ended") @Nullable Instant estimatedEnd,

        @Schema(
                implementation = JobSubmission.class,
                description = "The specification of training with all defaults filled in; null unless kind is training")
        @Nullable ObjectNode spec,

        @Nullable BatchSpec batchPrediction,

        @Schema(description = "Newest value of each metric, by split and name")
        Map<String, Map<String, Double>> latestMetrics,

        @Schema(
                description =
                        "SHA-256 of the ascending positions, in the dataset's training split, of the samples trained on, each as 4 bytes, little"
                                + " endian: equal for jobs that train on the same samples; null until training has begun")
        @Nullable String trainingSha256,

        @Schema(
                description =
                        "Samples of each class trained on, after imbalance and without the validation part; null until training has begun")
        @Nullable List<Long> trainingCounts,

        @Schema(description = "Samples of each class validated on; null until training has begun") @Nullable List<Long> validationCounts,

        @Schema(
                description =
                        "weightsSha256 of the model version that spec.initialModel names: equal for jobs that start from the same weights;"
                                + " null for new weights")
        @Nullable String initialWeightsSha256,

        @Schema(
                description =
                        "SHA-256 over names, shapes and values of all weights and buffers of the trained network: equal for equal"
                                + " jobs on the same kind of device with the same number of threads, however often they were"
                                + " interrupted; null unless SUCCEEDED")
        @Nullable String weightsSha256,

        List<Attempt> attempts,

        @Schema(description = "What it made; null unless a training job that SUCCEEDED") @Nullable RegisteredModel model,

        Links links) {

    /** One try of a worker. */
    @Schema(name = "JobAttempt")
    record Attempt(
            int number,
            String worker,
            @Schema(description = "cpu or gpu") String device,
            @Nullable String deviceName,

            @Schema(description = "Threads of the engine") @Nullable Integer threads,

            @Schema(
                    description =
                            "Step of the checkpoint that it went on after; null if it started from the beginning, or has not"
                                    + " started yet")
            @Nullable Long resumedStep,

            Instant startedAt,
            @Nullable Instant endedAt,

            @Schema(
                    description =
                            "completed, error, diverged, cancelled, paused, preempted, deadline, worker_stopped, lease_lost, out_of_memory,"
                                    + " native_crash, killed or worker_error; null while it runs")
            @Nullable String endReason,

            @Nullable String endMessage) {}

    /** The model version that the job made. */
    @Schema(name = "JobModel")
    record RegisteredModel(String name, int version) {}

    /** Where the rest is. */
    @Schema(name = "JobLinks")
    record Links(
            String self,
            String events,
            String metrics,
            String log,
            String evaluation,
            String analysis,
            String bundle,

            @Schema(description = "The rows of a batch prediction; null of other jobs") @Nullable String predictions) {

        static Links of(UUID id, Work work) {
            var self = "/api/v1/jobs/" + id;
            return new Links(
                    self,
                    self + "/events",
                    self + "/metrics",
                    self + "/log",
                    self + "/evaluation",
                    self + "/analysis",
                    self + "/bundle",
                    work == Work.BATCH_PREDICTION ? self + "/predictions" : null);
        }
    }
}
