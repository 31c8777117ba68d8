package io.lossforge.prediction;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.lossforge.decision.Thresholds;
import io.lossforge.model.ModelVersion;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What a version says of every sample of a request, in their order. {@code applied} is there when the request asked for something. */
record PredictionAnswer(
        String model,
        int version,

        @JsonInclude(JsonInclude.Include.NON_NULL) AppliedDecision.@Nullable Shown applied,

        List<Prediction> predictions) {

    /**
     * The class given, or the likeliest one, and the likeliest ones. Probabilities of a model served by sigmoid need not add up to 1.
     */
    record Prediction(
            @Schema(description = "null where the request allows to give no class, and none is given") @Nullable String label,

            @Schema(description = "Of the label; of the likeliest class where there is none")
            float probability,

            @Schema(description = "Whether no class is given; not there unless the request allows it")
            @JsonInclude(JsonInclude.Include.NON_NULL)
            @Nullable Boolean abstained,

            List<Scored> top) {}

    /** A class and its probability, 0–1. */
    record Scored(String label, float probability) {}

    /**
     * Names the classes.
     *
     * @param probabilities {@code [samples][classes]} in one array
     * @param topK classes named for every sample, at least 1
     */
    static PredictionAnswer of(ModelVersion version, float[] probabilities, int topK) {
        var classes = version.classes();
        var predictions = new ArrayList<Prediction>(probabilities.length / classes.size());
        for (int first = 0; first < probabilities.length; first += classes.size()) {
            var top = top(classes, probabilities, first, topK);
            predictions.add(new Prediction(top.get(0).label(), top.get(0).probability(), null, top));
        }
        return new PredictionAnswer(version.model(), version.version(), null, predictions);
    }

    /**
     * Names the classes that are given.
     *
     * @param scores of {@link AppliedDecision#source}, {@code [samples][classes]} in one array
     * @param topK classes named for every sample, at least 1
     */
    static PredictionAnswer of(ModelVersion version, float[] scores, int topK, AppliedDecision applied) {
        var classes = version.classes();
        var predictions = new ArrayList<Prediction>(scores.length / classes.size());
        var probabilities = new double[classes.size()];
        for (int first = 0; first < scores.length; first += classes.size()) {
            applied.probabilities(scores, first, probabilities);
            predictions.add(prediction(classes, probabilities, topK, applied));
        }
        return new PredictionAnswer(version.model(), version.version(), applied.shown(), predictions);
    }

    private static Prediction prediction(
            List<String> classes, double[] probabilities, int topK, AppliedDecision applied) {
        var top = IntStream.range(0, probabilities.length)
                .boxed()
                .sorted((a, b) -> Double.compare(probabilities[b], probabilities[a]))
                .limit(topK)
                .map(k -> new Scored(classes.get(k), (float) probabilities[k]))
                .toList();
        int given = applied.decide(probabilities);
        boolean none = given == Thresholds.NONE;
        return new Prediction(
                none ? null : classes.get(given),
                none ? top.get(0).probability() : (float) probabilities[given],
                applied.asked().mayAbstain() ? (Boolean) none : null,
                top);
    }

    private static List<Scored> top(List<String> classes, float[] probabilities, int first, int count) {
        return Likeliest.of(probabilities, first, classes.size(), count)
                .mapToObj(i -> new Scored(classes.get(i), probabilities[first + i]))
                .toList();
    }
}
