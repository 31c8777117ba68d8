package io.lossforge.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.lossforge.Http;
import io.lossforge.ServiceTest;
import io.lossforge.model.Models;
import io.lossforge.model.VersionReferences;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.DoublePredicate;
import java.util.function.IntUnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** What a version that was trained here is asked and answers, against what it was trained on. */
@ServiceTest({"lossforge.roles=all", "lossforge.data-directory=target/test-data/all"})
class DriftIT {

    @LocalServerPort
    int port;

    @Autowired
    Models models;

    @Autowired
    VersionReferences references;

    @Autowired
    DriftGauges gauges;

    @Autowired
    JdbcClient database;

    private final String name = "drift-" + UUID.randomUUID();
    private Http http;

    private record Digit(int[] pixels, int label) {}

    private static List<Digit> digits() throws IOException {
        try (var stream = Objects.requireNonNull(DriftIT.class.getResourceAsStream("/datasets/digits.csv.gz"));
                var lines = new BufferedReader(
                        new InputStreamReader(new GZIPInputStream(stream), StandardCharsets.US_ASCII))) {
            return lines.lines()
                    .map(line -> Arrays.stream(line.split(","))
                            .mapToInt(Integer::parseInt)
                            .toArray())
                    .map(values -> new Digit(
                            Arrays.stream(values, 0, 64)
                                    .map(value -> (int) Math.round(value * 255 / 16.0))
                                    .toArray(),
                            values[64]))
                    .toList();
        }
    }

    private void train() {
        var job = http.post("/api/v1/jobs", """
                {"dataset": "digits", "model": "%s", "epochs": 8, "architecture": {"name": "mlp"}, "batchSize": 32,
                 "optimizer": {"name": "adam", "parameters": {"learningRate": 0.01}}}""".formatted(name));
        assertThat(job.status()).as(job.body()).isEqualTo(202);
        var path = "/api/v1/jobs/" + job.json().path("id").asString();
        await().atMost(Duration.ofSeconds(90))
                .until(() -> http.get(path).json().path("state").asString().equals("SUCCEEDED"));
    }

    /** @return the labels answered */
    private List<String> ask(List<Digit> digits, IntUnaryOperator pixel) {
        var instances = digits.stream()
                .map(digit ->
                        Arrays.toString(Arrays.stream(digit.pixels()).map(pixel).toArray()))
                .collect(Collectors.joining(",", "{\"instances\": [", "]}"));
        var answer = http.post("/api/v1/models/%s:1/predict".formatted(name), instances);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json()
                .path("predictions")
                .valueStream()
                .map(prediction -> prediction.path("label").asString())
                .toList();
    }

    private JsonNode drift() {
        var answer = http.get("/api/v1/models/%s/versions/1/drift?top=10".formatted(name));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json();
    }

    private void forget() {
        database.sql("delete from model_drift_window").update();
    }

    @Test
    void tellsWhetherTrafficIsWhatTheVersionWasTrainedOn() throws Exception {
        http = new Http(port);
        train();
        var all = digits();
        var some = IntStream.range(0, all.size())
                .filter(i -> i % 5 == 0)
                .mapToObj(all::get)
                .toList();

        assertThat(drift().path("verdict").asString()).startsWith("too few samples to say: 0 were seen");

        var answered = ask(some, pixel -> pixel);
        var same = drift();
        assertThat(same.path("samples").asInt()).isEqualTo(some.size());
        assertThat(same.at("/input/level").asString()).as(same.toString()).isEqualTo("none");
        assertThat(same.at("/predictions/level").asString()).as(same.toString()).isEqualTo("none");
        assertThat(same.path("verdict").asString()).isEqualTo("no drift that matters");
        agreesWithAnIndependentComputation(same, some, answered);

        forget();
        ask(some.subList(0, 300), pixel -> 255 - pixel);
        var inverted = drift();
        assertThat(inverted.at("/input/level").asString()).isEqualTo("high");
        assertThat(inverted.at("/input/worst/0/name").asString()).isEqualTo("channel 0 mean");
        assertThat(inverted.at("/input/worst/0/above").asDouble()).isGreaterThan(0.9);
        assertThat(inverted.path("verdict").asString()).contains("not what the version was trained on (high drift)");
        assertTells("input", value -> value > 1);

        forget();
        var sevens = all.stream().filter(digit -> digit.label() == 7).limit(130).toList();
        ask(sevens, pixel -> pixel);
        assertThat(drift().path("verdict").asString()).startsWith("too few samples to say: 130");
        assertThat(drift().at("/predictions/level").isNull()).isTrue();
        ask(sevens.subList(0, 80), pixel -> pixel);
        var oneClass = drift();
        assertThat(oneClass.at("/predictions/level").asString()).isEqualTo("high");
        assertThat(oneClass.at("/predictions/worst/0/label").asString()).isEqualTo("7");
        assertThat(oneClass.at("/predictions/worst/0/share").asDouble()).isGreaterThan(0.9);
        assertThat(oneClass.at("/predictions/worst/0/probability").asDouble()).isGreaterThan(0.9);
        assertThat(oneClass.path("verdict").asString())
                .contains("the classes predicted are others (high drift): \"7\"");
        assertTells("predictions", value -> value > 1);
    }

