package io.lossforge.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lossforge.analysis.Analysis;
import io.lossforge.analysis.ClassMatrix;
import io.lossforge.decision.Decision;
import io.lossforge.decision.SplitReport;
import io.lossforge.decision.Thresholds;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class TrainerJsonTests {

    @Test
    void commandsComeBackAsTheyWent() {
        var spec = JsonMapper.shared().createObjectNode().put("dataset", "digits");
        for (var command : List.of(
                new TrainerCommand.Run(
                        "0192", 1, spec, "/data", "/out", 2, "cpu", Duration.ofSeconds(5), "/initial.onnx"),
                new TrainerCommand.Stop(),
                new TrainerCommand.Cancel())) {
            assertThat(TrainerJson.readCommand(TrainerJson.write(command))).isEqualTo(command);
        }
        assertThat(TrainerJson.write(new TrainerCommand.Stop())).isEqualTo("{\"command\":\"stop\"}");
    }

    @Test
    void eventsComeBackAsTheyWentInOneLine() {
        var predictions = new Predictions(io.lossforge.loss.ServingTransform.SOFTMAX, List.of("a\nb", "c"), 1);
        predictions.add(new float[] {1, 0}, 0, 0);
        var evaluation = predictions.evaluation("test");
        for (var event : List.of(
                new TrainerEvent.Ready(7, "PyTorch", 0),
                new TrainerEvent.Started(
                        "cpu",
                        "name",
                        2,
                        10,
                        9,
                        1,
                        3,
                        4,
                        8,
                        "ab",
                        List.of(5L, 4L),
                        List.of(1L, 0L),
                        new TrainerEvent.Resumption(2, 7, 30),
                        List.of("warning")),
                new TrainerEvent.Progress(1, 2, 3, 4, 0.5, 100, 2.5),
                new TrainerEvent.Metrics(List.of(new MetricPoint("train", "loss", 1, 2, 0.25))),
                new TrainerEvent.Checkpoint("c", 1, 2, 0.5, 30, "ab", 3),
                new TrainerEvent.Failed("error", "line\nbreak", null),
                new TrainerEvent.Stopped(3L))) {
            assertThat(TrainerJson.write(event)).doesNotContain("\n");
            assertThat(TrainerJson.readEvent(TrainerJson.write(event))).isEqualTo(event);
        }
        var finished = new TrainerEvent.Finished(
                "f",
                "ab",
                1,
                new TrainerEvent.OutputFile("o", "ef", 2),
                Map.of("test", evaluation),
                Map.of(),
                null,
                1,
                2,
                0.5,
                "cd");
        var line = TrainerJson.write(finished);
        assertThat(line).doesNotContain("\n").contains("\"macroF1\":", "\"f1\":", "\"class\":\"a\\nb\"");
        assertThat(TrainerJson.readEvent(line)).usingRecursiveComparison().isEqualTo(finished);
    }

    /** Every number as long as a number can be. */
    @ParameterizedTest
    @ValueSource(ints = {2, 10, 200, 500})
    void longestEventOfAJobIsNotLongerThanSaid(int classes) {
        var names = IntStream.range(0, classes)
                .mapToObj(k -> "class \u00e4 %05d ".formatted(k).repeat(4))
                .toList();
        double number = -Math.PI * 1e-300;
        var evaluation = new Evaluation(
                "validation",
                Long.MAX_VALUE,
                names,
                number,
                number,
                number,
                number,
                number,
                number,
                number,
                number,
                number,
                names.stream()
                        .map(name -> new Evaluation.ClassScore(name, number, number, number, Long.MAX_VALUE))
                        .toList(),
                confusion(classes),
                number,
                number,
                number,
                Collections.nCopies(15, new Evaluation.ReliabilityBin(Long.MAX_VALUE, number, number)));
        var matrix = matrix(classes, number);
        var analysis = new Analysis(
                "validation",
                Long.MAX_VALUE,
                Integer.MAX_VALUE,
                Analysis.Condition.WEIGHTED_COUNTS,
                number,
                each(
                        names,
                        name -> new Analysis.ClassShare(
                                name, Long.MAX_VALUE, Long.MAX_VALUE, number, Long.MAX_VALUE, number, number)),
                matrix,
                matrix,
                new Analysis.FirstOrder(
                        Analysis.Verdict.NOT_CONVERGED,
                        number,
                        each(
                                names,
                                name -> new Analysis.Residual(name, number, number, number, number, number, number)),
                        matrix),
                each(names, name -> new Analysis.TradeOff(name, number, number, number, number, number)),
                null,
                new Analysis.MultiModality(
                        number,
                        number,
                        number,
                        number,
                        each(names, name -> new Analysis.Modes(name, number, number, number, name, number))),
                new Analysis.Indeterminacy(Long.MAX_VALUE, number, number),
                new Analysis.Reweighting(
                        number,
                        true,
                        matrix,
                        each(names, name -> new Analysis.WeightColumn(name, number, name, number, number))));
        var finished = new TrainerEvent.Finished(
                "model.onnx",
                "ab".repeat(32),
                Long.MAX_VALUE,
                new TrainerEvent.OutputFile("outputs", "ef".repeat(32), Long.MAX_VALUE),
                Map.of("train", evaluation, "validation", evaluation, "test", evaluation),
                Map.of("train", analysis, "validation", analysis, "test", analysis),
                decision(names, number),
                1,
                Long.MAX_VALUE,
                number,
                "cd".repeat(32));
        int bytes = TrainerJson.write(finished).getBytes(StandardCharsets.UTF_8).length;
        assertThat(bytes)
                .isLessThan(TrainerEvent.longest(classes))
                .as("and not much shorter")
                .isGreaterThan(TrainerEvent.longest(classes) / (classes < 100 ? 20 : 3));
    }

    private static Decision decision(List<String> names, double number) {
        var pair = new SplitReport.BeforeAfter(number, number);
        var decided = new SplitReport.Decided(
                number,
                number,
                each(
                        names,
                        name -> new SplitReport.ClassRates(
                                name, Long.MAX_VALUE, Long.MAX_VALUE, number, number, number, number, number)));
        var report = new SplitReport(Long.MAX_VALUE, pair, pair, pair, decided);
        return new Decision(
                number,
                each(names, name -> -Float.MIN_NORMAL),
                new Decision.ChosenTarget("recall", Map.of("atLeast", number)),
                Thresholds.ChosenBy.MULTIPLE_OF_THRESHOLD,
                each(
                        names,
                        name -> new Decision.ClassDecision(
                                name, number, number, Long.MAX_VALUE, number, true, "x".repeat(200))),
                Map.of("validation", report, "test", report),
                List.of("x".repeat(400)));
    }

    /** Up to 200 classes each cell is large; with more there are no more samples in them than zeros beside them. */
    private static long[][] confusion(int classes) {
        var confusion = new long[classes][classes];
        for (int k = 0; k < classes; k++) {
            Arrays.fill(confusion[k], classes <= ClassMatrix.MOST_WHOLE ? Long.MAX_VALUE : 0);
            confusion[k][k] = 1_000_000_000;
        }
        return confusion;
    }

    private static ClassMatrix matrix(int classes, double number) {
        var sums = new double[classes];
        Arrays.fill(sums, number);
        if (classes <= ClassMatrix.MOST_WHOLE) {
            var values = new double[classes][classes];
            Arrays.fill(values, sums);
            return new ClassMatrix(values, null, sums, sums);
        }
        var column = Collections.nCopies(20, new ClassMatrix.Cell(classes, number));
        return new ClassMatrix(null, Collections.nCopies(classes, column), sums, sums);
    }

    private static <T> List<T> each(List<String> classes, Function<String, T> of) {
        return classes.stream().map(of).toList();
    }

    @Test
    void whatIsNoCommandIsRefusedWithoutRepeatingAllOfIt() {
        for (var line : List.of(
                "", "null", "{}", "[1]", "{\"command\":\"fly\"}", "{\"command\":\"stop\"} x", "x".repeat(9000))) {
            assertThatThrownBy(() -> TrainerJson.readCommand(line))
                    .isInstanceOf(IllegalArgumentException.class)
                    .message()
                    .startsWith("not a trainer command: ")
                    .hasSizeLessThan(120);
        }
        assertThatThrownBy(() -> TrainerJson.readEvent("Intel MKL WARNING: …"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
