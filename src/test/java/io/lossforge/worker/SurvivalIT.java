package io.lossforge.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lossforge.Http;
import io.lossforge.database.KillablePostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.annotation.DirtiesContext;
import tools.jackson.databind.JsonNode;

/** What is done to workers and the database, which are processes of their own; the server is this one. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "lossforge.roles=server",
            "lossforge.data-directory=target/test-data/survival",
            "spring.datasource.hikari.connection-timeout=5000"
        })
@DirtiesContext
@Timeout(120)
class SurvivalIT {

    private static final Duration SOON = Duration.ofSeconds(90);
    private static final Path DATA = Path.of("target/test-data/survival").toAbsolutePath();

    /** Longer than the lease, and so long that no process finds the leases run out before their workers could renew them. */
    private static final Duration AWAY = Duration.ofSeconds(6);

    private static final String JOB = """
            {"dataset": "digits", "architecture": {"name": "lenet"}, "epochs": 25, "batchSize": 32,
             "loss": {"name": "lgl-inr", "parameters": {"statistics": "ema", "gradThroughWeights": false}},
             "augmentations": [{"name": "random-crop", "parameters": {"padding": 1}}]}""";

    private static final List<WorkerProcess> workers = new ArrayList<>();
    private static JsonNode straight;

    @LocalServerPort
    int port;

    @Autowired
    KillablePostgres postgres;

    @Autowired
    JdbcClient database;

    private Http http;

    @TestConfiguration(proxyBeanMethods = false)
    static class OwnDatabase {

        /** Workers start beside the server: as many as the tests take, and one that goes on with the last job. */
        @Bean
        KillablePostgres postgres() throws IOException {
            var postgres = new KillablePostgres();
            for (int i = 0; i < 3; i++) {
                workers.add(WorkerProcess.start(DATA, postgres));
            }
            return postgres;
        }
    }

    @BeforeEach
    void twoWorkersAndARunThatNothingDisturbed() throws Exception {
        http = new Http(port);
        await().atMost(SOON).until(() -> http.get("/api/v1/datasets/digits").status() == 200);
        workers.removeIf(worker -> !worker.isAlive());
        while (workers.size() < 2) {
            workers.add(WorkerProcess.start(DATA, postgres));
        }
        if (straight == null) {
            straight = awaitEnd(submit());
            assertThat(straight.path("attempts")).hasSize(1);
        }
    }

    @AfterAll
    static void endWorkers() throws InterruptedException {
        for (var worker : workers) {
            worker.kill();
        }
    }

    @Test
    void killedWorkersJobGoesOnElsewhereAndItsTrainerEnds() throws Exception {
        var id = submit();
        var worker = awaitCheckpoint(id, 1);
        var trainers = worker.trainers();
        assertThat(trainers).hasSize(1);

        worker.kill();

        var job = awaitEnd(id);
        assertThat(endReasons(job)).containsExactly("lease_lost", "completed");
        assertThat(job.at("/attempts/1/resumedStep").asLong()).isPositive();
        assertAsIfNothingHadHappened(job);
        await().atMost(SOON).until(() -> trainers.stream().noneMatch(WorkerProcess::isTrainer));
    }

    @Tag("chaos")
    @Test
    void workerToldToEndHandsItsJobOnAndEndsWell() throws Exception {
        var id = submit();
        var worker = awaitCheckpoint(id, 1);

        assertThat(worker.terminate(20)).as(worker.log()).isZero();

        var job = awaitEnd(id);
        assertThat(endReasons(job)).containsExactly("worker_stopped", "completed");
        assertThat(job.at("/attempts/1/resumedStep").asLong()).isPositive();
        assertAsIfNothingHadHappened(job);
        assertThat(database.sql("select failures from training_job where id = ?")
                        .param(id)
                        .query(Integer.class)
                        .single())
                .as("attempts counted")
                .isZero();
    }

    @Tag("chaos")
    @Test
    void workerThawedAfterItsLeaseChangesNothing() throws Exception {
        var id = submit();
        var zombie = awaitCheckpoint(id, 1);
        zombie.freeze();
        JsonNode atThaw;
        try {
            assertThat(awaitCheckpoint(id, 2)).isNotSameAs(zombie);
            atThaw = job(id);
        } finally {
            zombie.thaw();
        }

        await().atMost(SOON).until(() -> zombie.trainers().isEmpty());
        var job = awaitEnd(id);

        assertThat(endReasons(job)).containsExactly("lease_lost", "completed");
        assertThat(job.at("/attempts/0")).isEqualTo(atThaw.at("/attempts/0"));
        assertThat(job.at("/attempts/1/resumedStep").asLong()).isPositive();
        assertAsIfNothingHadHappened(job);
        assertThat(zombie.isAlive()).isTrue();
    }

    @Tag("chaos")
    @Test
    void trainingGoesOnWhileTheDatabaseIsKilledAndAway() throws Exception {
        var id = submit();
        awaitCheckpoint(id, 1);
        long before = stepOnDisk(id);
        postgres.kill();
        long away = System.nanoTime();
        try {
            await().atMost(SOON)
                    .until(() -> System.nanoTime() - away > AWAY.toNanos() && stepOnDisk(id) > before + 100);
        } finally {
            postgres.startAgain();
        }

        var job = awaitEnd(id);

        assertThat(endReasons(job)).containsExactly("completed");
        assertAsIfNothingHadHappened(job);
    }

    private UUID submit() {
        var answer = http.post("/api/v1/jobs", JOB);
        assertThat(answer.status()).as(answer.body()).isEqualTo(202);
        return UUID.fromString(answer.json().path("id").asString());
    }

    private JsonNode job(UUID id) {
        return http.get("/api/v1/jobs/" + id).json();
    }

    private JsonNode awaitEnd(UUID id) {
        await().atMost(SOON)
                .until(() -> Set.of("SUCCEEDED", "FAILED", "CANCELLED")
                        .contains(job(id).path("state").asString()));
        return job(id);
    }

    /** Until the attempt has written a checkpoint itself; returns who makes it. */
    private WorkerProcess awaitCheckpoint(UUID id, int attempt) {
        await().atMost(SOON)
                .until(() -> database.sql("select count(*) from job_checkpoint where job_id = ? and attempt = ?")
                                .param(id)
                                .param(attempt)
                                .query(Long.class)
                                .single()
                        > 0);
        var name = database.sql("select worker from job_attempt where job_id = ? and number = ?")
                .param(id)
                .param(attempt)
                .query(String.class)
                .single();
        return workers.stream()
                .filter(worker -> name.endsWith("/" + worker.pid()))
                .findFirst()
                .orElseThrow();
    }

    /** Steps until the newest checkpoint that the trainer of the first attempt has written. */
    private static long stepOnDisk(UUID id) throws IOException {
        try (var files = Files.list(DATA.resolve("work/" + id + "/1/output"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.matches("checkpoint-.*\\.safetensors"))
                    .mapToLong(name -> Long.parseLong(name.split("-")[1]))
                    .max()
                    .orElse(0);
        }
    }

    private static List<String> endReasons(JsonNode job) {
        return job.path("attempts")
                .valueStream()
                .map(attempt -> attempt.path("endReason").asString())
                .toList();
    }

    /** The weights are the same bits, every point is there once with the same value, and no number of the sequence is missing or there twice. */
    private void assertAsIfNothingHadHappened(JsonNode job) {
        assertThat(job.path("state").asString()).as(job.toString()).isEqualTo("SUCCEEDED");
        assertThat(job.path("weightsSha256").asString())
                .matches("[0-9a-f]{64}")
                .isEqualTo(straight.path("weightsSha256").asString());
        assertThat(curve(job)).isNotEmpty().isEqualTo(curve(straight));
        assertThat(database.sql("""
                        select sequence from metric_point where job_id = :job union all
                        select sequence from job_log where job_id = :job order by sequence""").param("job", id(job)).query(Integer.class).list())
                .isEqualTo(IntStream.rangeClosed(1, lastSequence(job)).boxed().toList());
    }

    private int lastSequence(JsonNode job) {
        return database.sql("select last_sequence from training_job where id = ?")
                .param(id(job))
                .query(Integer.class)
                .single();
    }

    private List<String> curve(JsonNode job) {
        return database.sql("""
                        select concat(split, ' ', name, ' ', step, ' ', value) from metric_point
                        join metric_name on metric_name.id = metric_id
                        where job_id = ? and name <> 'imagesPerSecond' order by sequence""").param(id(job)).query(String.class).list();
    }

    private static UUID id(JsonNode job) {
        return UUID.fromString(job.path("id").asString());
    }
}
