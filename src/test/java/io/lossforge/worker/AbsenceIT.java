package io.lossforge.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lossforge.Http;
import io.lossforge.database.KillablePostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * PostgreSQL away for five minutes, or what {@code -Dabsence=PT1M} says, with room for little to wait; the blob storage for a fifth of that. By
 * itself: {@code mvn verify -Pchaos -Dit.test=AbsenceIT}.
 */
@Tag("chaos")
class AbsenceIT {

    private static final Logger log = LoggerFactory.getLogger(AbsenceIT.class);
    private static final Duration ABSENCE = Duration.parse(System.getProperty("absence", "PT5M"));
    private static final Duration SOON = Duration.ofMinutes(4);
    private static final Path DATA = Path.of("target/test-data/absence").toAbsolutePath();
    private static final int EPOCHS = 2_000;
    private static final String JOB = """
            {"dataset": "digits", "architecture": {"name": "mlp"}, "epochs": %d, "batchSize": 256}""".formatted(EPOCHS);

    private static KillablePostgres postgres;
    private static WholeService service;
    private static JsonNode straight;

    @BeforeAll
    static void startAndRunOnceUndisturbed() throws Exception {
        postgres = new KillablePostgres();
        service = WholeService.start(
                DATA,
                postgres,
                Map.of(),
                "--lossforge.worker.checkpoint-interval=1s",
                "--lossforge.worker.spool-limit=64KB");
        await().atMost(SOON).until(() -> http().get("/api/v1/datasets/digits").status() == 200);
        long start = System.nanoTime();
        straight = awaitEnd(submit());
        log.info("undisturbed: {} s", secondsSince(start));
    }

    @AfterAll
    static void stop() throws Exception {
        service.kill();
        postgres.close();
    }

    @Test
    void nothingIsLostAndNothingIsThereTwiceWhenTheDatabaseWasAway() throws Exception {
        var id = submit();
        long start = System.nanoTime();
        awaitProgress(id, 0.02);
        long before = stepOnDisk(id);
        long away = System.nanoTime();
        postgres.kill();
        try {
            await().atMost(SOON).until(() -> service.log().contains("training waits until they can be stored"));
            log.info("the spool was full after {} s", secondsSince(away));
            awaitAbsence(away, ABSENCE);
            log.info("training went on for {} steps", stepOnDisk(id) - before);
        } finally {
            postgres.startAgain();
        }
        long back = System.nanoTime();
        log.info("the database was away for {} s", secondsSince(away));
        assertThat(stepOnDisk(id)).as("training went on").isGreaterThan(before);

        await().atMost(SOON)
                .ignoreExceptions()
                .until(() -> job(id).path("progress").asDouble() > 0.5);
        log.info("half done {} s after it was back", secondsSince(back));
        assertAsIfNothingHadHappened(awaitEnd(id));
        log.info("done {} s after it was back, {} s after it was submitted", secondsSince(back), secondsSince(start));
    }

    @Test
    void blobStorageThatWasAwayAtTheEndCostsNoAttempt() throws Exception {
        var blobs = DATA.resolve("blobs");
        var hidden = DATA.resolve("blobs.hidden");
        var id = submit();
        awaitProgress(id, 0.9);
        long away = System.nanoTime();
        Files.move(blobs, hidden);
        Files.createFile(blobs);
        try {
            awaitProgress(id, 1);
            awaitAbsence(away, ABSENCE.dividedBy(5));
            assertThat(job(id).path("state").asString()).isEqualTo("RUNNING");
        } finally {
            Files.delete(blobs);
            Files.move(hidden, blobs);
        }
        long back = System.nanoTime();
        log.info("the blob storage was away for {} s", secondsSince(away));
        assertAsIfNothingHadHappened(awaitEnd(id));
        log.info("done {} s after it was back", secondsSince(back));
    }

    private static void awaitAbsence(long since, Duration duration) {
        await().atMost(duration.plusMinutes(1)).until(() -> System.nanoTime() - since > duration.toNanos());
    }

    /** One attempt, the same weights, each point once with the same value, and no number of the sequence is missing. */
    private static void assertAsIfNothingHadHappened(JsonNode job) {
        assertThat(job.path("state").asString()).as(job.toString()).isEqualTo("SUCCEEDED");
        assertThat(job.path("attempts")).as(job.toString()).hasSize(1);
        assertThat(job.path("weightsSha256").asString())
                .isEqualTo(straight.path("weightsSha256").asString());
        for (var curve : new String[] {"name=epochLoss&split=train", "name=loss&split=validation"}) {
            var points = points(job, curve);
            assertThat(points.valueStream().map(point -> point.path("epoch").asInt()))
                    .isEqualTo(IntStream.rangeClosed(1, EPOCHS).boxed().toList());
            assertThat(points.valueStream().map(point -> point.path("value").asDouble()))
                    .isEqualTo(points(straight, curve)
                            .valueStream()
                            .map(point -> point.path("value").asDouble())
                            .toList());
        }
    }

    private static JsonNode points(JsonNode job, String curve) {
        return http().get("/api/v1/jobs/%s/metrics?%s".formatted(job.path("id").asString(), curve))
                .json()
                .path("points");
    }

    /** Steps until the newest checkpoint that the trainer has written. */
    private static long stepOnDisk(String id) throws IOException {
        try (var files = Files.list(DATA.resolve("work/" + id + "/1/output"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.matches("checkpoint-.*\\.safetensors"))
                    .mapToLong(name -> Long.parseLong(name.split("-")[1]))
                    .max()
                    .orElse(0);
        }
    }

    private static long secondsSince(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos).toSeconds();
    }

    private static Http http() {
        return service.http();
    }

    private static String submit() {
        var answer = http().post("/api/v1/jobs", JOB);
        assertThat(answer.status()).as(answer.body()).isEqualTo(202);
        return answer.json().path("id").asString();
    }

    private static JsonNode job(String id) {
        return http().get("/api/v1/jobs/" + id).json();
    }

    private static void awaitProgress(String id, double progress) {
        await().atMost(SOON).until(() -> job(id).path("progress").asDouble() >= progress);
    }

    private static JsonNode awaitEnd(String id) {
        await().atMost(SOON)
                .ignoreExceptions()
                .until(() -> Set.of("SUCCEEDED", "FAILED", "CANCELLED")
                        .contains(job(id).path("state").asString()));
        return job(id);
    }
}