    /** Bins, shares and index once more, from the stored reference and the CSV, without the service's code. */
    private void agreesWithAnIndependentComputation(JsonNode report, List<Digit> asked, List<String> answered) {
        var reference = references.of(models.resolve(name + ":1"));
        var input = reference.inputs().get(0);
        var means = asked.stream()
                .mapToDouble(digit -> Arrays.stream(digit.pixels()).average().orElseThrow())
                .toArray();
        var counts = new long[input.counts().length];
        for (double mean : means) {
            int bin = mean < input.edges()[0] ? 0 : 1;
            for (double edge : input.edges()) {
                bin += mean > edge ? 1 : 0;
            }
            counts[bin]++;
        }
        var told = report.at("/input/worst")
                .valueStream()
                .filter(worst -> worst.path("name").asString().equals("channel 0 mean"))
                .findFirst()
                .orElseThrow();
        assertThat(told.path("mean").asDouble())
                .isCloseTo(Arrays.stream(means).average().orElseThrow(), within(1e-9));
        assertThat(told.at("/measures/stabilityIndex").asDouble())
                .isCloseTo(stabilityIndex(input.counts(), counts), within(1e-9));

        var predictions = Objects.requireNonNull(reference.predictions());
        var byLabel = IntStream.range(0, 10)
                .mapToLong(label -> answered.stream()
                        .filter(Integer.toString(label)::equals)
                        .count())
                .toArray();
        assertThat(report.at("/predictions/measures/stabilityIndex").asDouble())
                .isCloseTo(stabilityIndex(predictions.counts(), byLabel), within(1e-9));
        for (var worst : report.at("/predictions/worst")) {
            int label = Integer.parseInt(worst.path("label").asString());
            assertThat(worst.path("share").asDouble()).isEqualTo(byLabel[label] / (double) asked.size());
        }
    }

    private static double stabilityIndex(long[] reference, long[] seen) {
        var filled = IntStream.range(0, seen.length)
                .filter(i -> reference[i] > 0 || seen[i] > 0)
                .toArray();
        double before = Arrays.stream(reference).sum() + filled.length / 2.0;
        double now = Arrays.stream(seen).sum() + filled.length / 2.0;
        double sum = 0;
        for (int i : filled) {
            double q = (reference[i] + 0.5) / before;
            double p = (seen[i] + 0.5) / now;
            sum += (p - q) * (Math.log(p) - Math.log(q));
        }
        return sum;
    }

    private void assertTells(String of, DoublePredicate index) {
        gauges.refresh();
        var line = http.get("/actuator/prometheus")
                .body()
                .lines()
                .filter(series -> series.startsWith("lossforge_model_drift{")
                        && series.contains("model=\"%s\"".formatted(name))
                        && series.contains("of=\"%s\"".formatted(of)))
                .toList();
        assertThat(line)
                .singleElement()
                .matches(series -> index.test(Double.parseDouble(series.replaceAll(".* ", ""))));
    }
}
