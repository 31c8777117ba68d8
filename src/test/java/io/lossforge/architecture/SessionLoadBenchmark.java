package io.lossforge.architecture;

import ai.djl.ndarray.types.Shape;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whether it pays to save what ONNX Runtime makes of an artefact, so that it need not be optimised again when it is loaded again.
 *
 * <p>{@code mvn -Pbenchmark test-compile exec:exec -Dbenchmark.module=architecture -Dbenchmark=SessionLoadBenchmark}
 */
public final class SessionLoadBenchmark {

    private static final int ROUNDS = 41;
    private static final int WARM_UP = 5;

    private SessionLoadBenchmark() {}

    public static void main(String[] arguments) throws Exception {
        var directory = Files.createTempDirectory("sessions");
        System.out.println(
                "| network | artefact | loaded and optimised | loaded as saved, not optimised | saved file |");
        System.out.println("|---|---|---|---|---|");
        measure("LeNet 1×28×28", new LeNet(), new Shape(1, 28, 28), directory);
        measure("ResNet-20 3×32×32", new ResNet(), new Shape(3, 32, 32), directory);
        measure("ResNet-18 3×32×32", new ResNet(18), new Shape(3, 32, 32), directory);
    }

    private static void measure(String name, Architecture architecture, Shape input, Path directory) throws Exception {
        var raw = directory.resolve("raw.onnx");
        var saved = directory.resolve("saved.onnx");
        try (var trained = new Trained(architecture.network(input, 10), 1)) {
            trained.network.write(raw, trained.block, trained.preprocessing, List.of(new Softmax()), Map.of());
        }
        load(raw, OptLevel.ALL_OPT, saved);
        var optimising = new double[ROUNDS];
        var asSaved = new double[ROUNDS];
        for (int i = -WARM_UP; i < ROUNDS; i++) { // alternately, so that both meet the same machine
            double first = load(raw, OptLevel.ALL_OPT, null);
            double second = load(saved, OptLevel.NO_OPT, null);
            if (i >= 0) {
                optimising[i] = first;
                asSaved[i] = second;
            }
        }
        System.out.printf(
                "| %s | %,d bytes | %s | %s | %,d bytes |%n",
                name, Files.size(raw), shown(optimising), shown(asSaved), Files.size(saved));
    }

    /** @return milliseconds */
    @SuppressWarnings("try") // the session is made and closed, not used
    private static double load(Path file, OptLevel level, @Nullable Path saved) throws OrtException, IOException {
        var bytes = Files.readAllBytes(file);
        long begin = System.nanoTime();
        try (var options = new SessionOptions()) {
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            options.setOptimizationLevel(level);
            if (saved != null) {
                options.setOptimizedModelFilePath(saved.toString());
            }
            try (var session = OrtEnvironment.getEnvironment().createSession(bytes, options)) {
                return (System.nanoTime() - begin) / 1e6;
            }
        }
    }

    private static String shown(double[] milliseconds) {
        Arrays.sort(milliseconds);
        return "%.2f ms (%.2f to %.2f)"
                .formatted(
                        milliseconds[milliseconds.length / 2],
                        milliseconds[milliseconds.length / 10],
                        milliseconds[milliseconds.length * 9 / 10]);
    }
}
