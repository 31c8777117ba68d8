package io.lossforge.experiment;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What an experiment showed. Rates are 0–1; everything but the curves and the choice is of the test split.
 *
 * @param settings one where all combinations have the same data
 */
@Schema(name = "ExperimentReport")
record Report(
        UUID experiment,
        String name,

        @Schema(description = "Jobs that succeeded") long succeeded,

        @Schema(description = "Jobs that there should be; while there are fewer the report is of what there is")
        long jobs,

        List<String> classes,
        List<Setting> settings,
        Method method) {

    /** Combinations on equal data, which are compared with each other. */
    @Schema(name = "ReportSetting")
    record Setting(
            @Schema(description = "What tells the data from the other settings'; empty if there is one setting")
            String label,

            @Schema(description = "Samples that are trained on, by class")
            List<Long> trainingCounts,

            @Schema(description = "null where no job was validated") @Nullable Choice choice,

            @Schema(description = "Why there is no choice") @Nullable String choiceReason,

            List<Cell> cells) {}

    /** The combination that validation says is best: the test split took no part. */
    @Schema(name = "ReportChoice")
    record Choice(
            int cell,
            String label,

            @Schema(description = "Mean balanced accuracy on the validation split")
            double validation,

            @Schema(description = "Mean balanced accuracy on the test split")
            double test,

            String text) {}

    /** A combination. */
    @Schema(name = "ReportCell")
    record Cell(
            int cell,
            String label,
            @JsonProperty("isBaseline") boolean isBaseline,

            @Schema(description = "Seeds whose jobs succeeded")
            List<Long> seeds,

            Verdict verdict,

            @Schema(description = "By metric; one that no job has a value of is missing")
            Map<String, Spread> metrics,

            @Schema(description = "Why a metric is missing") Map<String, String> absent,

            @Schema(description = "By metric, against the baseline of the setting; empty for itself")
            Map<String, PairedDifference> differences,

            @Schema(description = "Of balanced accuracy against the baseline; null for itself") @Nullable SignedRank signedRank,

            @Schema(description = "By seed, on the samples of the test split, against the baseline; empty for itself")
            List<McNemar> mcNemar,

            @Schema(description = "On the validation split, by metric, at the end of each epoch")
            Map<String, List<CurvePoint>> curves,

            @Schema(
                    description =
                            "Mean share of each true class (row) that is predicted as each class (column); null with more than 50 classes")
            @Nullable List<List<Double>> confusion) {}

    /** A point of a learning curve. */
    @Schema(name = "ReportCurvePoint")
    record CurvePoint(
            int epoch, int count, double mean, @Nullable Double sd) {}

    /** How the numbers came about. */
    @Schema(name = "ReportMethod")
    record Method(
            int bootstrapResamples,
            long bootstrapSeed,
            int manyShotAbove,
            int fewShotBelow,

            @Schema(description = "For people") List<String> notes) {

        static Method standard() {
            return new Method(
                    PairedDifference.RESAMPLES,
                    PairedDifference.SEED,
                    Metric.MANY_ABOVE,
                    Metric.FEW_BELOW,
                    List.of(
                            "Values are means over seeds ± the standard deviation of the sample (n − 1).",
                            "Combinations are compared with the baseline on equal data, paired by seed: the same seed has the same split and order of the samples.",
                            "Intervals: percentile bootstrap of the mean difference over pairs, 95 %%, %,d resamples, seed %d. With few pairs such an interval is too narrow; below %d pairs no difference is called one."
                                    .formatted(
                                            PairedDifference.RESAMPLES, PairedDifference.SEED, SignedRank.FEWEST_PAIRS),
                            "Signed-rank test: Wilcoxon, two-sided, on balanced accuracy, p values after Holm for all comparisons of the report.",
                            "McNemar's test: exact, two-sided, of each pair of jobs with equal seed on the same test samples; not corrected.",
                            "Effect size d: mean of the paired differences by their standard deviation.",
                            "Many-shot classes have more than %d training samples, few-shot classes fewer than %d, medium-shot classes the rest (after imbalance, without the validation part)."
                                    .formatted(Metric.MANY_ABOVE, Metric.FEW_BELOW),
                            "The best combination is chosen by mean balanced accuracy on the validation split and only then reported on the test split. Learning curves are of the validation split."));
        }
    }
}
