package io.lossforge.training;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.pooling.Pool;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.tracker.Tracker;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.commons.io.FileUtils;
import org.apache.commons.statistics.descriptive.Quantile;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Images per second of our fit loop beside the barest loop that DJL allows for the same network, loss and optimizer: one batch kept on
 * the device, no data, no metrics. Runs them in turn in one process, each first in every other pair (A B B A …) so that a drift of the
 * machine cancels out, and prints each pair's ratio.
 *
 * <p>{@code mvn -Pbenchmark test-compile exec:exec}
 */
public final class TrainingBenchmark {

    private static final int BATCH = 128;
    private static final int STEPS = 40;
    private static final int ROUNDS = 24;
    private static final int CLASSES = 10;
    private static final int SIDE = 28;

    private TrainingBenchmark() {}

    public static void main(String[] arguments) throws IOException {
        int threads = Integer.getInteger("threads", Runtime.getRuntime().availableProcessors());
        Libtorch.prepareThread(threads);
        var directory = Files.createTempDirectory("training-benchmark");
        try {
            pack(directory.resolve("dataset"));
            System.out.printf("LeNet, 28×28, batch %d, %d steps a run, %d threads%n", BATCH, STEPS, threads);
            ours(directory, threads);
            bare();
            var ratios = new double[ROUNDS];
            for (int round = 0; round < ROUNDS; round++) {
                boolean oursFirst = round % 2 == 0;
                double first = oursFirst ? ours(directory, threads) : bare();
                double second = oursFirst ? bare() : ours(directory, threads);
                double ours = oursFirst ? first : second;
                double bare = oursFirst ? second : first;
                ratios[round] = ours / bare;
                System.out.printf(
                        "ours %,8.0f images/s   bare %,8.0f images/s   ratio %.3f%n", ours, bare, ratios[round]);
            }
            var quartiles = Quantile.withDefaults().evaluate(ratios, 0, 0.25, 0.5, 0.75, 1);
            System.out.printf(
                    "ratio of %d pairs: median %.3f, half of them in %.3f to %.3f, all in %.3f to %.3f%n",
                    ROUNDS, quartiles[2], quartiles[1], quartiles[3], quartiles[0], quartiles[4]);
        } finally {
            FileUtils.deleteDirectory(directory.toFile());
        }
    }

    private static double ours(Path directory, int threads) throws IOException {
        var output = Files.createTempDirectory(directory, "output");
        var spec = (ObjectNode) JsonMapper.shared().readTree("""
                        {"dataset": "benchmark", "architecture": {"name": "lenet"}, "loss": {"name": "softmax"},
                         "optimizer": {"name": "adam"}, "schedule": {"name": "constant"}, "epochs": 1, "batchSize": %d,
                         "validationFraction": 0}""".formatted(BATCH));
        var run = new TrainerCommand.Run(
                "benchmark", 1, spec, directory.resolve("dataset").toString(), output.toString(), threads, "cpu");
        List<MetricPoint> points = new ArrayList<>();
        try (var fit = new Fit(
                Setup.of(run),
                event -> {
                    if (event instanceof TrainerEvent.Metrics metrics) {
                        points.addAll(metrics.points());
                    }
                },
                new Interruption())) {
            fit.run();
        }
        return points.stream()
                .filter(point -> point.name().equals("imagesPerSecond"))
                .mapToDouble(MetricPoint::value)
                .findFirst()
                .orElseThrow();
    }

    private static double bare() {
        try (var model = Model.newInstance("lenet", "PyTorch")) {
            model.setBlock(lenet());
            var config = new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                    .optOptimizer(ai.djl.training.optimizer.Optimizer.adam()
                            .optLearningRateTracker(Tracker.fixed(0.001f))
                            .build());
            try (var trainer = model.newTrainer(config)) {
                trainer.initialize(new Shape(BATCH, 1, SIDE, SIDE));
                var manager = trainer.getManager();
                var images = manager.randomNormal(new Shape(BATCH, 1, SIDE, SIDE));
                var labels = manager.randomInteger(0, CLASSES, new Shape(BATCH), DataType.INT64);
                long begin = System.nanoTime();
                for (int step = 0; step < STEPS; step++) {
                    bareStep(trainer, manager, images, labels);
                }
                return STEPS * BATCH / ((System.nanoTime() - begin) / 1e9);
            }
        }
    }

