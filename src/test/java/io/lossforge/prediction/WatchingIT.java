package io.lossforge.prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lossforge.Calls;
import io.lossforge.ServiceTest;
import io.lossforge.analysis.DriftReference;
import io.lossforge.model.Models;
import io.lossforge.model.VersionReferences;
import io.lossforge.storage.Storage;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;

@ServiceTest
class WatchingIT {

    @Autowired
    Models models;

    @Autowired
    Storage storage;

    @Autowired
    VersionReferences references;

    @LocalServerPort
    int port;

    private final String name = "m-" + UUID.randomUUID();

    private List<String> series(Calls service) {
        return new String(service.get("/actuator/prometheus").bytes(), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.contains("model=\"%s\"".formatted(name)))
                .toList();
    }

    private static double value(List<String> series, String metric, String... labels) {
        Optional<String> found = series.stream()
                .filter(line -> line.startsWith(metric + "{")
                        && List.of(labels).stream().allMatch(line::contains))
                .findFirst();
        return Double.parseDouble(found.orElseThrow().replaceAll(".* ", ""));
    }

    @Test
    void eachVersionInMemoryHasItsOwnSeriesAndTakesThemAlong() {
        var service = new Calls(port);
        for (int seed = 71; seed <= 72; seed++) {
            new OnnxClassifier(List.of(2), 2, seed).register(models, storage, name);
        }
        var predict = "/api/v1/models/%s:%d/predict";
        for (int i = 0; i < 3; i++) {
            service.postJson(predict.formatted(name, 1), "{\"instances\": [[1, 2], [3, 4]]}");
        }
        service.postJson(predict.formatted(name, 1), "{\"instances\": [[1]]}");
        service.postJson(predict.formatted(name, 2), "{\"instances\": [[1, 2]]}");

        var series = series(service);
        assertThat(value(series, "lossforge_model_requests_total", "version=\"1\"", "outcome=\"ok\""))
                .isEqualTo(3);
        assertThat(value(series, "lossforge_model_requests_total", "version=\"1\"", "outcome=\"refused\""))
                .isEqualTo(1);
        assertThat(value(series, "lossforge_model_requests_total", "version=\"2\"", "outcome=\"ok\""))
                .isEqualTo(1);
        assertThat(value(series, "lossforge_model_run_samples_sum", "version=\"1\""))
                .isEqualTo(6);
        for (var part : List.of("preparation", "queue", "engine")) {
            assertThat(value(series, "lossforge_model_latency_seconds_count", "version=\"1\"", part))
                    .isEqualTo(3);
            assertThat(value(series, "lossforge_model_latency_seconds_bucket", "version=\"1\"", part, "+Inf"))
                    .isEqualTo(3);
        }
        assertThat(value(series, "lossforge_model_bytes", "version=\"1\"")).isGreaterThan(2 << 20);
        assertThat(value(series, "lossforge_model_load_seconds", "version=\"1\""))
                .isPositive();

        // a bare name means the newest version
        service.post("/v2/repository/models/%s/unload".formatted(name), "application/json", new byte[0]);

        assertThat(series(service)).isNotEmpty().noneMatch(line -> line.contains("version=\"2\""));
    }

    private JsonNode drift(Calls service, String query) {
        return service.get("/api/v1/models/%s/versions/1/drift%s".formatted(name, query))
                .json();
    }

    @Test
    void ofAVersionWithoutAReferenceNoDriftIsTold() {
        var service = new Calls(port);
        new OnnxClassifier(List.of(2), 2, 73).register(models, storage, name);
        service.postJson("/api/v1/models/%s/predict".formatted(name), "{\"instances\": [[1, 2]]}");
        var drift = drift(service, "");
        assertThat(drift.at("/samples").asInt()).isEqualTo(1);
        assertThat(drift.at("/input").isNull()).isTrue();
        assertThat(drift.at("/predictions").isNull()).isTrue();
        assertThat(drift.at("/verdict").asString()).startsWith("there is nothing to compare with");

        assertThat(drift(service, "?window=PT1M").at("/errors/0/detail").asString())
                .isEqualTo("must be from PT5M to PT24H, was PT1M");
        assertThat(drift(service, "?top=0").at("/status").asInt()).isEqualTo(400);
    }

    /** One feature stays as it was, the other is now in other units. */
    @Test
    void namesTheFeatureThatDrifted() {
        var service = new Calls(port);
        var classifier = new OnnxClassifier(List.of(2), 2, 74);
        var version = classifier.register(models, storage, name);
        var random = new Random(1);
        var ages = random.doubles(2000, 18, 80).toArray();
        var lengths = random.doubles(2000, 1.5, 2).toArray();
        references.store(
                version.id(),
                new DriftReference(
                        2000,
                        List.of(
                                DriftReference.Input.of("feature 0", ages),
                                DriftReference.Input.of("feature 1", lengths)),
                        null));
        var rows = random.doubles(300, 0, 1)
                .mapToObj(part -> String.format(
                        Locale.ROOT, "[%.4f, %.4f]", 18 + 62 * random.nextDouble(), 100 * (1.5 + part / 2)))
                .collect(Collectors.joining(","));

        service.postJson("/api/v1/models/%s/predict".formatted(name), "{\"instances\": [%s]}".formatted(rows));

        var drift = drift(service, "?top=2");
        assertThat(drift.at("/input/level").asString()).isEqualTo("high");
        assertThat(drift.at("/input/watched").asInt()).isEqualTo(2);
        assertThat(drift.at("/input/worst/0/name").asString()).isEqualTo("feature 1");
        assertThat(drift.at("/input/worst/0/above").asDouble()).isEqualTo(1);
        assertThat(drift.at("/input/worst/0/referenceMean").asDouble()).isCloseTo(1.75, within(0.02));
        assertThat(drift.at("/input/worst/0/mean").asDouble()).isCloseTo(175, within(2.0));
        assertThat(drift.at("/input/worst/1/measures/pValue").asDouble()).isGreaterThan(0.001);
        assertThat(drift.at("/verdict").asString()).contains("(high drift): feature 1 was 1.7");
    }
}
