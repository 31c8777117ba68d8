package io.lossforge.training;

import ai.djl.Device;
import ai.djl.ndarray.types.Shape;
import io.lossforge.architecture.Network;
import io.lossforge.architecture.Preprocessing;
import io.lossforge.catalogue.InvalidDocument;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * All about a job that does not change while it runs.
 *
 * @param run the command, for identity and directories
 */
record Setup(
        TrainerCommand.Run run,
        TrainingSpec spec,
        PackedDataset dataset,
        Splits splits,
        Preprocessing preprocessing,
        Network network,
        Device device,
        Seeds seeds,
        Timetable timetable) {

    /** What of a specification does not change what is learnt. */
    private static final List<String> OF_NO_EFFECT =
            List.of("name", "model", "decision", "resources", "priority", "maxAttempts", "deadline");

    /**
     * Reads the specification, opens the data, and checks that they go together.
     *
     * @throws TrainingFailure if the specification does not fit
     * @throws MalformedDataset if the packed dataset is broken
     */
    static Setup of(TrainerCommand.Run run) throws IOException {
        var spec = spec(run);
        var device = Libtorch.device(run.device());
        var dataset = PackedDataset.open(Path.of(run.dataset()));
        var labels = dataset.train().labels();
        var counts = dataset.counts(labels, IntStream.range(0, labels.length).toArray());
        var violations = SpecCheck.check(
                spec,
                dataset.shape(),
                dataset.kind().json(),
                dataset.classes(),
                LongStream.of(counts).boxed().toList());
        if (!violations.isEmpty()) {
            throw refused(new InvalidDocument(violations));
        }
        var seeds = new Seeds(spec.seed());
        var splits = Splits.of(
                labels,
                dataset.classes().size(),
                spec.imbalance(),
                spec.validationFraction(),
                new Seeds(spec.seedOfData()));
        try {
            return new Setup(
                    run,
                    spec,
                    dataset,
                    splits,
                    Standardisation.of(dataset, splits.training()),
                    spec.network(
                            new Shape(dataset.shape().stream()
                                    .mapToLong(Integer::longValue)
                                    .toArray()),
                            dataset.classes().size()),
                    device,
                    seeds,
                    new Timetable(splits.training().length, spec.batchSize(), spec.epochs()));
        } catch (IllegalArgumentException e) {
            throw refused(e);
        }
    }

    private static TrainingSpec spec(TrainerCommand.Run run) {
        try {
            return Catalogues.JSON.read(TrainingSpec.class, run.spec());
        } catch (InvalidDocument e) {
            throw refused(e);
        }
    }

    private static TrainingFailure refused(IllegalArgumentException e) {
        return new TrainingFailure(
                TrainingFailure.Reason.ERROR, "the specification can't be trained: " + e.getMessage(), null);
    }

    /** A learner at the start of training. */
    Learner newLearner() {
        try {
            return new Learner(spec, network, preprocessing, trainingCounts(), device, seeds);
        } catch (IllegalArgumentException e) {
            throw refused(e);
        }
    }

    /** Samples of each class that are trained on. */
    long[] trainingCounts() {
        return dataset.counts(dataset.train().labels(), splits.training());
    }

    private long[] validationCounts() {
        return dataset.counts(dataset.train().labels(), splits.validation());
    }

    /** Weight of each class in that epoch; null for all ones. */
    float @Nullable [] classWeights(int epoch) {
        if (epoch < spec.classWeights().startEpoch()) {
            return null;
        }
        var weights = spec.classWeights().weights(trainingCounts());
        for (float weight : weights) {
            if (weight != 1) {
                return weights;
            }
        }
        return null;
    }

    /** Validation samples in an order that has nothing to do with their classes, the same each time. */
    int[] validationOrder() {
        var order = splits.validation().clone();
        Seeds.shuffle(order, seeds.generator(Seeds.Purpose.VALIDATION, -1));
        return order;
    }

    String adviceOnDivergence() {
        return "try a lower learning rate than %s%s"
                .formatted(
                        spec.optimizer().learningRate(),
                        spec.clipGradientNorm() == null
                                ? ", a warm-up (schedule.parameters.warmupEpochs) or clipGradientNorm"
                                : ", a warm-up (schedule.parameters.warmupEpochs) or a lower clipGradientNorm");
    }

    /**
     * What to say before the first step.
     *
     * @param resumed where training goes on; null if it starts from the beginning
     * @param warnings about checkpoints and the initial model
     */
    TrainerEvent.Started started(TrainerEvent.@Nullable Resumption resumed, List<String> warnings) {
        return new TrainerEvent.Started(
                device.isGpu() ? "gpu" : "cpu",
                deviceName(),
                run.threads(),
                network.parameterCount(),
                splits.training().length,
                splits.validation().length,
                dataset.test().count(),
                timetable.stepsPerEpoch(),
                timetable.totalSteps(),
                splits.trainingSha256(),
                LongStream.of(trainingCounts()).boxed().toList(),
                LongStream.of(validationCounts()).boxed().toList(),
                resumed,
                warnings);
    }

    private String deviceName() {
        return device.isGpu() ? Libtorch.gpuName() : cpuName();
    }

    private static String cpuName() {
        try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(System.getProperty("os.arch"));
        } catch (IOException e) {
            return System.getProperty("os.arch");
        }
    }

    /** Hash of what of the specification decides the result; hex. */
    String specSha256() {
        var json = Catalogues.JSON.write(spec);
        json.remove(OF_NO_EFFECT);
        return Digests.sha256(json.toString().getBytes(StandardCharsets.UTF_8));
    }
}
