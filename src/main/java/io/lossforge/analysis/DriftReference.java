package io.lossforge.analysis;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What served samples and predictions are compared with: the samples trained on, and what the trained network says about samples that it was not
 * trained on.
 *
 * @param samples trained on that were looked at; 0 if {@code inputs} is empty
 * @param inputs in the order of {@link InputSummary}; empty if they are not known
 * @param predictions null if they are not known
 */
public record DriftReference(
        long samples, List<Input> inputs, @Nullable Predictions predictions) {

    /** Nothing is known. */
    public static final DriftReference NONE = new DriftReference(0, List.of(), null);

    /**
     * One number of the samples trained on.
     *
     * @param edges of {@link Bins}
     * @param counts samples in each bin
     */
    public record Input(String name, double[] edges, long[] counts, double mean, double deviation) {

        /** Of the values of training. */
        public static Input of(String name, double[] values) {
            double sum = 0;
            for (double value : values) {
                sum += value;
            }
            double mean = sum / values.length;
            double squares = 0;
            for (double value : values) {
                squares += (value - mean) * (value - mean);
            }
            var bins = Bins.of(values.clone());
            var counts = new long[bins.count()];
            for (double value : values) {
                counts[bins.of(value)]++;
            }
            return new Input(name, bins.edges(), counts, mean, Math.sqrt(squares / values.length));
        }

        public Bins bins() {
            return new Bins(edges);
        }
    }

    /**
     * What the network says.
     *
     * @param split of which samples: {@code validation}, {@code test} or {@code train}
     * @param counts samples by the class that is predicted
     * @param probabilities mean served probability of each class; null if it is not known
     */
    public record Predictions(String split, long[] counts, double @Nullable [] probabilities) {}
}
