package io.lossforge.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lossforge.Http;
import io.lossforge.ServiceTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** A trainer whose outputs are flooded. */
@ServiceTest({"lossforge.roles=all", "lossforge.data-directory=target/test-data/loud", "lossforge.worker.threads=1"})
@Timeout(240)
class LoudTrainerIT {

    private static final Duration SOON = Duration.ofMinutes(2);

    @LocalServerPort
    int port;

    /** The jar only names the class, which is on the trainer's class path. */
    @DynamicPropertySource
    static void loadAgent(DynamicPropertyRegistry properties) throws IOException {
        var jar = Path.of("target", "loud-agent.jar").toAbsolutePath();
        var manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Premain-Class", LoudAgent.class.getName());
        new JarOutputStream(Files.newOutputStream(jar), manifest).close();
        properties.add("lossforge.worker.trainer-options", () -> "-javaagent:" + jar);
    }

    @Test
    void floodHarmsNeitherJobNorLog() {
        var http = new Http(port);
        await().atMost(SOON).until(() -> http.get("/api/v1/datasets/digits").status() == 200);
        var job = http.post("/api/v1/jobs", """
                        {"dataset": "digits", "architecture": {"name": "mlp"}, "epochs": 20, "batchSize": 64}""").json();
        var path = "/api/v1/jobs/" + job.path("id").asString();
        await().atMost(SOON)
                .until(() -> !http.get(path).json().path("endedAt").isMissingNode()
                        && !http.get(path).json().path("endedAt").isNull());

        var ended = http.get(path).json();
        assertThat(ended.path("state").asString()).as(ended.toString()).isEqualTo("SUCCEEDED");
        assertThat(ended.path("attempts")).hasSize(1);
        assertThat(ended.at("/latestMetrics/validation/balancedAccuracy").asDouble())
                .isGreaterThan(0.5);
        var points = http.get(path + "/metrics?name=loss&split=train").json().path("points");
        assertThat(points.size()).as("a loss for each epoch at least").isGreaterThanOrEqualTo(20);
        var log = http.get(path + "/log").body();
        assertThat(log.length()).isBetween(1_000, 1 << 20);
        assertThat(log.contains("bytes of this line left out")).isTrue();
        assertThat(log.contains("not said by the trainer")).as("it is no event").isTrue();
    }
}
