package io.lossforge.loss;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Logits and labels as plain numbers, and what the engine makes of a loss on them. */
record Batch(double[][] logits, long[] labels, double @Nullable [] weights) {

    /** A loss and its gradient with respect to the logits. */
    record Result(double loss, double[][] gradient, DataType type) {}

    Batch(double[][] logits, long... labels) {
        this(logits, labels, null);
    }

    static Batch random(long seed, int size, int classes) {
        var random = new Random(seed);
        var logits = new double[size][classes];
        for (var row : logits) {
            Arrays.setAll(row, j -> 2 * random.nextGaussian());
        }
        return new Batch(logits, random.longs(size, 0, classes).toArray());
    }

    Batch weighted(double... sampleWeights) {
        return new Batch(logits, labels, sampleWeights);
    }

    int size() {
        return labels.length;
    }

    int classes() {
        return logits[0].length;
    }

    long[] classCounts() {
        var counts = new long[classes()];
        for (long label : labels) {
            counts[(int) label]++;
        }
        return counts;
    }

    /** Of a training split that has this batch and one more sample of each class: no class is empty, and renaming classes renames the counts. */
    long[] trainingCounts() {
        return Arrays.stream(classCounts()).map(count -> count + 1).toArray();
    }

    /** With classes renamed: class j becomes {@code order[j]}. */
    Batch withClassesRenamed(int[] order) {
        var renamed = new double[size()][classes()];
        for (int i = 0; i < size(); i++) {
            for (int j = 0; j < classes(); j++) {
                renamed[i][order[j]] = logits[i][j];
            }
        }
        return new Batch(
                renamed, Arrays.stream(labels).map(label -> order[(int) label]).toArray(), weights);
    }

    /** The samples of these indices, in this order. */
    Batch of(int... samples) {
        return new Batch(
                Arrays.stream(samples).mapToObj(i -> logits[i]).toArray(double[][]::new),
                Arrays.stream(samples).mapToLong(i -> labels[i]).toArray());
    }

    /** With one logit changed by a little. */
    Batch nudged(int sample, int classIndex, double change) {
        var nudged = Arrays.stream(logits).map(double[]::clone).toArray(double[][]::new);
        nudged[sample][classIndex] += change;
        return new Batch(nudged, labels, weights);
    }

    Result evaluate(LossFunction loss) {
        return evaluate(loss, DataType.FLOAT64);
    }

    Result evaluate(LossFunction loss, DataType type) {
        try (var manager = NDManager.newBaseManager()) {
            return evaluate(loss.bind(new LossContext(manager, trainingCounts())), type);
        }
    }

    Result evaluate(Objective objective) {
        return evaluate(objective, DataType.FLOAT64);
    }

    Result evaluate(Objective objective, DataType type) {
        try (var step = NDManager.newBaseManager();
                var collector = Engine.getInstance().newGradientCollector()) {
            var z = logits(step, type);
            z.setRequiresGradient(true);
            var loss = objective.evaluate(z, step.create(labels), weights(step, type));
            collector.backward(loss);
            var flat = doubles(z.getGradient());
            var gradient = IntStream.range(0, size())
                    .mapToObj(i -> Arrays.copyOfRange(flat, i * classes(), (i + 1) * classes()))
                    .toArray(double[][]::new);
            return new Result(doubles(loss)[0], gradient, loss.getDataType());
        }
    }

    NDArray logits(NDManager manager, DataType type) {
        var flat = Arrays.stream(logits).flatMapToDouble(Arrays::stream).toArray();
        return manager.create(flat, new Shape(size(), classes())).toType(type, false);
    }

    @Nullable NDArray weights(NDManager manager, DataType type) {
        return weights == null ? null : manager.create(weights).toType(type, false);
    }

    static double[] doubles(NDArray array) {
        return array.toType(DataType.FLOAT64, false).toDoubleArray();
    }
}
