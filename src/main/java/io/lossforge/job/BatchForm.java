package io.lossforge.job;

import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.RequiredMode;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import java.util.List;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.springframework.web.multipart.MultipartFile;

/** A batch prediction of pictures that are sent with it, as it is asked for. */
@Schema(name = "BatchPredictionForm", description = "Pictures to run a model over, and what is wanted of them")
record BatchForm(
        @Schema(
                description =
                        "Pictures, and zip or tar(.gz) archives of pictures. Where the folder of a picture is named like a class of the model, that"
                                + " is its true class",
                requiredMode = RequiredMode.REQUIRED)
        @Nullable List<MultipartFile> file,

        @Schema(
                description = "Form of the result",
                defaultValue = "csv",
                allowableValues = {"csv", "jsonl"})
        @Pattern(regexp = BatchRequest.FORMAT, message = BatchRequest.FORMATS) @Nullable String format,

        @Schema(description = "Classes named for each picture", defaultValue = "1", minimum = "1")
        @Min(value = 1, message = "must be at least 1") @Nullable Integer topK,

        @Schema(description = "Whether to write the probability of every class", defaultValue = "false") @Nullable Boolean probabilities,

        @Schema(description = "Name for people; <model> on <first file> when absent", maxLength = 120)
        @Size(max = 120, message = "must have at most 120 characters") @Nullable String name,

        @Schema(description = "Higher runs first", defaultValue = "0", minimum = "-1000", maximum = "1000")
        @Min(value = -1000, message = "must be at least -1000") @Max(value = 1000, message = "must be at most 1000") @Nullable Integer priority,

        @Schema(
                description = "ISO 8601 duration from submission after which the job fails; none when absent",
                type = "string",
                example = "PT2H")
        @DurationMin(nanos = 0, inclusive = false, message = "must be above 0")
        @Nullable Duration deadline) {

    List<MultipartFile> files() {
        return file == null ? List.of() : file;
    }

    /** What is wanted of the pictures, in the words of the other form. */
    BatchRequest request() {
        return new BatchRequest("", JobInputs.SPLIT, format, topK, probabilities, name, priority, null, deadline, null);
    }
}
