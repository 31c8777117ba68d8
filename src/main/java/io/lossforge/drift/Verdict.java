package io.lossforge.drift;

import io.lossforge.analysis.DriftReference;
import io.lossforge.model.ModelVersion;
import java.util.ArrayList;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a drift report means, for people. */
final class Verdict {

    private static final String NONE = "none";

    private Verdict() {}

    static String of(
            ModelVersion version,
            DriftReference reference,
            long samples,
            DriftReport.@Nullable Inputs inputs,
            DriftReport.@Nullable Predictions predictions) {
        if (reference.inputs().isEmpty() && reference.predictions() == null) {
            return "there is nothing to compare with: what version %d was trained on is not known here"
                    .formatted(version.version());
        }
        if (samples < DriftReport.ENOUGH) {
            return "too few samples to say: %d were seen, %d are needed".formatted(samples, DriftReport.ENOUGH);
        }
        var said = new ArrayList<String>();
        if (inputs != null && !NONE.equals(inputs.level())) {
            var worst = inputs.worst().get(0);
            said.add(String.format(
                    Locale.ROOT,
                    "the input is not what the version was trained on (%s drift): %s was %.4g ± %.2g and is %.4g ± %.2g",
                    inputs.level(),
                    worst.name(),
                    worst.referenceMean(),
                    worst.referenceDeviation(),
                    worst.mean(),
                    worst.deviation()));
        }
        if (predictions != null && !NONE.equals(predictions.level())) {
            var worst = predictions.worst().get(0);
            said.add(String.format(
                    Locale.ROOT,
                    "the classes predicted are others (%s drift): \"%s\" for %.1f %% of samples, %.1f %% of the %s split",
                    predictions.level(),
                    worst.label(),
                    100 * worst.share(),
                    100 * worst.referenceShare(),
                    predictions.referenceSplit()));
        }
        return said.isEmpty()
                ? "no drift that matters%s"
                        .formatted(inputs == null ? " in the predictions; inputs of training are not known here" : "")
                : String.join("; ", said);
    }
}
