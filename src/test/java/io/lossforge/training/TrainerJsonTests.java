package io.lossforge.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
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
                1,
                2,
                0.5,
                "cd");
        var line = TrainerJson.write(finished);
        assertThat(line).doesNotContain("\n").contains("\"macroF1\":", "\"f1\":", "\"class\":\"a\\nb\"");
        assertThat(TrainerJson.readEvent(line)).usingRecursiveComparison().isEqualTo(finished);
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
