package io.lossforge.training;

import io.lossforge.analysis.DriftReference;
import io.lossforge.analysis.InputSummary;
import io.lossforge.analysis.SplitLogits;
import io.lossforge.loss.ServingTransform;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * What serving is compared with, as a file beside the artefact: summaries of the samples trained on, without augmentation, and what the network
 * predicts of the validation split, which has the same shares of classes; without one, of the test split, else of the training split.
 */
public final class DriftReferences {

    private static final String FILE = "reference.json";

    /** Samples looked at, evenly spaced, at most; the more numbers each has, the fewer. */
    private static final int MOST_SAMPLES = 10_000;

    private static final int MOST_VALUES = 1 << 23;

    private DriftReferences() {}

    /** What a job wrote, or nothing. */
    public static Optional<DriftReference> read(Path output) throws IOException {
        var file = output.resolve(FILE);
        return Files.exists(file)
                ? Optional.of(JsonMapper.shared().readValue(Files.readString(file), DriftReference.class))
                : Optional.empty();
    }

    static void write(Setup setup, Passes.Measured measured, float @Nullable [] logitShift, Path output)
            throws IOException {
        var inputs = inputs(setup.dataset(), setup.splits().training());
        var serving = setup.spec().loss().servingTransform();
        var predictions = Stream.of("validation", "test", "train")
                .flatMap(split -> predictions(measured, split, serving, logitShift).stream())
                .findFirst()
                .orElse(null);
        long samples = LongStream.of(inputs.get(0).counts()).sum();
        Files.writeString(
                output.resolve(FILE),
                JsonMapper.shared().writeValueAsString(new DriftReference(samples, inputs, predictions)));
    }

    static List<DriftReference.Input> inputs(PackedDataset dataset, int[] training) {
        boolean pixels = dataset.kind() == PackedDataset.Kind.IMAGES;
        var summary = InputSummary.of(pixels, dataset.shape());
        int samples = Math.min(training.length, Math.min(MOST_SAMPLES, MOST_VALUES / summary.size()));
        var values = new double[summary.size()][samples];
        var bytes = ByteBuffer.allocate(dataset.train().sampleBytes()).order(ByteOrder.LITTLE_ENDIAN);
        var numbers = new double[summary.size()];
        for (int i = 0; i < samples; i++) {
            dataset.train().read(training[(int) ((long) i * training.length / samples)], bytes.array());
            summary.read(bytes, 0, numbers);
            for (int k = 0; k < numbers.length; k++) {
                values[k][i] = numbers[k];
            }
        }
        var names = summary.names();
        var inputs = new ArrayList<DriftReference.Input>();
        for (int k = 0; k < numbers.length; k++) {
            inputs.add(DriftReference.Input.of(names.get(k), values[k]));
        }
        return inputs;
    }

    private static Optional<DriftReference.Predictions> predictions(
            Passes.Measured measured, String split, ServingTransform serving, float @Nullable [] logitShift) {
        var evaluation = measured.evaluations().get(split);
        if (evaluation == null) {
            return Optional.empty();
        }
        var probabilities = measured.outputs()
                .split(split)
                .map(logits -> probabilities(logits.less(logitShift), serving))
                .orElse(null);
        return Optional.of(new DriftReference.Predictions(split, evaluation.predictedCounts(), probabilities));
    }

    /** Mean of what is served, over the samples. */
    private static double[] probabilities(SplitLogits split, ServingTransform serving) {
        int classes = split.classes();
        boolean sigmoid = serving.equals(ServingTransform.SIGMOID);
        var sums = new double[classes];
        var logits = new double[classes];
        for (int i = 0; i < split.labels().length; i++) {
            for (int k = 0; k < classes; k++) {
                logits[k] = split.logits()[i * classes + k];
            }
            var scores = serving.logScores(logits);
            double most = sigmoid ? 0 : DoubleStream.of(scores).max().orElse(0);
            double total = sigmoid ? 1 : 0;
            for (int k = 0; k < classes; k++) {
                scores[k] = Math.exp(scores[k] - most);
                total += sigmoid ? 0 : scores[k];
            }
            for (int k = 0; k < classes; k++) {
                sums[k] += scores[k] / total;
            }
        }
        for (int k = 0; k < classes; k++) {
            sums[k] /= split.labels().length;
        }
        return sums;
    }
}
