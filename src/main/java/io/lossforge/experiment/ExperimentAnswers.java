package io.lossforge.experiment;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.lossforge.job.JobState;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** What the interface answers about experiments. */
final class ExperimentAnswers {

    private ExperimentAnswers() {}

    /** What was, or would be, queued. */
    @Schema(name = "SubmittedExperiment")
    record Submitted(
            @Schema(description = "null after a dry run") @Nullable UUID id,

            String name,

            @Schema(description = "Combinations without the seeds")
            int cells,

            @Schema(description = "Jobs that each combination is: one per seed")
            int seeds,

            @Schema(description = "How many there are in all")
            long jobs,

            @Schema(
                    description =
                            "ISO 8601 duration on the workers that are running, by finished jobs of like kind; null where there is none",
                    example = "PT40M")
            @Nullable String estimatedDuration,

            @Schema(description = "Why there is no estimate") @Nullable String estimateReason,

            @Schema(example = "72 jobs, about 40 min") String summary,

            @Schema(
                    description =
                            "What the report will not be able to say with these seeds; empty if nothing is in its way")
            List<String> warnings,

            @Schema(description = "Model that the jobs make versions of")
            String model,

            @Schema(description = "null after a dry run") @Nullable Links links) {}

    /** Where the rest is. */
    @Schema(name = "ExperimentLinks")
    record Links(String self, String jobs, String report) {

        static Links of(UUID id) {
            var self = "/api/v1/experiments/" + id;
            return new Links(self, "/api/v1/jobs?experiment=" + id, self + "/report");
        }
    }

    /** An experiment in short, as lists show it. */
    @Schema(name = "ExperimentSummary")
    record Summary(
            UUID id,
            String name,
            ExperimentState state,

            @Schema(description = "0 to 1: mean of its jobs")
            double progress,

            @Schema(description = "How many jobs it has, those that were deleted included")
            long jobs,

            @Schema(description = "How many jobs are in each state")
            Map<JobState, Long> states,

            Instant createdAt,
            Links links) {}

    /** A page of experiments. */
    @Schema(name = "ExperimentPage")
    record Page(
            List<Summary> experiments,
            @Schema(description = "empty at the end") String nextPageToken) {}

    /** An experiment. */
    @Schema(name = "Experiment")
    record Whole(
            UUID id,
            String name,
            ExperimentState state,

            @Schema(description = "0 to 1: mean of its jobs")
            double progress,

            @Schema(description = "How many jobs it has, those that were deleted included")
            long jobs,

            @Schema(description = "How many jobs are in each state")
            Map<JobState, Long> states,

            Instant createdAt,

            @Schema(description = "null where nothing tells, and when it has ended") @Nullable Instant estimatedEnd,

            @Schema(implementation = ExperimentSubmission.class, description = "As it was submitted")
            ObjectNode document,

            @Schema(description = "All seeds by now") List<Long> seeds,

            List<Cell> cells,
            Links links) {}

    /** A combination and its jobs. */
    @Schema(name = "ExperimentCell")
    record Cell(
            @Schema(description = "Place among the combinations, from 0")
            int cell,

            @Schema(description = "What tells it from the others")
            String label,

            @Schema(description = "What tells its data from the others'; empty where all have the same")
            String setting,

            @Schema(description = "Whether the others of its setting are compared with it") @JsonProperty("isBaseline")
            boolean isBaseline,

            List<Run> runs) {}

    /** A job of a combination. */
    @Schema(name = "ExperimentRun")
    record Run(
            long seed,
            UUID job,
            JobState state,
            @Schema(description = "0 to 1") double progress) {}
}
