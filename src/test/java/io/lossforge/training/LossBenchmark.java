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
import java.util.Locale;
import java.util.Random;
import tools.jackson.databind.json.JsonMapper;

/**
 * What each loss of the catalogue costs beside softmax: alone (forward and backward on logits that are there), and in a whole step of a
 * LeNet with Adam. One step of the loss and one of softmax in turn, each first in every other pair, so that whatever slows the machine
 * slows both. Prints two Markdown tables of the median and the quartiles of the ratios within the pairs; the row of softmax, against
 * a second softmax, is what the machine scatters by itself.
 *
 * <p>{@code mvn -Pbenchmark test-compile exec:exec -Dbenchmark=LossBenchmark}
 */
public final class LossBenchmark {

    private static final int BATCH = 128;
    private static final int[] CLASSES = {10, 100, 1000};
    private static final int WARM_UP = 6;
    private static final int PAIRS_ALONE = 200;
    private static final int PAIRS_OF_STEPS = 60;
    private static final Shape IMAGE = new Shape(1, 28, 28);
    private static final String BASELINE = "softmax";

    private LossBenchmark() {}

    /** Training with one loss, a step at a time. */
    private interface Training extends AutoCloseable {

        void step();

        @Override
        void close();
    }

    @FunctionalInterface
    private interface Trainings {

        Training with(String loss, int classes);
    }

    public static void main(String[] arguments) {
        int threads = Integer.getInteger("threads", Runtime.getRuntime().availableProcessors());
        Libtorch.prepareThread(threads);
        System.out.printf(
                "batch %d, %d threads; pairs: %d alone, %d of steps; median (lower to upper quartile)%n",
                BATCH, threads, PAIRS_ALONE, PAIRS_OF_STEPS);
        print("alone", PAIRS_ALONE, LossBenchmark::alone);
        print("step of `lenet`", PAIRS_OF_STEPS, LossBenchmark::lenet);
    }

    private static void print(String what, int pairs, Trainings trainings) {
        var heading = new StringBuilder("%n| %s, ÷ softmax |".formatted(what));
        var rows = new LinkedHashMap<String, String>();
        for (int classes : CLASSES) {
            var baselineTimes = new ArrayList<Double>();
            try (var baseline = trainings.with(BASELINE, classes)) {
                for (var loss : losses()) {
                    try (var other = trainings.with(loss, classes)) {
                        rows.merge(loss, cell(baseline, other, pairs, baselineTimes), String::concat);
                    }
                }
            }
            heading.append(" %,d classes (softmax %s ms) |"
                    .formatted(
                            classes,
                            digits(quantile(
                                    baselineTimes.stream()
                                            .mapToDouble(Double::doubleValue)
                                            .toArray(),
                                    0.5))));
        }
        System.out.println(heading);
        System.out.println("|---|" + "---|".repeat(CLASSES.length));
        rows.forEach((loss, cells) -> System.out.printf("| `%s` |%s%n", loss, cells));
    }

    /** The baseline first, against itself. */
    private static List<String> losses() {
        var losses = new ArrayList<>(Catalogues.LOSSES.names());
        losses.remove(BASELINE);
        losses.add(0, BASELINE);
        return losses;
    }

    private static String cell(Training baseline, Training other, int pairs, List<Double> baselineTimes) {
        var ratios = new double[pairs];
        for (int pair = -WARM_UP; pair < pairs; pair++) {
            boolean baselineFirst = pair % 2 == 0;
            double first = milliseconds(baselineFirst ? baseline : other);
            double second = milliseconds(baselineFirst ? other : baseline);
            double ofBaseline = baselineFirst ? first : second;
            if (pair >= 0) {
                baselineTimes.add(ofBaseline);
                ratios[pair] = (baselineFirst ? second : first) / ofBaseline;
            }
        }
        return " %s (%s to %s) |"
                .formatted(
                        digits(quantile(ratios, 0.5)), digits(quantile(ratios, 0.25)), digits(quantile(ratios, 0.75)));
    }

    private static double milliseconds(Training training) {
        long begin = System.nanoTime();
        training.step();
        return (System.nanoTime() - begin) / 1e6;
    }

    /** Between the two nearest values, in proportion. */
    private static double quantile(double[] values, double share) {
        var sorted = values.clone();
        Arrays.sort(sorted);
        double position = share * (sorted.length - 1);
        int below = (int) position;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
    }

    private static String digits(double number) {
        return String.format(Locale.ROOT, "%.2f", number);
    }

    private static Training alone(String loss, int classes) {
        var manager = Engine.getInstance().newBaseManager();
        var logits = manager.randomNormal(new Shape(BATCH, classes));
        var labels = labels(classes);
        var objective = Catalogues.LOSSES.create(loss).bind(new LossContext(manager, counts(classes)));
        return new Training() {

            @Override
            public void step() {
                try (var scope = manager.newSubManager();
                        var collector = Engine.getInstance().newGradientCollector()) {
                    var z = logits.duplicate();
                    z.attach(scope);
                    z.setRequiresGradient(true);
                    var value = objective.evaluate(z, scope.create(labels), null);
                    collector.backward(value);
                    value.getFloat();
                }
            }

            @Override
            public void close() {
                manager.close();
            }
        };
    }

    private static Training lenet(String loss, int classes) {
        var learner = learner(loss, classes);
        var labels = labels(classes);
        var pixels = new byte[Math.toIntExact(BATCH * IMAGE.size())];
        new Random(1).nextBytes(pixels);
        return new Training() {

            @Override
            public void step() {
                try (var scope = learner.manager().newSubManager()) {
                    var inputs = scope.create(ByteBuffer.wrap(pixels), new Shape(BATCH).addAll(IMAGE), DataType.UINT8);
                    var batch = new Batches.Batch(inputs, scope.create(labels), null, BATCH, classes);
                    learner.step(batch, 1e-4, 1).loss().getFloat();
                }
            }

            @Override
            public void close() {
                learner.close();
            }
        };
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

    private static long[] labels(int classes) {
        return new Random(2).longs(BATCH, 0, classes).toArray();
    }

    private static long[] counts(int classes) {
        var counts = new long[classes];
        Arrays.fill(counts, BATCH);
        return counts;
    }
}
