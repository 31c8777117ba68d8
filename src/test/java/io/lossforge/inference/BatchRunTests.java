package io.lossforge.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lossforge.prediction.OnnxClassifier;
import io.lossforge.training.Evaluation;
import io.lossforge.training.Interruption;
import io.lossforge.training.TrainerCommand;
import io.lossforge.training.TrainerEvent;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class BatchRunTests {

    private static final List<Integer> SHAPE = List.of(1, 4, 5);
    private static final OnnxClassifier MODEL = new OnnxClassifier(SHAPE, 4, 1);

    /** Names that CSV and JSON have to quote. */
    private static final List<String> CLASSES = List.of("plain", "with, comma", "with \"quote\"", "ünïcode");

    /** Not a multiple of any batch. */
    private static final PackedPixels DATASET = new PackedPixels(SHAPE, CLASSES, 1_001);

    @TempDir
    Path directory;

    private final Interruption interruption = new Interruption();
    private final List<TrainerEvent> events = new ArrayList<>();

    private TrainerCommand.Predict job(
            String split, String format, int topK, boolean probabilities, List<String> classes) throws IOException {
        var model = directory.resolve("model.onnx");
        Files.write(model, MODEL.onnx());
        var samples = directory.resolve("samples");
        if (!split.equals("upload")) {
            DATASET.write(samples);
        }
        return new TrainerCommand.Predict(
                "test",
                model.toString(),
                classes,
                samples.toString(),
                split,
                directory.toString(),
                format,
                topK,
                probabilities,
                3);
    }

    /** With the stack that ONNX Runtime needs behind a build tool's class path. */
    private TrainerEvent run(TrainerCommand.Predict job) throws Exception {
        var task = new FutureTask<>(() -> new BatchRun(job, events::add, interruption).run());
        new Thread(null, task, "predictor", 1L << 30).start();
        return task.get();
    }

    private String text(TrainerEvent.Predicted predicted) throws IOException {
        try (var reader = new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(
                        directory.resolve(predicted.result().file()))),
                StandardCharsets.UTF_8)) {
            var text = new StringBuilder();
            var buffer = new char[8192];
            for (int count = reader.read(buffer); count >= 0; count = reader.read(buffer)) {
                text.append(buffer, 0, count);
            }
            return text.toString();
        }
    }

    private static double[] probabilities(int sample) {
        var pixels = DATASET.sample(sample);
        return MODEL.probabilities(IntStream.range(0, pixels.length)
                .mapToDouble(i -> pixels[i] & 0xff)
                .toArray());
    }

    private static int[] ranked(double[] probabilities) {
        return IntStream.range(0, probabilities.length)
                .boxed()
                .sorted((a, b) -> Double.compare(probabilities[b], probabilities[a]))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    @Test
    void everySampleHasItsRowInOrderWithWhatTheNetworkSays() throws Exception {
        var predicted = (TrainerEvent.Predicted) run(job("all", "csv", 2, true, CLASSES));

        assertThat(predicted.samples()).isEqualTo(1_002);
        List<CSVRecord> rows;
        try (var parser =
                CSVFormat.RFC4180.builder().setHeader().get().parse(new java.io.StringReader(text(predicted)))) {
            assertThat(parser.getHeaderNames())
                    .containsExactly(
                            "split",
                            "index",
                            "label",
                            "predicted",
                            "probability",
                            "predicted2",
                            "probability2",
                            "probability:plain",
                            "probability:with, comma",
                            "probability:with \"quote\"",
                            "probability:ünïcode");
            rows = parser.getRecords();
        }
        assertThat(rows).hasSize(1_002);
        assertThat(rows.get(0).get("split")).isEqualTo("train");
        for (int i = 0; i < 1_001; i++) {
            var row = rows.get(i + 1);
            var expected = probabilities(i);
            var ranked = ranked(expected);
            assertThat(List.of(
                            row.get("split"),
                            row.get("index"),
                            row.get("label"),
                            row.get("predicted"),
                            row.get("predicted2")))
                    .containsExactly(
                            "test",
                            Integer.toString(i),
                            CLASSES.get(DATASET.label(i)),
                            CLASSES.get(ranked[0]),
                            CLASSES.get(ranked[1]));
            assertThat(Double.parseDouble(row.get("probability"))).isCloseTo(expected[ranked[0]], within(1e-5));
            for (int k = 0; k < 4; k++) {
                assertThat(Double.parseDouble(row.get(7 + k))).isCloseTo(expected[k], within(1e-5));
            }
        }
    }

    @Test
    void measuresAreThoseOfTheRows() throws Exception {
        var predicted = (TrainerEvent.Predicted) run(job("test", "jsonl", 1, false, CLASSES));

        int right = 0;
        double nll = 0;
        var correct = new BitSet();
        for (int i = 0; i < 1_001; i++) {
            var expected = probabilities(i);
            correct.set(i, ranked(expected)[0] == DATASET.label(i));
            right += correct.get(i) ? 1 : 0;
            nll -= Math.log(expected[DATASET.label(i)]);
        }
        Evaluation evaluation = predicted.evaluation();
        assertThat(evaluation.split()).isEqualTo("test");
        assertThat(evaluation.count()).isEqualTo(1_001);
        assertThat(evaluation.accuracy()).isEqualTo(right / 1_001.0);
        assertThat(evaluation.nll()).isCloseTo(nll / 1_001, within(1e-5));
        assertThat(BitSet.valueOf(Files.readAllBytes(directory.resolve(predicted.correct()))))
                .isEqualTo(correct);
        assertThat(events.get(0)).isEqualTo(new TrainerEvent.Predicting("ONNX Runtime", 3, 1_001, 64));
        assertThat(events.get(1)).isInstanceOf(TrainerEvent.Progress.class);
    }

    @Test
    void anotherRunGivesTheSameBytes() throws Exception {
        var first = (TrainerEvent.Predicted) run(job("test", "csv", 4, true, CLASSES));
        var second = (TrainerEvent.Predicted) run(job("test", "csv", 4, true, CLASSES));

        assertThat(second.result()).isEqualTo(first.result());
    }

    @Test
    void classesThatTheModelDoesNotKnowAreNotMeasured() throws Exception {
        var predicted = (TrainerEvent.Predicted) run(job("test", "csv", 1, false, List.of("plain", "b", "c", "d")));

        assertThat(predicted.evaluation()).isNull();
        assertThat(predicted.correct()).isNull();
        assertThat(text(predicted)).contains("test,1,ünïcode,");
    }

    @Test
    void aFileIsNamedAndItsLabelIsGivenWhereItIsKnown() throws Exception {
        var samples = Files.createDirectory(directory.resolve("samples"));
        new PackedPixels(SHAPE, CLASSES, 2).write(samples);
        Files.move(samples.resolve("test-inputs.npy"), samples.resolve("inputs.npy"));
        Files.writeString(samples.resolve("samples.jsonl"), """
                {"file":"a, \\"b\\".png"}
                {"file":"plain/2\\n.png","label":"plain"}
                """);

        var predicted = (TrainerEvent.Predicted) run(job("upload", "jsonl", 3, true, CLASSES));

        var rows = text(predicted).lines().map(JsonMapper.shared()::readTree).toList();
        assertThat(rows).hasSize(2);
        assertThat(rows.get(0).path("file").asString()).isEqualTo("a, \"b\".png");
        assertThat(rows.get(0).has("label")).isFalse();
        assertThat(rows.get(1).path("file").asString()).isEqualTo("plain/2\n.png");
        assertThat(rows.get(1).path("label").asString()).isEqualTo("plain");
        for (int i = 0; i < 2; i++) {
            JsonNode row = rows.get(i);
            var expected = probabilities(i);
            var ranked = ranked(expected);
            assertThat(row.path("top")).hasSize(3);
            for (int place = 0; place < 3; place++) {
                assertThat(row.at("/top/%d/label".formatted(place)).asString()).isEqualTo(CLASSES.get(ranked[place]));
            }
            assertThat(row.path("predicted")).isEqualTo(row.at("/top/0/label"));
            assertThat(row.path("probabilities").path("with, comma").asDouble()).isCloseTo(expected[1], within(1e-5));
        }
        assertThat(predicted.evaluation()).as("one has no label").isNull();
        var asCsv = (TrainerEvent.Predicted) run(job("upload", "csv", 1, false, CLASSES));
        assertThat(text(asCsv))
                .startsWith("index,file,label,predicted,probability\r\n0,\"a, \"\"b\"\".png\",,")
                .contains("1,\"plain/2\n.png\",plain,");
    }

    @Test
    void endsWhenItIsTold() throws Exception {
        interruption.cancel();

        assertThat(run(job("test", "csv", 1, false, CLASSES))).isEqualTo(new TrainerEvent.Stopped(null));
    }

    @Test
    void aModelOfOtherSamplesIsRefusedByName() {
        assertThatThrownBy(() -> run(job("test", "csv", 1, false, List.of("a", "b"))))
                .hasRootCauseInstanceOf(UnfitNetwork.class)
                .hasRootCauseMessage("the model does not answer with probabilities of 2 classes");
    }

    @Test
    void theLikeliestComeFirstAndOfEqualOnesTheFirst() {
        var scores = new float[] {9, 1, 3, 2, 3, 0};

        assertThat(BatchRun.likeliest(scores, 1, 5, 5)).containsExactly(1, 3, 2, 0, 4);
        assertThat(BatchRun.likeliest(scores, 1, 5, 3)).containsExactly(1, 3, 2);
        assertThat(BatchRun.likeliest(scores, 1, 5, 1)).containsExactly(1);
    }
}
