package io.lossforge.drift;

import io.lossforge.analysis.DriftReference;
import io.lossforge.analysis.Shift;
import io.lossforge.model.ModelVersion;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** How far what a version was asked and answered lately is from what it was trained on. */
@Schema(name = "ModelDrift")
record DriftReport(
        String model,
        int version,

        @Schema(description = "How far back, ISO 8601", example = "PT1H")
        String window,

        @Schema(description = "Samples that were looked at: under load not all are")
        long samples,

        @Schema(description = "Null if what it was trained on is not known, or nothing was asked") @Nullable Inputs input,

        @Schema(description = "Null if what it predicted in training is not known, or nothing was asked") @Nullable Predictions predictions,

        @Schema(description = "What that means, in a sentence")
        String verdict) {

    /** Below it nothing is said: the index of so few would be large by chance. */
    static final int ENOUGH = 200;

    @Schema(name = "InputDrift")
    record Inputs(
            @Schema(
                    description = "Of the number that drifted most; null with fewer than 200 samples",
                    allowableValues = {"none", "moderate", "high"})
            @Nullable String level,

            @Schema(description = "Samples trained on that it is compared with")
            long referenceSamples,

            @Schema(description = "Numbers of a sample that are watched")
            int watched,

            @Schema(description = "Those that drifted most, the worst first")
            List<Input> worst) {}

    /** One number of a sample: a feature, or mean, deviation or gradient of a channel. */
    @Schema(name = "DriftedInput")
    record Input(
            String name,
            Measures measures,
            double referenceMean,
            double mean,
            double referenceDeviation,
            double deviation,

            @Schema(description = "Share of samples below the least value of training")
            double below,

            @Schema(description = "Share of samples above the greatest value of training")
            double above) {}

    @Schema(name = "PredictionDrift")
    record Predictions(
            @Schema(
                    description = "Null with fewer than 200 samples",
                    allowableValues = {"none", "moderate", "high"})
            @Nullable String level,

            @Schema(
                    description = "What it is compared with: predictions for the samples of this split",
                    allowableValues = {"validation", "test", "train"})
            String referenceSplit,

            long referenceSamples,
            Measures measures,

            @Schema(description = "The classes whose shares changed most, the worst first")
            List<PredictedClass> worst) {}

    @Schema(name = "DriftedClass")
    record PredictedClass(
            String label,

            @Schema(description = "Share of samples for which it was the likeliest class in training")
            double referenceShare,

            double share,

            @Schema(description = "Its mean probability then; null if it is not known") @Nullable Double referenceProbability,

            double probability) {}

    @Schema(name = "DriftMeasures")
    record Measures(
            @Schema(description = "Population stability index")
            double stabilityIndex,

            @Schema(description = "What the index would be by chance, about, without any drift")
            double byChance,

            @Schema(description = "Jensen-Shannon divergence in bits, 0–1")
            double jensenShannon,

            @Schema(description = "Of the χ² test that both are draws from one distribution")
            double pValue) {

        static Measures of(Shift shift) {
            return new Measures(shift.stabilityIndex(), shift.byChance(), shift.jensenShannon(), shift.pValue());
        }
    }

    /** A report in the making. */
    private record Making(ModelVersion version, DriftReference reference, Window seen, int top) {

        boolean enough() {
            return seen.samples() >= ENOUGH;
        }

        private @Nullable String level(Shift shift, int tests) {
            return enough() ? shift.level(tests).name().toLowerCase(Locale.ROOT) : null;
        }

        @Nullable Inputs inputs() {
            int count = reference.inputs().size();
            if (count == 0) {
                return null;
            }
            var shifts = new Shift[count];
            var firstBins = new int[count];
            int first = 0;
            for (int k = 0; k < count; k++) {
                var counts = reference.inputs().get(k).counts();
                firstBins[k] = first;
                shifts[k] = Shift.of(counts, counts(first, counts.length));
                first += counts.length;
            }
            var order = IntStream.range(0, count)
                    .boxed()
                    .sorted(Comparator.comparing((Integer k) -> shifts[k].level(count))
                            .thenComparing(k -> shifts[k].stabilityIndex())
                            .reversed())
                    .toList();
            return new Inputs(
                    level(shifts[order.get(0)], count),
                    reference.samples(),
                    count,
                    order.stream()
                            .limit(top)
                            .map(k -> input(k, shifts[k], firstBins[k]))
                            .toList());
        }

        private long[] counts(int first, int length) {
            return IntStream.range(first, first + length)
                    .mapToLong(bin -> seen.inputCounts()[bin])
                    .toArray();
        }

        private Input input(int k, Shift shift, int first) {
            var then = reference.inputs().get(k);
            double samples = seen.samples();
            double mean = seen.inputSums()[k] / samples;
            double squares = seen.inputSums()[reference.inputs().size() + k] / samples;
            return new Input(
                    then.name(),
                    Measures.of(shift),
                    then.mean(),
                    mean,
                    then.deviation(),
                    Math.sqrt(Math.max(0, squares - mean * mean)),
                    seen.inputCounts()[first] / samples,
                    seen.inputCounts()[first + then.counts().length - 1] / samples);
        }

        @Nullable Predictions predictions() {
            var then = reference.predictions();
            if (then == null) {
                return null;
            }
            var shift = Shift.of(then.counts(), seen.predicted());
            double before = LongStream.of(then.counts()).sum();
            double samples = seen.samples();
            var worst = IntStream.range(0, then.counts().length)
                    .boxed()
                    .sorted(Comparator.comparingDouble(
                            k -> -Math.abs(seen.predicted()[k] / samples - then.counts()[k] / before)))
                    .limit(top)
                    .map(k -> new PredictedClass(
                            version.classes().get(k),
                            then.counts()[k] / before,
                            seen.predicted()[k] / samples,
                            then.probabilities() == null ? null : (Double) then.probabilities()[k],
                            seen.probabilities()[k] / samples))
                    .toList();
            return new Predictions(level(shift, 1), then.split(), (long) before, Measures.of(shift), worst);
        }
    }

    /**
     * The report.
     *
     * @param seen empty if nothing was asked
     * @param top inputs and classes named, the worst first
     */
    static DriftReport of(
            ModelVersion version, DriftReference reference, Optional<Window> seen, Duration window, int top) {
        var making = seen.map(of -> new Making(version, reference, of, top));
        var inputs = making.map(Making::inputs).orElse(null);
        var predictions = making.map(Making::predictions).orElse(null);
        long samples = seen.map(Window::samples).orElse(0L);
        return new DriftReport(
                version.model(),
                version.version(),
                window.toString(),
                samples,
                inputs,
                predictions,
                Verdict.of(version, reference, samples, inputs, predictions));
    }

    /** Index of the input that drifted most; NaN if nothing is said of it. */
    double worstInput() {
        return input == null || input.level() == null
                ? Double.NaN
                : input.worst().get(0).measures().stabilityIndex();
    }

    /** Index of the predictions; NaN if nothing is said of them. */
    double ofPredictions() {
        return predictions == null || predictions.level() == null
                ? Double.NaN
                : predictions.measures().stabilityIndex();
    }
}
