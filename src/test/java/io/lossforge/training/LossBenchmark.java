package io.lossforge.training;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.lossforge.architecture.Preprocessing;
import io.lossforge.loss.LossContext;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import tools.jackson.databind.json.JsonMapper;

/**
 * What each loss of the catalogue costs beside softmax: alone (forward and backward on logits that are there), and in a whole step of a
 * LeNet with Adam. Each round takes one step with every loss in turn, so that whatever slows the machine slows all; a ratio is the
 * median over the rounds of the loss's time divided by softmax's in the same round.
 *
 * <p>{@code mvn -Pbenchmark test-compile exec:exec -Dbenchmark=LossBenchmark}
 */
public final class LossBenchmark {

    private static final int BATCH = 128;
    private static final int[] CLASSES = {10, 100, 1000};
    private static final int WARM_UP = 5;
    private static final int ROUNDS_ALONE = 100;
    private static final int ROUNDS_OF_STEPS = 60;
    private static final Shape IMAGE = new Shape(1, 28, 28);
    private static final String BASELINE = "softmax";

    private LossBenchmark() {}

    public static void main(String[] arguments) {
        int threads = Integer.getInteger("threads", Runtime.getRuntime().availableProcessors());
        Libtorch.prepareThread(threads);
        System.out.printf(
                "batch %d, %d threads; medians of %d rounds alone, %d with lenet%n",
                BATCH, threads, ROUNDS_ALONE, ROUNDS_OF_STEPS);
        for (int classes : CLASSES) {
            System.out.printf(
                    "%n%-24s %12s %10s %12s %10s%n", classes + " classes", "alone, ms", "ratio", "step, ms", "ratio");
            var alone = alone(classes);
            var steps = steps(classes);
            for (var loss : alone.keySet()) {
                System.out.printf(
                        "%-24s %s %s%n", loss, cells(alone, loss), steps.containsKey(loss) ? cells(steps, loss) : "");
            }
        }
    }

    private static String cells(Map<String, double[]> times, String loss) {
        var own = times.get(loss);
        var baseline = times.get(BASELINE);
        var ratios = new double[own.length];
        Arrays.setAll(ratios, round -> own[round] / baseline[round]);
        return "%12.3f %10.3f".formatted(median(own), median(ratios));
    }

    private static double median(double[] values) {
        var sorted = values.clone();
        Arrays.sort(sorted);
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }

    /** The baseline first. */
    private static List<String> losses() {
        var losses = new ArrayList<>(Catalogues.LOSSES.names());
        losses.remove(BASELINE);
        losses.add(0, BASELINE);
        return losses;
    }

    /** Milliseconds of each round, by loss. */
    private static Map<String, double[]> alone(int classes) {
        try (var manager = Engine.getInstance().newBaseManager()) {
            var logits = manager.randomNormal(new Shape(BATCH, classes));
            var labels = labels(classes);
            var measured = new LinkedHashMap<String, Runnable>();
            for (var loss : losses()) {
                var objective =
                        Catalogues.LOSSES.create(loss).bind(new LossContext(manager.newSubManager(), counts(classes)));
                measured.put(loss, () -> {
                    try (var scope = manager.newSubManager();
                            var collector = Engine.getInstance().newGradientCollector()) {
                        var z = logits.duplicate();
                        z.attach(scope);
                        z.setRequiresGradient(true);
                        var value = objective.evaluate(z, scope.create(labels), null);
                        collector.backward(value);
                        value.getFloat();
                    }
                });
            }
            return times(measured, ROUNDS_ALONE);
        }
    }

    /** Milliseconds of each round, by loss; without the losses that do not go with the network. */
    private static Map<String, double[]> steps(int classes) {
        var learners = new LinkedHashMap<String, Learner>();
        try {
            for (var loss : losses()) {
                try {
                    learners.put(loss, learner(loss, classes));
                } catch (IllegalArgumentException e) {
                    System.out.println(e.getMessage());
                }
            }
            var measured = new LinkedHashMap<String, Runnable>();
            var pixels = new byte[Math.toIntExact(BATCH * IMAGE.size())];
            new Random(1).nextBytes(pixels);
            learners.forEach(
                    (loss, learner) -> measured.put(loss, () -> step(learner, pixels, labels(classes), classes)));
            return times(measured, ROUNDS_OF_STEPS);
        } finally {
            learners.values().forEach(Learner::close);
        }
    }

    private static Learner learner(String loss, int classes) {
        var spec = Catalogues.JSON.read(TrainingSpec.class, JsonMapper.shared().readTree("""
                        {"dataset": "benchmark", "architecture": {"name": "lenet"}, "loss": {"name": "%s"}}""".formatted(loss)));
        return new Learner(
                spec,
                spec.architecture().network(IMAGE, classes),
                new Preprocessing(true, 1f / 255, new float[] {0.5f}, new float[] {0.3f}),
                counts(classes),
                Device.cpu(),
                new Seeds(1));
    }

    private static void step(Learner learner, byte[] pixels, long[] labels, int classes) {
        try (var scope = learner.manager().newSubManager()) {
            var inputs = scope.create(ByteBuffer.wrap(pixels), new Shape(BATCH).addAll(IMAGE), DataType.UINT8);
            var batch = new Batches.Batch(inputs, scope.create(labels), null, BATCH, classes);
            learner.step(batch, 1e-4, 1).loss().getFloat();
        }
    }

    private static Map<String, double[]> times(Map<String, Runnable> measured, int rounds) {
        var times = new LinkedHashMap<String, double[]>();
        measured.keySet().forEach(loss -> times.put(loss, new double[rounds]));
        for (int round = -WARM_UP; round < rounds; round++) {
            int index = round;
            measured.forEach((loss, step) -> {
                long begin = System.nanoTime();
                step.run();
                if (index >= 0) {
                    times.get(loss)[index] = (System.nanoTime() - begin) / 1e6;
                }
            });
        }
        return times;
    }

    private static long[] labels(int classes) {
        return new Random(2).longs(BATCH, 0, classes).toArray();
    }

    private static long[] counts(int classes) {
        var counts = new long[classes];
        Arrays.fill(counts, BATCH);
        return counts;
    }
}