    private static void bareStep(Trainer trainer, NDManager manager, NDArray images, NDArray labels) {
        try (var scope = manager.newSubManager()) {
            var input = images.duplicate();
            input.attach(scope);
            var target = labels.duplicate();
            target.attach(scope);
            try (GradientCollector collector = trainer.newGradientCollector()) {
                var loss = trainer.getLoss().evaluate(new NDList(target), trainer.forward(new NDList(input)));
                collector.backward(loss);
            }
            trainer.step();
        }
    }

    private static SequentialBlock lenet() {
        return new SequentialBlock()
                .add(convolution(6, 2))
                .add(Activation.reluBlock())
                .add(Pool.maxPool2dBlock(new Shape(2, 2), new Shape(2, 2)))
                .add(convolution(16, 0))
                .add(Activation.reluBlock())
                .add(Pool.maxPool2dBlock(new Shape(2, 2), new Shape(2, 2)))
                .add(Blocks.batchFlattenBlock())
                .add(Linear.builder().setUnits(120).build())
                .add(Activation.reluBlock())
                .add(Linear.builder().setUnits(84).build())
                .add(Activation.reluBlock())
                .add(Linear.builder().setUnits(CLASSES).build());
    }

    private static Conv2d convolution(int filters, int padding) {
        return Conv2d.builder()
                .setFilters(filters)
                .setKernelShape(new Shape(5, 5))
                .optPadding(new Shape(padding, padding))
                .build();
    }

    /** Random images: what they show costs nothing and changes nothing. */
    static void pack(Path dataset) throws IOException {
        Files.createDirectories(dataset);
        int training = BATCH * STEPS;
        write(dataset, "train", training);
        write(dataset, "test", CLASSES);
        Files.writeString(dataset.resolve("manifest.json"), """
                {"format": "lossforge-packed", "formatVersion": 1, "kind": "images", "shape": [1, %1$d, %1$d],
                 "classes": %2$s,
                 "splits": {"train": {"count": %3$d, "perClass": %4$s, "inputs": "train-inputs.npy", "labels": "train-labels.npy"},
                            "test": {"count": %5$d, "perClass": %6$s, "inputs": "test-inputs.npy", "labels": "test-labels.npy"}}}""".formatted(
                SIDE,
                IntStream.range(0, CLASSES).mapToObj(name -> "\"" + name + "\"").toList(),
                training,
                IntStream.range(0, CLASSES).mapToObj(c -> training / CLASSES).toList(),
                CLASSES,
                IntStream.range(0, CLASSES).mapToObj(c -> 1).toList()));
    }

    private static void write(Path dataset, String split, int count) throws IOException {
        var pixels = new byte[count * SIDE * SIDE];
        new Random(1).nextBytes(pixels);
        var labels = ByteBuffer.allocate(4 * count).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        IntStream.range(0, count).forEach(sample -> labels.putInt(sample % CLASSES));
        Files.write(
                dataset.resolve(split + "-inputs.npy"),
                npy("|u1", "(%d, 1, %d, %d)".formatted(count, SIDE, SIDE), pixels));
        Files.write(dataset.resolve(split + "-labels.npy"), npy("<i4", "(%d,)".formatted(count), labels.array()));
    }

    private static byte[] npy(String type, String shape, byte[] data) {
        var header = "{'descr': '%s', 'fortran_order': False, 'shape': %s, }".formatted(type, shape);
        var padded = header + " ".repeat(128 - 10 - header.length() - 1) + "\n";
        var file = ByteBuffer.allocate(128 + data.length).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        file.put((byte) 0x93)
                .put("NUMPY".getBytes(StandardCharsets.US_ASCII))
                .put((byte) 1)
                .put((byte) 0);
        file.putShort((short) (128 - 10))
                .put(padded.getBytes(StandardCharsets.US_ASCII))
                .put(data);
        return file.array();
    }
}
