package io.lossforge.training;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How well a network classifies one split. Every rate is 0–1.
 *
 * @param count samples
 * @param classes names, in the order of rows and columns of {@code confusion}
 * @param balancedAccuracy mean recall over classes that have samples
 * @param macroF1 mean F1 over classes that have samples
 * @param worstClassRecall least recall over classes that have samples
 * @param auroc macro average of one-vs-rest areas under the ROC curve; null where no class has both kinds of samples, or with
 *     more than 16.7 million probabilities (samples × classes)
 * @param auprc macro average precision, one-vs-rest; null likewise
 * @param nll mean negative log-likelihood in nats, of probabilities that sum to 1 (σ/Σσ for sigmoid losses)
 * @param brier mean squared distance from one-hot, 0–2
 * @param ece expected calibration error of the top label, 15 equal-width bins
 * @param confusion rows true, columns predicted
 * @param temperature T that makes the validation samples most likely under softmax(z / T); null without a validation split
 * @param scaledNll {@code nll} of softmax(z / T), of the stored logits; null likewise
 * @param scaledEce {@code ece} of softmax(z / T), of the stored logits; null likewise
 * @param reliability what {@code ece} is from: 15 bins of equal width; null of a job from before this was kept
 */
public record Evaluation(
        String split,
        long count,
        List<String> classes,
        double accuracy,
        double balancedAccuracy,
        @JsonProperty("macroF1") double macroF1,
        double worstClassRecall,
        @Nullable Double auroc,
        @Nullable Double auprc,
        double nll,
        double brier,
        double ece,
        List<ClassScore> perClass,
        long[][] confusion,

        @JsonPropertyDescription(
                "T that makes the validation samples most likely under softmax(z / T); null without a validation split")
        @Nullable Double temperature,

        @JsonPropertyDescription("nll of softmax(z / T), of the stored logits; null without a validation split")
        @Nullable Double scaledNll,

        @JsonPropertyDescription("ece of softmax(z / T), of the stored logits; null without a validation split")
        @Nullable Double scaledEce,

        @JsonPropertyDescription(
                "How often the likeliest class is right by how probable it is, in 15 bins of equal width from 0 to 1, which ece is from;"
                        + " null of a job from before this was kept")
        @Nullable List<ReliabilityBin> reliability) {

    /**
     * Predictions whose likeliest class is about as probable.
     *
     * @param count samples
     * @param confidence mean probability of the class predicted; null where there are no samples
     * @param accuracy part of them predicted rightly; null likewise
     */
    public record ReliabilityBin(
            long count,
            @Nullable Double confidence,
            @Nullable Double accuracy) {}

    /** How well one class is found. Precision is 0 where nothing was predicted as the class. */
    public record ClassScore(
            @JsonProperty("class") String className,
            double precision,
            double recall,
            @JsonProperty("f1") double f1,
            long support) {}

    /** Samples by the class that is predicted. */
    public long[] predictedCounts() {
        var counts = new long[classes.size()];
        for (var row : confusion) {
            for (int k = 0; k < counts.length; k++) {
                counts[k] += row[k];
            }
        }
        return counts;
    }

    /** The same with what temperature scaling makes of it. */
    Evaluation with(Calibration calibration) {
        return new Evaluation(
                split,
                count,
                classes,
                accuracy,
                balancedAccuracy,
                macroF1,
                worstClassRecall,
                auroc,
                auprc,
                nll,
                brier,
                ece,
                perClass,
                confusion,
                calibration.temperature(),
                calibration.nll(),
                calibration.ece(),
                reliability);
    }
}
