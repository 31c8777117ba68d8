package io.lossforge.prediction;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A class prior as a request writes it: {@code uniform}; {@code training}, the one that the calibrated probabilities stand for, which changes
 * nothing; or {@code label:weight,label:weight…} for every class, with weights of any scale. In a label a backslash stands before a comma
 * and before a backslash; the weight is what follows the last colon.
 */
final class AskedPrior {

    private AskedPrior() {}

    /**
     * The share of each class.
     *
     * @param labels in the order of the answer
     * @param trained what {@code training} stands for
     * @param parent pointer of what the parameter is in
     * @return at least 0, sum 1
     * @throws io.lossforge.web.ApiException 400 that says what is wrong
     */
    static double[] read(String prior, List<String> labels, double[] trained, String parent) {
        var weights = new double[labels.size()];
        switch (prior) {
            case "uniform" -> Arrays.fill(weights, 1);
            case "training" -> System.arraycopy(trained, 0, weights, 0, weights.length);
            default -> readWeights(prior, labels, weights, parent);
        }
        double sum = Arrays.stream(weights).sum();
        if (!(sum > 0) || Double.isInfinite(sum)) {
            throw AskedDecision.refused(parent, "prior", "must have a weight above 0, and all together a finite sum");
        }
        return Arrays.stream(weights).map(weight -> weight / sum).toArray();
    }

    private static void readWeights(String prior, List<String> labels, double[] weights, String parent) {
        Arrays.fill(weights, Double.NaN);
        int from = 0;
        while (from <= prior.length()) {
            int to = end(prior, from);
            readWeight(prior.substring(from, to), labels, weights, parent);
            from = to + 1;
        }
        for (int k = 0; k < weights.length; k++) {
            if (Double.isNaN(weights[k])) {
                throw AskedDecision.refused(
                        parent,
                        "prior",
                        "must have a weight for every class, has none for \"%s\"; 0 rules a class out"
                                .formatted(JsonBodies.shortened(60, labels.get(k))));
            }
        }
    }

    /** Where the entry ends that begins there: at the next comma without a backslash before it. */
    private static int end(String prior, int from) {
        int at = from;
        while (at < prior.length() && prior.charAt(at) != ',') {
            at += prior.charAt(at) == '\\' ? 2 : 1;
        }
        return Math.min(at, prior.length());
    }

    private static void readWeight(String entry, List<String> labels, double[] weights, String parent) {
        int colon = entry.lastIndexOf(':');
        var weight = colon < 0 ? null : number(entry.substring(colon + 1));
        if (weight == null) {
            throw AskedDecision.refused(
                    parent,
                    "prior",
                    "must be uniform, training, or label:weight,label:weight… with weights of at least 0, was \"%s\""
                            .formatted(JsonBodies.shortened(60, entry)));
        }
        var label = entry.substring(0, colon).replaceAll("\\\\(.)", "$1");
        int k = labels.indexOf(label);
        if (k < 0 || !Double.isNaN(weights[k])) {
            throw AskedDecision.refused(
                    parent,
                    "prior",
                    (k < 0 ? "\"%s\" is no class of the model; its classes are %s" : "has \"%s\" twice: %s")
                            .formatted(
                                    JsonBodies.shortened(60, label),
                                    JsonBodies.shortened(300, String.join(", ", labels))));
        }
        weights[k] = weight;
    }

    /** Null if it is no finite number of at least 0. */
    private static @Nullable Double number(String text) {
        try {
            double number = Double.parseDouble(text);
            return number >= 0 && number < Double.POSITIVE_INFINITY ? number : null;
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
