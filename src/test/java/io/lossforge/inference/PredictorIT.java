package io.lossforge.inference;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossforge.prediction.OnnxClassifier;
import io.lossforge.training.TrainerCommand;
import io.lossforge.training.TrainerEvent;
import io.lossforge.training.TrainerJson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The process, run by hand. */
@Timeout(120)
class PredictorIT {

    private static final List<Integer> SHAPE = List.of(3, 32, 32);
    private static final int SAMPLES = 30_000;

    @TempDir
    Path directory;

    @Test
    void needsNoMoreMemoryForSamplesThatAreLargerThanItsHeapAndNoLibtorch() throws Exception {
        var model = new OnnxClassifier(SHAPE, 10, 1);
        Files.write(directory.resolve("model.onnx"), model.onnx());
        var dataset = new PackedPixels(SHAPE, model.labels(), SAMPLES).write(directory.resolve("dataset"));
        assertThat(Files.size(dataset.resolve("test-inputs.npy"))).isGreaterThan(3 * (24L << 20));
        Files.writeString(
                directory.resolve("job.jsonl"),
                TrainerJson.write(new TrainerCommand.Predict(
                        "test",
                        directory.resolve("model.onnx").toString(),
                        model.labels(),
                        dataset.toString(),
                        "test",
                        directory.toString(),
                        "csv",
                        1,
                        true,
                        2)));

        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx24m",
                        "-Xlog:class+load:file=" + directory.resolve("classes.log"),
                        Predictor.class.getName())
                .redirectInput(directory.resolve("job.jsonl").toFile())
                .redirectError(directory.resolve("log.txt").toFile());
        process.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        var started = process.start();
        var events = started.inputReader()
                .lines()
                .filter(line -> !line.isEmpty())
                .map(TrainerJson::readEvent)
                .toList();

        assertThat(started.waitFor())
                .as(Files.readString(directory.resolve("log.txt")))
                .isZero();
        assertThat(events.get(events.size() - 1))
                .as(Files.readString(directory.resolve("log.txt")))
                .isInstanceOfSatisfying(TrainerEvent.Predicted.class, predicted -> {
                    assertThat(predicted.samples()).isEqualTo(SAMPLES);
                    assertThat(predicted.evaluation()).isNotNull();
                });
        try (var lines = new java.io.BufferedReader(new java.io.InputStreamReader(
                new GZIPInputStream(Files.newInputStream(directory.resolve("result.csv.gz")))))) {
            assertThat(lines.lines().count()).isEqualTo(SAMPLES + 1);
        }
        assertThat(Files.readString(directory.resolve("classes.log")))
                .contains("ai.onnxruntime.OrtSession")
                .doesNotContain("ai.djl.engine.Engine", "ai.djl.pytorch");
    }
}
