package io.lossforge.job;

import io.lossforge.training.Resources;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.RequiredMode;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import java.util.List;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;

/** A batch prediction of a registered dataset, as it is asked for. */
@Schema(name = "BatchPredictionRequest", description = "Samples of a registered dataset to run a model over")
record BatchRequest(
        @Schema(
                description = "name or name:version of a registered dataset; the newest version when none is given",
                requiredMode = RequiredMode.REQUIRED,
                example = "digits:1")
        @NotNull(message = "is required") String dataset,

        @Schema(
                description = "Which of its samples",
                defaultValue = "test",
                allowableValues = {"test", "train", "all"})
        @Pattern(regexp = "test|train|all", message = "must be test, train or all") @Nullable String split,

        @Schema(
                description = "Form of the result",
                defaultValue = "csv",
                allowableValues = {"csv", "jsonl"})
        @Pattern(regexp = BatchRequest.FORMAT, message = BatchRequest.FORMATS) @Nullable String format,

        @Schema(description = "Classes named for each sample", defaultValue = "1", minimum = "1")
        @Min(value = 1, message = "must be at least 1") @Nullable Integer topK,

        @Schema(description = "Whether to write the probability of every class", defaultValue = "false") @Nullable Boolean probabilities,

        @Schema(description = "Name for people; <model> on <dataset> when absent", maxLength = 120)
        @Size(max = 120, message = "must have at most 120 characters") @Nullable String name,

        @Schema(description = "Higher runs first", defaultValue = "0", minimum = "-1000", maximum = "1000")
        @Min(value = -1000, message = "must be at least -1000") @Max(value = 1000, message = "must be at most 1000") @Nullable Integer priority,

        @Schema(
                description = "Attempts before an infrastructure failure is final",
                defaultValue = "3",
                minimum = "1",
                maximum = "100")
        @Min(value = 1, message = "must be at least 1") @Max(value = 100, message = "must be at most 100") @Nullable Integer maxAttempts,

        @Schema(
                description = "ISO 8601 duration from submission after which the job fails; none when absent",
                type = "string",
                example = "PT2H")
        @DurationMin(nanos = 0, inclusive = false, message = "must be above 0")
        @Nullable Duration deadline,

        @Schema(description = "Labels that the worker must have, all of them; none when absent") @Nullable List<@Pattern(regexp = Resources.LABEL, message = "is not a label") String> labels) {

    static final String FORMAT = "csv|jsonl";
    static final String FORMATS = "must be csv or jsonl";

    /** Of the samples of a dataset, with every default. */
    static BatchRequest of(String dataset, String split) {
        return new BatchRequest(dataset, split, null, null, null, null, null, null, null, null);
    }

    String wantedSplit() {
        return split == null ? "test" : split;
    }
}
