package io.lossforge.card;

import io.lossforge.analysis.Analysis;
import java.util.Comparator;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The learning-property analysis in a paragraph. */
final class LearningPropertyText {

    private LearningPropertyText() {}

    static Card.LearningProperty of(Analysis analysis) {
        var verdict = analysis.firstOrder().verdict();
        return new Card.LearningProperty(
                analysis.split(),
                verdict == null ? null : verdict.name(),
                condition(analysis) + " " + verdict(analysis) + confusion(analysis));
    }

    private static String condition(Analysis analysis) {
        return switch (analysis.condition()) {
            case WEIGHTED_COUNTS ->
                "At a minimum of this loss, what a class's own samples lack of its probability and what the samples of the other"
                        + " classes give it are equal, each counted by class weight and number of samples: the weights decide how the"
                        + " two kinds of error are traded, and not how many there are.";
            case REWEIGHTED ->
                "At a minimum of this loss, what a class's own samples lack of its probability and what the samples of the other"
                        + " classes give it are equal, with the other classes weighted by how much they are taken for it.";
            case MEAN_GRADIENT ->
                "At a minimum of this loss the mean gradient of every logit is 0; nothing simpler follows about the averaged"
                        + " probabilities.";
            case NOT_APPLICABLE ->
                "The last layer has no free bias, so that no condition on the averaged probabilities follows from a minimum.";
        };
    }

    private static String verdict(Analysis analysis) {
        var residual = analysis.firstOrder().largestRelativeResidual();
        var verdict = analysis.firstOrder().verdict();
        if (verdict == null || residual == null) {
            return "How far the network is from a minimum can't be said from this.";
        }
        var measured = String.format(
                Locale.ROOT,
                "On the %d samples of the %s split the largest relative residual of a class is %.4f: ",
                analysis.samplesAnalysed(),
                analysis.split(),
                residual);
        return measured
                + switch (verdict) {
                    case STATIONARY -> "the network is at a minimum.";
                    case NEAR -> "the network is near a minimum.";
                    case NOT_CONVERGED ->
                        "the network is not at a minimum; it was trained for too short a time, or stopped early.";
                };
    }

    private static String confusion(Analysis analysis) {
        var modality = analysis.multiModality();
        var text = new StringBuilder();
        if (modality.meanEffectiveModes() != null) {
            text.append(String.format(
                    Locale.ROOT,
                    " A class is taken for others as if it had %.1f confusers of %d.",
                    modality.meanEffectiveModes(),
                    analysis.classes().size() - 1));
        }
        var hardest = modality.perClass().stream()
                .filter(modes -> modes.hardestNonTarget() != null)
                .max(Comparator.comparingDouble(Analysis.Modes::hardestProbability))
                .orElse(null);
        return text.append(hardest(hardest)).toString();
    }

    private static String hardest(Analysis.@Nullable Modes hardest) {
        return hardest == null
                ? ""
                : String.format(
                        Locale.ROOT,
                        " The most is taken from %s by %s: a mean probability of %.3f on its samples.",
                        Objects.requireNonNull(hardest.hardestNonTarget()),
                        hardest.className(),
                        hardest.hardestProbability());
    }
}
