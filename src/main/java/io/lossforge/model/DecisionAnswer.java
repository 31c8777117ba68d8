package io.lossforge.model;

import io.lossforge.decision.Decision;
import io.lossforge.decision.SplitReport;
import io.lossforge.decision.Thresholds;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The decision of a version, as {@link Decision} says. */
@Schema(name = "ModelVersionDecision")
record DecisionAnswer(
        String model,
        int version,
        Instant fittedAt,

        @Schema(
                description =
                        "T, fitted on validation: calibrated probabilities are softmax((z - logitShift) / T), whatever the loss serves")
        double temperature,

        @Schema(description = "What the artefact takes from the logits of each class; null for nothing") @Nullable List<Float> logitShift,

        @Schema(description = "What every class should reach with the thresholds; null where there are none")
        Decision.@Nullable ChosenTarget target,

        @Schema(
                description =
                        "Which class is given, if its probability is not below its threshold: the one with the largest probability, or"
                                + " the one whose probability is the largest multiple of its threshold; null without a target")
        Thresholds.@Nullable ChosenBy chosenBy,

        List<Decision.ClassDecision> classes,

        @Schema(
                description =
                        "What changes on validation, where everything was fitted, and on test as far as there is one, which is what to expect")
        Map<String, SplitReport> splits,

        @Schema(description = "What to know before relying on it")
        List<String> warnings) {

    static DecisionAnswer of(ModelVersion version, VersionDecisions.Stored stored) {
        var decision = stored.decision();
        return new DecisionAnswer(
                version.model(),
                version.version(),
                stored.fittedAt(),
                decision.temperature(),
                decision.logitShift(),
                decision.target(),
                decision.chosenBy(),
                decision.classes(),
                decision.splits(),
                decision.warnings());
    }
}
