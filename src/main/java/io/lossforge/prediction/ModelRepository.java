package io.lossforge.prediction;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Answers of the extensions {@code statistics} and {@code model_repository} of the Open Inference Protocol. */
final class ModelRepository {

    private ModelRepository() {}

    @Schema(name = "RepositoryIndexRequest")
    record IndexRequest(@Nullable Boolean ready) {}

    /** A version: READY in memory, UNAVAILABLE when it would have to be loaded first. */
    @Schema(name = "RepositoryModel")
    record Entry(
            String name,
            String version,

            @Schema(allowableValues = {"READY", "UNAVAILABLE"})
            String state,

            String reason) {}

    /** {@code last_inference} in milliseconds since 1970. All since the model was loaded. */
    @Schema(name = "ModelStatistics")
    record Statistics(
            String name,
            String version,
            @JsonProperty("last_inference") long lastInference,
            @JsonProperty("inference_count") long inferenceCount,
            @JsonProperty("execution_count") long executionCount,
            @JsonProperty("inference_stats") InferenceStatistics inferenceStats,
            @JsonProperty("batch_stats") List<BatchStatistics> batchStats) {

        static Statistics of(String name, String version, ModelStatistics seen) {
            return new Statistics(
                    name,
                    version,
                    seen.lastEnded(),
                    seen.samples(),
                    seen.runs().count(),
                    new InferenceStatistics(
                            Duration.of(seen.succeeded()),
                            Duration.of(seen.failed()),
                            Duration.of(seen.queued()),
                            Duration.of(seen.prepared()),
                            Duration.of(seen.runs()),
                            Duration.within(seen.runs()),
                            new Duration(0, 0)),
                    seen.bySamples().entrySet().stream()
                            .map(run -> BatchStatistics.of(run.getKey(), run.getValue()))
                            .toList());
        }
    }

    /** Taking the outputs out is a part of {@code compute_infer}; nothing is answered from a cache. */
    @Schema(name = "InferenceStatistics")
    record InferenceStatistics(
            Duration success,
            Duration fail,
            Duration queue,
            @JsonProperty("compute_input") Duration computeInput,
            @JsonProperty("compute_infer") Duration computeInfer,
            @JsonProperty("compute_output") Duration computeOutput,
            @JsonProperty("cache_hit") Duration cacheHit) {}

    /** Samples are prepared before it is known what runs they will be in, so that it costs a run nothing. */
    @Schema(name = "BatchStatistics")
    record BatchStatistics(
            @JsonProperty("batch_size") int batchSize,
            @JsonProperty("compute_input") Duration computeInput,
            @JsonProperty("compute_infer") Duration computeInfer,
            @JsonProperty("compute_output") Duration computeOutput) {

        static BatchStatistics of(int samples, ModelStatistics.Total runs) {
            return new BatchStatistics(samples, Duration.within(runs), Duration.of(runs), Duration.within(runs));
        }
    }

    /** {@code ns} is the sum. */
    @Schema(name = "StatisticDuration")
    record Duration(long count, long ns) {

        static Duration of(ModelStatistics.Total total) {
            return new Duration(total.count(), total.nanoseconds());
        }

        /** As often, and its time is counted there. */
        static Duration within(ModelStatistics.Total total) {
            return new Duration(total.count(), 0);
        }
    }

    @Schema(name = "ModelStatisticsList")
    record StatisticsList(@JsonProperty("model_stats") List<Statistics> modelStats) {}
}
