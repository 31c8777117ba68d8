package io.lossforge.training;

import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.apache.commons.io.FileUtils;
import org.apache.commons.statistics.descriptive.Quantile;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What checkpoints cost: the time that writing one takes, of networks of several sizes on 28×28 images with Adam, and whole runs of LeNet without
 * and with one every second, thirty times as often as by default. The runs are in turn, each kind first in every other pair.
 *
 * <p>{@code mvn -Pbenchmark test-compile exec:exec -Dbenchmark=CheckpointBenchmark}
 */
public final class CheckpointBenchmark {

    private static final int WARM_UP = 5;
    private static final int WRITES = 50;
    private static final int PAIRS = 12;
    private static final int EPOCHS = 8;
    private static final Duration NEVER = Duration.ofDays(1);
    private static final Duration OFTEN = Duration.ofSeconds(1);

    private CheckpointBenchmark() {}

    public static void main(String[] arguments) throws IOException {
        int threads = Integer.getInteger("threads", 1); // with more, runs differ by more than what is measured
        Libtorch.prepareThread(threads);
        var directory = Files.createTempDirectory("checkpoint-benchmark");
        try {
            TrainingBenchmark.pack(directory.resolve("dataset"));
            for (var architecture : List.of(
                    "{'name':'lenet'}",
                    "{'name':'resnet','parameters':{'depth':20}}",
                    "{'name':'resnet','parameters':{'depth':18}}")) {
                writes(directory, architecture, threads);
            }
            runs(directory, threads);
        } finally {
            FileUtils.deleteDirectory(directory.toFile());
        }
    }

    private static void writes(Path directory, String architecture, int threads) throws IOException {
        var output = Files.createTempDirectory(directory, "writes");
        var interruption = new Interruption();
        var command = command(directory, output, architecture, null, threads);
        try (var fit = new Fit(
                Setup.of(command),
                event -> {
                    if (event instanceof TrainerEvent.Progress) { // after the first step: now the optimizer has a state
                        interruption.stop();
                    }
                },
                interruption)) {
            fit.run();
        }
        try (var manager = Libtorch.engine().newBaseManager()) {
            var checkpoint = onlyOne(output, manager);
            var checkpoints = new Checkpoints(output, null);
            var millis = new double[WRITES];
            long bytes = 0;
            for (int write = -WARM_UP; write < WRITES; write++) {
                long begin = System.nanoTime();
                bytes = checkpoints.write(checkpoint, 1 + WARM_UP + write).bytes();
                if (write >= 0) {
                    millis[write] = (System.nanoTime() - begin) / 1e6;
                }
            }
            var quantiles = Quantile.withDefaults().evaluate(millis, 0.5, 0.95, 1);
            System.out.printf(
                    Locale.ROOT,
                    "%s: %,d bytes written in %.1f ms (median of %d), 95th percentile %.1f, longest %.1f: %.3f %% of %d s%n",
                    architecture,
                    bytes,
                    quantiles[0],
                    WRITES,
                    quantiles[1],
                    quantiles[2],
                    quantiles[0] / Checkpoints.INTERVAL.toMillis() * 100,
                    Checkpoints.INTERVAL.toSeconds());
        }
    }

    private static Checkpoint onlyOne(Path output, NDManager manager) throws IOException {
        try (var files = Files.list(output)) {
            return Checkpoint.read(files.findFirst().orElseThrow(), manager);
        }
    }

    private static void runs(Path directory, int threads) throws IOException {
        seconds(directory, NEVER, threads);
        var ratios = new double[PAIRS];
        for (int pair = 0; pair < PAIRS; pair++) {
            boolean neverFirst = pair % 2 == 0;
            double first = seconds(directory, neverFirst ? NEVER : OFTEN, threads);
            double second = seconds(directory, neverFirst ? OFTEN : NEVER, threads);
            ratios[pair] = neverFirst ? second / first : first / second;
        }
        var quantiles = Quantile.withDefaults().evaluate(ratios, 0.25, 0.5, 0.75);
        System.out.printf(
                Locale.ROOT,
                "time with a checkpoint every second against none, %d pairs: median ratio %.3f, half of them in %.3f to %.3f%n",
                PAIRS,
                quantiles[1],
                quantiles[0],
                quantiles[2]);
    }

    private static double seconds(Path directory, Duration interval, int threads) throws IOException {
        var output = Files.createTempDirectory(directory, "run");
        var written = new int[1];
        try (var fit = new Fit(
                Setup.of(command(directory, output, "{'name':'lenet'}", interval, threads)),
                event -> written[0] += event instanceof TrainerEvent.Checkpoint ? 1 : 0,
                new Interruption())) {
            long begin = System.nanoTime();
            fit.run();
            double seconds = (System.nanoTime() - begin) / 1e9;
            System.out.printf(
                    Locale.ROOT, "%d steps with %d checkpoints in %.2f s%n", fit.stepsTaken(), written[0], seconds);
            return seconds;
        }
    }

    private static TrainerCommand.Run command(
            Path directory, Path output, String architecture, @Nullable Duration interval, int threads) {
        var spec = (ObjectNode)
                JsonMapper.shared().readTree("""
                        {'dataset':'benchmark','architecture':%s,'optimizer':{'name':'adam'},'schedule':{'name':'constant'},
                         'epochs':%d,'batchSize':128,'validationFraction':0}""".formatted(architecture, EPOCHS).replace('\'', '"'));
        return new TrainerCommand.Run(
                "benchmark",
                1,
                spec,
                directory.resolve("dataset").toString(),
                output.toString(),
                threads,
                "cpu",
                interval,
                null);
    }
}
