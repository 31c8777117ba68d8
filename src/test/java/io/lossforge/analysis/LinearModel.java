package io.lossforge.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.lossforge.loss.LossContext;
import io.lossforge.loss.LossFunction;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A linear model with a free bias on overlapping classes in the plane, trained in float64 on all samples at once until the gradient
 * vanishes. What the analysis says of it can be compared with what must hold.
 */
final class LinearModel {

    private static final double[][] CENTRES = {{0, 0}, {1.2, 0.4}, {-0.4, 1.8}, {1.6, 1.4}};

    final long[] counts;
    final int[] labels;
    private final double[] inputs;

    LinearModel(long... counts) {
        this.counts = counts;
        labels = IntStream.range(0, counts.length)
                .flatMap(k -> IntStream.generate(() -> k).limit(counts[k]))
                .toArray();
        var random = new Random(5);
        inputs = Arrays.stream(labels)
                .mapToObj(label -> CENTRES[label])
                .flatMapToDouble(centre -> DoubleStream.of(
                        centre[0] + 0.7 * random.nextGaussian(), centre[1] + 0.7 * random.nextGaussian(), 1))
                .toArray();
    }

    /** Weights {@code [classes][3]}; the third is the bias. */
    double[][] minimum(LossFunction loss, double[] lambda) {
        return minimum(loss, lambda, new double[counts.length][3], false);
    }

    /**
     * Trains on from there.
     *
     * @param biasAlone leaves all but the bias as it is
     */
    double[][] minimum(LossFunction loss, double[] lambda, double[][] from, boolean biasAlone) {
        try (var manager = NDManager.newBaseManager()) {
            var x = manager.create(inputs, new Shape(labels.length, 3)).transpose();
            var moving = manager.create(new double[] {biasAlone ? 0 : 1, biasAlone ? 0 : 1, 1});
            var objective = loss.bind(new LossContext(manager, counts));
            var shape = new Shape(counts.length, 3);
            var parameters = manager.create(
                    Arrays.stream(from).flatMapToDouble(Arrays::stream).toArray(), shape);
            var velocity = manager.zeros(shape, DataType.FLOAT64);
            double slope = 1;
            for (int step = 0; slope > 1e-9 && step < 8_000; step++) {
                try (var scratch = manager.newSubManager();
                        var collector = Engine.getInstance().newGradientCollector()) {
                    var ahead = parameters.duplicate();
                    ahead.attach(scratch);
                    ahead.addi(velocity.muli(0.95));
                    ahead.setRequiresGradient(true);
                    var y = scratch.create(Arrays.stream(labels).asLongStream().toArray());
                    var weights = scratch.create(
                            Arrays.stream(labels).mapToDouble(k -> lambda[k]).toArray());
                    collector.backward(objective.evaluate(ahead.matMul(x).transpose(), y, weights));
                    var change = ahead.getGradient().mul(-0.3).mul(moving);
                    velocity.addi(change);
                    parameters.addi(velocity);
                    slope = change.abs().max().getDouble();
                }
            }
            assertThat(slope).as("converged").isLessThanOrEqualTo(1e-9);
            var flat = parameters.toDoubleArray();
            return IntStream.range(0, counts.length)
                    .mapToObj(k -> Arrays.copyOfRange(flat, 3 * k, 3 * k + 3))
                    .toArray(double[][]::new);
        }
    }

    SplitLogits logits(double[][] parameters) {
        var logits = new float[labels.length * counts.length];
        for (int i = 0; i < labels.length; i++) {
            for (int k = 0; k < counts.length; k++) {
                double z = 0;
                for (int d = 0; d < 3; d++) {
                    z += parameters[k][d] * inputs[3 * i + d];
                }
                logits[i * counts.length + k] = (float) z;
            }
        }
        return new SplitLogits("train", logits, labels, labels.length);
    }

    Training training(LossFunction loss, double[] lambda) {
        var all = new double[counts.length];
        Arrays.fill(all, 1);
        return new Training(loss, names(), counts, lambda, counts, all, 0, all, null);
    }

    List<String> names() {
        return List.of("round", "near", "far", "nearer").subList(0, counts.length);
    }

    Analysis analysis(LossFunction loss, double @Nullable [] weights) {
        var lambda = weights == null ? ones() : weights;
        return analysis(training(loss, lambda), logits(minimum(loss, lambda)));
    }

    Analysis analysis(Training training, SplitLogits split) {
        try (var manager = NDManager.newBaseManager()) {
            return LearningProperties.of(
                    training, split, training.loss().bind(new LossContext(manager, counts)), manager);
        }
    }

    double[] ones() {
        return DoubleStream.generate(() -> 1).limit(counts.length).toArray();
    }
}
