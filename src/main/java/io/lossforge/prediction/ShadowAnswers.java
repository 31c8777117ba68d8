package io.lossforge.prediction;

import io.lossforge.model.Shadow;
import io.lossforge.model.ShadowChange;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Min;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Shadows over HTTP. */
final class ShadowAnswers {

    private ShadowAnswers() {}

    @Schema(name = "ShadowTarget")
    record Target(
            @Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Min(1) int version,

            @Schema(description = "Part of the requests that it also runs on", defaultValue = "1.0")
            @DecimalMin(value = "0", inclusive = false, message = "must be more than 0") @DecimalMax(value = "1", message = "must be at most 1") @Nullable Double share) {

        double shareOrAll() {
            return share == null ? 1 : share;
        }
    }

    @Schema(name = "ModelShadow")
    record Answer(
            String model,
            String alias,
            int version,
            double share,
            long revision,
            Instant since,

            @Schema(description = "One for each version that answered")
            List<Comparison> comparisons) {

        static Answer of(Shadow shadow, List<Comparison> comparisons) {
            return new Answer(
                    shadow.model(),
                    shadow.alias(),
                    shadow.version().version(),
                    shadow.share(),
                    shadow.revision(),
                    shadow.since(),
                    comparisons);
        }
    }

    /** The shadow beside one version that answered. Measures are null before there is anything to compare. */
    @Schema(name = "ShadowComparison")
    record Comparison(
            int answeredBy,

            @Schema(description = "Requests that both ran on")
            long requests,

            @Schema(description = "Requests that the shadow did not run on, since the server had no room for it")
            long dropped,

            @Schema(description = "Requests that the shadow could not answer")
            long failed,

            long samples,

            @Schema(description = "Share of samples of which both say the same likeliest class") @Nullable Double agreement,

            @Schema(description = "Mean absolute difference of probabilities, over samples and classes") @Nullable Double meanDifference,

            @Nullable Double greatestDifference,

            @Schema(description = "Mean time of a request that was answered, queue and engine") @Nullable Double answeredMilliseconds,

            @Schema(description = "Mean time of the shadow's run, which waits in no queue") @Nullable Double shadowMilliseconds,

            @Schema(description = "Samples by what each says, the most frequent pairs first, 1,000 at most")
            List<Cell> confusion,

            @Schema(description = "Why it last failed; null if it did not") @Nullable String failure) {}

    @Schema(name = "ShadowConfusion")
    record Cell(String answered, String shadow, long samples) {}

    @Schema(name = "ModelShadowHistory")
    record HistoryPage(List<Change> changes, String nextPageToken) {}

    /** {@code version} and {@code share} are null when it ended. */
    @Schema(name = "ModelShadowChange")
    record Change(
            long revision,
            @Nullable Integer version,
            @Nullable Double share,
            @Nullable String changedBy,
            Instant changedAt) {

        static Change of(ShadowChange change) {
            return new Change(
                    change.revision(), change.version(), change.share(), change.changedBy(), change.changedAt());
        }
    }
}
