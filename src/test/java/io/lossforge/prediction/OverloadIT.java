package io.lossforge.prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lossforge.Calls;
import io.lossforge.ServiceTest;
import io.lossforge.model.Models;
import io.lossforge.storage.Storage;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.commons.io.IOUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

/** As many predictions are under way as may be, each of a caller who does not send its body. */
@ServiceTest
class OverloadIT {

    private static final String BODY = "{\"instances\":[[1,2]]}";

    @Autowired
    Models models;

    @Autowired
    Storage storage;

    @Autowired
    Engine engine;

    @Autowired
    MeterRegistry meters;

    @LocalServerPort
    int port;

    private final String name = "q-" + UUID.randomUUID();
    private final List<Socket> slow = new ArrayList<>();
    private Calls service;

    @BeforeEach
    void fillEveryPlace() throws IOException {
        service = new Calls(port);
        new OnnxClassifier(List.of(2), 2, 1).register(models, storage, name);
        assertThat(service.postJson(predict(), BODY).status()).isEqualTo(200);
        await().until(() -> engine.places().taken() == 0);
        for (int i = 0; i < engine.places().most(); i++) {
            slow.add(send(predict(), "localhost", "Content-Length: 10"));
        }
        await().until(() -> engine.places().taken() == engine.places().most());
    }

    @AfterEach
    void answersAgainWhenTheyHaveGone() throws IOException {
        for (var socket : slow) {
            socket.close();
        }
        await().until(() -> engine.places().taken() == 0);
        assertThat(service.postJson(predict(), BODY).status()).isEqualTo(200);
    }

    @Test
    void onePredictionMoreIsRefusedInTheFormOfItsPath() {
        var problem = service.postJson(predict(), BODY);
        assertThat(problem.status()).isEqualTo(503);
        assertThat(problem.header("Retry-After")).isEqualTo("1");
        assertThat(problem.header("Content-Type")).startsWith("application/problem+json");
        assertThat(problem.header("X-Trace-Id")).matches("[0-9a-f]{32}");
        assertThat(problem.json().at("/code").stringValue()).isEqualTo("predictions-busy");
        assertThat(problem.json().at("/instance").stringValue()).isEqualTo(predict());
        assertThat(problem.json().at("/traceId").stringValue()).isEqualTo(problem.header("X-Trace-Id"));

        for (var path : List.of("/v2/models/%s/infer", "/v2/models/%s/versions/1/infer")) {
            var error = service.postJson(path.formatted(name), "{}");
            assertThat(error.status()).isEqualTo(503);
            assertThat(error.header("Retry-After")).isEqualTo("1");
            assertThat(error.header("Content-Type")).startsWith("application/json");
            assertThat(error.json().propertyNames()).containsExactly("error");
        }
        assertThat(service.postJson("/invocations", "{}").status()).isEqualTo(503);
    }

    @Test
    void refusalsAreCounted() {
        double refused = meters.get("lossforge.prediction.refused").counter().count();
        long requests = requests();
        for (int i = 0; i < 3; i++) {
            assertThat(service.postJson(predict(), BODY).status()).isEqualTo(503);
        }
        assertThat(meters.get("lossforge.prediction.refused").counter().count()).isEqualTo(refused + 3);
        assertThat(requests()).isEqualTo(requests + 3);
        var scraped = service.get("/actuator/prometheus").toString();
        assertThat(scraped)
                .contains("lossforge_prediction_refused_total")
                .contains("status=\"503\",uri=\"/api/v1/models/{ref}/predict\"");
    }

    private long requests() {
        return meters.get("http.server.requests")
                .tags("status", "503", "uri", PredictionPath.PREDICT.template())
                .timer()
                .count();
    }

    @Test
    void allElseIsAnswered() {
        for (var path : List.of(
                "/v2/health/live",
                "/v2/health/ready",
                "/actuator/health/liveness",
                "/actuator/health/readiness",
                "/ping",
                "/api/v1/jobs",
                "/api/v1/models/" + name,
                "/v2/models/" + name)) {
            assertThat(service.get(path).status()).as(path).isEqualTo(200);
        }
        assertThat(service.postJson("/api/v1/jobs", "{}").status()).isEqualTo(400);
    }

    /** The body of a refused request is read to its end if it is short, so that the caller gets to read the answer. */
    @Test
    void whoHasNotSentItsBodyIsRefusedToo() throws IOException {
        for (var length : List.of("Content-Length: 16000000", "Transfer-Encoding: chunked", "Content-Length: 0")) {
            try (var socket = send(predict(), "localhost", length)) {
                assertThat(IOUtils.toString(socket.getInputStream(), StandardCharsets.UTF_8))
                        .as(length)
                        .startsWith("HTTP/1.1 503 ")
                        .contains("predictions-busy");
            }
        }
    }

    @Test
    void whoWouldNotBeLetInLearnsNothingOfIt() throws IOException {
        try (var socket = send(predict(), "elsewhere.example", "Content-Length: 0")) {
            var answer = new byte[4096];
            int read = socket.getInputStream().read(answer);
            assertThat(new String(answer, 0, read, StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 403 ")
                    .contains("foreign-origin");
        }
    }

    private Socket send(String path, String host, String length) throws IOException {
        var socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout(20_000);
        socket.getOutputStream()
                .write("POST %s HTTP/1.1\r\nHost: %s:%d\r\nContent-Type: application/json\r\n%s\r\n\r\n"
                        .formatted(path, host, port, length)
                        .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private String predict() {
        return "/api/v1/models/%s/predict".formatted(name);
    }
}
