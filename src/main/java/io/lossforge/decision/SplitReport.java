package io.lossforge.decision;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a decision changes on the samples of one split. Every rate is 0–1. */
public record SplitReport(
        @JsonPropertyDescription("Samples measured") long samples,

        @JsonPropertyDescription("Mean negative log-likelihood, in nats, as served and calibrated")
        BeforeAfter nll,

        @JsonPropertyDescription(
                "Expected calibration error of the top label, 15 equal-width bins, as served and calibrated")
        BeforeAfter ece,

        @JsonPropertyDescription(
                "Mean recall over the classes that have samples, calibrated and with the prior uniform")
        BeforeAfter balancedAccuracy,

        @JsonPropertyDescription("What the thresholds do; null without a target") @Nullable Decided decided) {

    /** A measure without and with what it is of. */
    public record BeforeAfter(double before, double after) {}

    /** What the thresholds do. */
    public record Decided(
            @JsonPropertyDescription("Part of the samples that are given no class")
            double abstained,

            @JsonPropertyDescription("Part of the samples given a class that are given the right one; null if none is")
            @Nullable Double accuracy,

            List<ClassRates> perClass) {}

    /** What the thresholds do with one class. Before is the likeliest class, always given. */
    public record ClassRates(
            String label,

            @JsonPropertyDescription("Samples of the class") long support,

            @JsonPropertyDescription("Samples that are given the class")
            long given,

            @JsonPropertyDescription("null without samples of the class") @Nullable Double recallBefore,

            @JsonPropertyDescription(
                    "Samples of the class that are given it; one given none is a miss. null without samples")
            @Nullable Double recall,

            @JsonPropertyDescription("null where nothing is given the class") @Nullable Double precisionBefore,

            @JsonPropertyDescription("null where nothing is given the class") @Nullable Double precision,

            @JsonPropertyDescription("Part of the samples of the class that are given one at all; null without samples")
            @Nullable Double coverage) {}
}
