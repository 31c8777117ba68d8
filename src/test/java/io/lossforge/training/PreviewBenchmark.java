package io.lossforge.training;

import ai.djl.ndarray.NDManager;
import io.lossforge.analysis.FrozenNetwork;
import io.lossforge.analysis.SplitLogits;
import io.lossforge.analysis.Training;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * How long the question "what would these class weights do?" takes, for logits as a job on MNIST with a long tail leaves them: the first
 * time, which reads the file and solves for the job's own weights, and then with other weights each time.
 *
 * <p>{@code mvn -Pbenchmark test-compile exec:exec -Dbenchmark=PreviewBenchmark}
 */
public final class PreviewBenchmark {

    private static final int CLASSES = 10;
    private static final int[] TRAIN = {5000, 2997, 1796, 1077, 645, 387, 232, 139, 83, 50};
    private static final int QUESTIONS = 200;

    private PreviewBenchmark() {}

    public static void main(String[] arguments) throws IOException {
        var directory = Files.createTempDirectory("preview");
        try {
            write(directory);
            System.out.printf(
                    "%-10s %12s %16s %12s %12s%n",
                    "loss", "first, ms", "then, median, ms", "slowest, ms", "solving, ms");
            for (var loss : List.of("softmax", "logistic", "lgl-inr")) {
                measure(loss, directory.resolve(Outputs.FILE));
            }
        } finally {
            Files.deleteIfExists(directory.resolve(Outputs.FILE));
            Files.delete(directory);
        }
    }

    private static void measure(String loss, Path file) throws IOException {
        long begin = System.nanoTime();
        FrozenNetwork network;
        try (var stream = new BufferedInputStream(Files.newInputStream(file))) {
            network = FrozenNetwork.of(training(loss), Outputs.read(stream).splits());
        }
        network.preview(weights(0));
        double first = (System.nanoTime() - begin) / 1e6;
        var times = new double[QUESTIONS];
        var solving = new double[QUESTIONS];
        for (int i = 0; i < QUESTIONS; i++) {
            begin = System.nanoTime();
            solving[i] = network.preview(weights(i + 1)).milliseconds();
            times[i] = (System.nanoTime() - begin) / 1e6;
        }
        Arrays.sort(times);
        Arrays.sort(solving);
        System.out.printf(
                "%-10s %12.1f %16.2f %12.2f %12.2f%n",
                loss, first, times[QUESTIONS / 2], times[QUESTIONS - 1], solving[QUESTIONS / 2]);
    }

    /** As a slider goes: from no weights to more than inverse frequency. */
    private static double[] weights(int question) {
        var weights = new double[CLASSES];
        Arrays.setAll(weights, k -> Math.pow(5000.0 / TRAIN[k], 1.2 * question / QUESTIONS));
        return weights;
    }

    private static Training training(String loss) {
        var counts = Arrays.stream(TRAIN).mapToLong(count -> count).toArray();
        var ones = new double[CLASSES];
        Arrays.fill(ones, 1);
        return new Training(
                Catalogues.LOSSES.create(loss),
                List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"),
                counts,
                ones,
                counts,
                ones,
                0,
                new double[CLASSES],
                null);
    }

    private static void write(Path directory) throws IOException {
        var random = new Random(1);
        var test = new int[CLASSES];
        Arrays.fill(test, 1000);
        var splits = new ArrayList<SplitLogits>();
        splits.add(split("train", TRAIN, random));
        splits.add(split(
                "validation", Arrays.stream(TRAIN).map(count -> (count + 8) / 9).toArray(), random));
        splits.add(split("test", test, random));
        var labels = splits.get(2).labels();
        try (var manager = NDManager.newBaseManager()) {
            new Outputs(splits, labels, labels).write(directory, manager);
        }
    }

    /** Samples in random order, most of them far on the right side, rarer classes less so. */
    private static SplitLogits split(String name, int[] counts, Random random) {
        var labels = new ArrayList<Integer>();
        for (int k = 0; k < CLASSES; k++) {
            for (int i = 0; i < counts[k]; i++) {
                labels.add(k);
            }
        }
        Collections.shuffle(labels, random);
        var logits = new float[labels.size() * CLASSES];
        for (int i = 0; i < logits.length; i++) {
            int label = labels.get(i / CLASSES);
            boolean isOwn = i % CLASSES == label;
            logits[i] = (float) ((isOwn ? 6 - 0.6 * label : -6) + 3 * random.nextGaussian());
        }
        return new SplitLogits(
                name, logits, labels.stream().mapToInt(label -> label).toArray(), labels.size());
    }
}
