package io.lossforge.card;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.lossforge.admission.Findings;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** What is known of a model version, and what follows from it. */
@Schema(name = "ModelCard")
record Card(
        String model,
        int version,
        Instant createdAt,

        @Schema(
                description = "trained here, or brought as an ONNX file that was trained elsewhere",
                allowableValues = {"trained", "brought"})
        String origin,

        List<String> classes,

        @Schema(allowableValues = {"images", "features"}) String inputKind,

        @Schema(description = "[channels, height, width] or [features]")
        List<Integer> inputShape,

        @Schema(description = "How logits become probabilities: softmax, sigmoid or temperedSoftmax")
        String servingTransform,

        @Schema(description = "What it was trained on; null if it is not known") @Nullable Data data,

        @Schema(description = "What training minimised; null if it is not known") @Nullable Loss loss,

        @Schema(description = "How it was trained; null if it is not known") @Nullable Training training,

        @Schema(description = "How well it classifies, the test split first; empty if it is not known")
        List<Evaluated> evaluations,

        @Schema(
                description =
                        "What its averaged probabilities say about loss and class weights; null if it is not known")
        @Nullable LearningProperty analysis,

        @Schema(description = "How far its probabilities can be taken at their word; null if it is not known") @Nullable Calibration calibration,

        @Schema(description = "The file that it was made of; null if it was trained here") @Nullable Brought brought,

        @Schema(description = "What its owner says; null if nothing") @Nullable Statement statement,

        @Schema(description = "What follows from all this for who uses it, a sentence each")
        List<String> limits,

        @Schema(description = "What is not known, a phrase each")
        List<String> unknown,

        @Schema(description = "Of the artefact") String sha256,

        long bytes,
        Map<String, String> links) {

    /** The data of training and test. */
    @Schema(name = "ModelCardData")
    record Data(
            @Schema(description = "name:version") String dataset,

            @Schema(description = "What it was ingested from; null if the dataset was deleted") @Nullable String format,

            List<ClassCount> perClass,

            @Schema(
                    description =
                            "Samples of the largest class over those of the smallest, as trained; null if they are not known")
            @Nullable Double imbalanceRatio,

            @Schema(description = "Profile of the imbalance that was made on purpose; null without") @Nullable Map<String, Object> imbalance,

            @Schema(description = "What was noticed when it was ingested")
            List<String> warnings) {}

    /** Samples of one class; null where it is not known. */
    @Schema(name = "ModelCardClassCount")
    record ClassCount(
            @JsonProperty("class") String className,
            @Nullable Long training,
            @Nullable Long validation,
            @Nullable Long test) {}

    /** A loss, and the weights of the classes in it. */
    @Schema(name = "ModelCardLoss")
    record Loss(
            String name,
            String summary,

            @Schema(description = "empty where there is none")
            String formula,

            @Schema(description = "source; empty where there is none")
            String reference,

            Map<String, Object> parameters,
            Map<String, Object> classWeights,

            @Schema(description = "null if it is not known") @Nullable Double labelSmoothing,

            @Schema(description = "null without") @Nullable Map<String, Object> logitAdjustment) {}

    /** One of a catalogue, with its parameters. */
    @Schema(name = "ModelCardChoice")
    record Choice(String name, Map<String, Object> parameters) {}

    /** A training. */
    @Schema(name = "ModelCardTraining")
    record Training(
            Choice architecture,
            Choice optimizer,
            Choice schedule,
            Choice sampler,
            List<Choice> augmentations,
            int batchSize,
            int epochs,

            @Schema(description = "The last epoch that was trained; null if it is not known") @Nullable Integer lastEpoch,

            long seed,

            @Schema(description = "name:version that it started from; null for new weights") @Nullable String initialModel,

            double seconds,
            int attempts,
            String device,
            @Nullable Integer threads) {}

    /** How well a version classifies one split. */
    @Schema(name = "ModelCardEvaluation")
    record Evaluated(String split, long count, SortedMap<String, Double> metrics, List<ClassScore> perClass) {}

    /** How well one class is found. */
    @Schema(name = "ModelCardClassScore")
    record ClassScore(
            @JsonProperty("class") String className,
            double precision,
            double recall,

            @Schema(description = "95 % interval of the recall (Wilson); null without samples") @Nullable Double recallLower,

            @Nullable Double recallUpper,
            double f1,
            long support) {}

    /** The learning-property analysis of one split, in short. */
    @Schema(name = "ModelCardLearningProperty")
    record LearningProperty(
            String split,

            @Schema(description = "STATIONARY, NEAR or NOT_CONVERGED; null where it can't be said") @Nullable String verdict,

            String text) {}

    /** Expected calibration error and negative log-likelihood, as they are and after temperature scaling. */
    @Schema(name = "ModelCardCalibration")
    record Calibration(
            String split,
            double ece,
            double nll,

            @Schema(description = "Fitted on validation; null without") @Nullable Double temperature,

            @Nullable Double scaledEce,
            @Nullable Double scaledNll) {}

    /** A file that was trained elsewhere. */
    @Schema(name = "ModelCardBrought")
    record Brought(
            @Nullable String fileName,
            String fileSha256,
            long fileBytes,
            @Schema(description = "What was said about it") Map<String, Object> declaration,
            Findings findings,
            @Nullable String broughtBy,
            Instant broughtAt) {}
}
