package io.lossforge.prediction;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossforge.Calls;
import io.lossforge.ServiceTest;
import io.lossforge.model.Models;
import io.lossforge.storage.Storage;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

@ServiceTest
class VersionMetersIT {

    @Autowired
    Models models;

    @Autowired
    Storage storage;

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
}
