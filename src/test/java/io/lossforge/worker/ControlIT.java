package io.lossforge.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lossforge.Http;
import io.lossforge.ServiceTest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;
import tools.jackson.databind.JsonNode;

/** What is asked of jobs that run in another process than the server's, with the real trainer. Takes long: {@code mvn verify -Pchaos}. */
@Tag("chaos")
@ServiceTest({"lossforge.roles=server", "lossforge.data-directory=target/test-data/control"})
@DirtiesContext
@Timeout(240)
class ControlIT {

    private static final Duration SOON = Duration.ofMinutes(2);
    private static final Path DATA = Path.of("target/test-data/control").toAbsolutePath();

    /** The target is 2 s, of which a machine with much else to do may make more; without being told the jobs run for minutes. */
    private static final Duration AT_ONCE = Duration.ofSeconds(10);

    private static final String JOB = """
            {"dataset": "digits", "architecture": {"name": "lenet"}, "epochs": 40, "batchSize": 32, "preemptible": true,
             "loss": {"name": "lgl-inr", "parameters": {"statistics": "ema", "gradThroughWeights": false}}}""";

    private static final String URGENT = """
            {"dataset": "digits", "architecture": {"name": "mlp"}, "epochs": 1, "priority": 1}""";

    /** Runs until it is ended. */
    private static final String LONG = """
            {"dataset": "digits", "architecture": {"name": "lenet"}, "epochs": 100000, "batchSize": 32}""";

    private static WorkerProcess worker;

    @LocalServerPort
    int port;

    @Autowired
    JdbcConnectionDetails database;

    private Http http;

    @BeforeEach
    void start() throws IOException {
        http = new Http(port);
        await().atMost(SOON).until(() -> http.get("/api/v1/datasets/digits").status() == 200);
        if (worker == null) {
            worker = WorkerProcess.start(DATA, database);
        }
    }

    @AfterAll
    static void endWorker() throws InterruptedException {
        worker.kill();
    }

    @Test
    void pausedResumedAndPreemptedJobEndsWithTheWeightsOfOneThatWasNot() {
        var straight = awaitEnd(submit(JOB));
        var id = submit(JOB);
        awaitStep(id);

        ask(id, "pause", "PAUSED");
        var paused = job(id);
        assertThat(paused.path("progress").asDouble()).isBetween(Double.MIN_VALUE, 0.99);
        assertThat(paused.path("statusMessage").asString()).matches("paused in epoch \\d+ of 40");
        await().atMost(SOON).until(() -> worker.trainers().isEmpty());

        assertThat(http.post("/api/v1/jobs/" + id + "/resume").status()).isEqualTo(202);
        await().atMost(SOON).until(() -> job(id).at("/attempts/1/resumedStep").asLong() > 0);
        var urgent = submit(URGENT);
        long asked = System.nanoTime();
        await().atMost(AT_ONCE)
                .until(() -> job(id).at("/attempts/1/endReason").asString("").equals("preempted"));
        say("preempted after", asked);
        assertThat(awaitEnd(urgent).path("state").asString()).isEqualTo("SUCCEEDED");

        var job = awaitEnd(id);
        assertThat(job.path("state").asString()).as(job.toString()).isEqualTo("SUCCEEDED");
        assertThat(endReasons(job)).containsExactly("paused", "preempted", "completed");
        assertThat(job.at("/attempts/2/resumedStep").asLong())
                .isGreaterThan(job.at("/attempts/1/resumedStep").asLong());
        assertThat(job.path("endedAt").asString())
                .isGreaterThan(job(urgent).path("endedAt").asString());
        assertThat(job.path("weightsSha256").asString())
                .matches("[0-9a-f]{64}")
                .isEqualTo(straight.path("weightsSha256").asString());
    }

    @Test
    void cancelledJobLeavesTheSlotToTheNext() {
        for (int i = 0; i < 3; i++) {
            var id = submit(LONG);
            awaitStep(id);
            ask(id, "cancel", "CANCELLED");
            assertThat(endReasons(job(id))).containsExactly("cancelled");
        }
        assertThat(awaitEnd(submit(URGENT)).path("state").asString()).isEqualTo("SUCCEEDED");
    }

    /** Returns once the job is in that state. */
    private void ask(UUID id, String what, String state) {
        long asked = System.nanoTime();
        assertThat(http.post("/api/v1/jobs/" + id + "/" + what).status()).isEqualTo(202);
        await().pollInterval(Duration.ofMillis(10))
                .atMost(AT_ONCE)
                .until(() -> state(id).equals(state));
        say(state + " after", asked);
    }

    private static void say(String what, long since) {
        System.out.printf(Locale.ROOT, "%s %.2f s%n", what, (System.nanoTime() - since) / 1e9);
    }

    private UUID submit(String spec) {
        var answer = http.post("/api/v1/jobs", spec);
        assertThat(answer.status()).as(answer.body()).isEqualTo(202);
        return UUID.fromString(answer.json().path("id").asString());
    }

    private JsonNode job(UUID id) {
        return http.get("/api/v1/jobs/" + id).json();
    }

    private String state(UUID id) {
        return job(id).path("state").asString();
    }

    private void awaitStep(UUID id) {
        await().atMost(SOON).until(() -> job(id).path("progress").asDouble() > 0);
    }

    private JsonNode awaitEnd(UUID id) {
        await().atMost(SOON)
                .until(() -> Set.of("SUCCEEDED", "FAILED", "CANCELLED").contains(state(id)));
        return job(id);
    }

    private static List<String> endReasons(JsonNode job) {
        return job.path("attempts")
                .valueStream()
                .map(attempt -> attempt.path("endReason").asString())
                .toList();
    }
}
