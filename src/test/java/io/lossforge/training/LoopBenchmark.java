package io.lossforge.training;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import com.sun.management.OperatingSystemMXBean;
import io.lossforge.architecture.Network;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Images per second of a whole job of ours against the barest DJL loop of the same network: floats already in memory, contiguous batches,
 * DJL's own loss and optimizer, no metrics. Alternates between the two in one process. Arguments: architecture, threads, rounds.
 */
final class LoopBenchmark {

    private static final int IMAGES = 12_800;
    private static final int BATCH = 128;
    private static final List<Integer> SHAPE = List.of(1, 28, 28);

    private LoopBenchmark() {}

    public static void main(String[] arguments) throws IOException {
        var architecture = arguments.length > 0 ? arguments[0] : "lenet";
        int threads = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 2;
        int rounds = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 7;
        Libtorch.prepareThread(threads);
        var directory = Files.createTempDirectory("loop-benchmark");
        pack(directory);
        var setup = setup(directory, architecture, threads);
        try (var bare = new BareLoop(setup.network())) {
            var wall = new ArrayList<Double>();
            var processor = new ArrayList<Double>();
            for (int round = 0; round <= rounds; round++) {
                var ours = ours(setup(directory, architecture, threads));
                var theirs = bare.run();
                System.out.printf(
                        "%s: ours %.0f images/s, bare DJL %.0f images/s; per second of processor time %.0f and %.0f%n",
                        round == 0 ? "warm-up" : "round " + round,
                        IMAGES / ours.seconds(),
                        IMAGES / theirs.seconds(),
                        IMAGES / ours.processorSeconds(),
                        IMAGES / theirs.processorSeconds());
                if (round > 0) {
                    wall.add(theirs.seconds() / ours.seconds());
                    processor.add(theirs.processorSeconds() / ours.processorSeconds());
                }
            }
            System.out.printf(
                    "median ratio of speed %.3f, of speed per processor time %.3f%n", median(wall), median(processor));
        }
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    /** Wall-clock time and, for machines that do other things too, processor time of all threads. */
    private record Time(double seconds, double processorSeconds) {

        static Time now() {
            var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
            return new Time(System.nanoTime() / 1e9, system.getProcessCpuTime() / 1e9);
        }

        static Time since(Time start) {
            var now = now();
            return new Time(now.seconds - start.seconds, now.processorSeconds - start.processorSeconds);
        }
    }

    private static void pack(Path directory) throws IOException {
        var random = new Random(1);
        var inputs = new ArrayList<byte[]>();
        var labels = new ArrayList<Integer>();
        for (int i = 0; i < IMAGES; i++) {
            var image = new byte[28 * 28];
            random.nextBytes(image);
            inputs.add(image);
            labels.add(i % 10);
        }
        PackedForTests.write(
                directory, "images", SHAPE, 10, inputs, labels, inputs.subList(0, BATCH), labels.subList(0, BATCH));
    }

    private static Setup setup(Path directory, String architecture, int threads) throws IOException {
        var spec = (ObjectNode) JsonMapper.shared().readTree("""
                {"dataset":"random","architecture":{"name":"%s"},"epochs":1,"batchSize":%d,"validationFraction":0}""".formatted(architecture, BATCH));
        var output = Files.createTempDirectory(directory, "output"); // else it would resume
        return Setup.of(
                new TrainerCommand.Run("benchmark", 1, spec, directory.toString(), output.toString(), threads, "cpu"));
    }

    private static Time ours(Setup setup) throws IOException {
        var start = new Time[1];
        var taken = new Time[1];
        var interruption = new Interruption();
        try (var fit = new Fit(
                setup,
                event -> {
                    if (event instanceof TrainerEvent.Started) {
                        start[0] = Time.now();
                    } else if (event instanceof TrainerEvent.Metrics metrics
                            && metrics.points().get(0).name().equals("imagesPerSecond")) {
                        taken[0] = Time.since(start[0]);
                        interruption.cancel(); // without the evaluation at the end
                    }
                },
                interruption)) {
            fit.run();
        }
        return taken[0];
    }

    private static final class BareLoop implements AutoCloseable {

        private final Model model;
        private final ai.djl.training.Trainer trainer;
        private final NDArray inputs;
        private final NDArray labels;

        BareLoop(Network network) {
            model = Model.newInstance("bare", Device.cpu(), "PyTorch");
            model.setBlock(network.newBlock());
            trainer = model.newTrainer(new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                    .optDevices(new Device[] {Device.cpu()})
                    .optOptimizer(Optimizer.adam()
                            .optLearningRateTracker(Tracker.fixed(0.001f))
                            .build()));
            trainer.initialize(new Shape(1).addAll(network.input()));
            var manager = trainer.getManager();
            inputs = manager.randomNormal(new Shape(IMAGES).addAll(network.input()));
            var classes = new long[IMAGES];
            Arrays.setAll(classes, i -> i % 10);
            labels = manager.create(classes).toType(DataType.FLOAT32, false);
        }

        Time run() {
            var start = Time.now();
            for (int from = 0; from < IMAGES; from += BATCH) {
                try (var scope = trainer.getManager().newSubManager()) {
                    var batch = new NDIndex("%d:%d".formatted(from, from + BATCH));
                    var input = inputs.get(batch);
                    var label = labels.get(batch);
                    input.attach(scope);
                    label.attach(scope);
                    try (var gradients = trainer.newGradientCollector()) {
                        var logits = trainer.forward(new NDList(input));
                        gradients.backward(trainer.getLoss().evaluate(new NDList(label), logits));
                    }
                    trainer.step();
                }
            }
            return Time.since(start);
        }

        @Override
        public void close() {
            trainer.close();
            model.close();
        }
    }
}
