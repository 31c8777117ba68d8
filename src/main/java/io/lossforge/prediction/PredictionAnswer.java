package io.lossforge.prediction;

import io.lossforge.model.ModelVersion;
import java.util.ArrayList;
import java.util.List;

/** What a version says of every sample of a request, in their order. */
record PredictionAnswer(String model, int version, List<Prediction> predictions) {

    /** The likeliest class, and the likeliest ones. Probabilities of a model served by sigmoid need not add up to 1. */
    record Prediction(String label, float probability, List<Scored> top) {}

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
            predictions.add(new Prediction(top.get(0).label(), top.get(0).probability(), top));
        }
        return new PredictionAnswer(version.model(), version.version(), predictions);
    }

    private static List<Scored> top(List<String> classes, float[] probabilities, int first, int count) {
        return Likeliest.of(probabilities, first, classes.size(), count)
                .mapToObj(i -> new Scored(classes.get(i), probabilities[first + i]))
                .toList();
    }
}
