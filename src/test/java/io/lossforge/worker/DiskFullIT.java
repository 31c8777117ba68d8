package io.lossforge.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.lossforge.Calls;
import io.lossforge.Http;
import io.lossforge.database.KillablePostgres;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** A service whose disks fill up, each of the places that it writes to by itself. What it does to jobs takes long: {@code mvn verify -Pchaos}. */
@Timeout(240)
class DiskFullIT {

    private static final Duration SOON = Duration.ofMinutes(2);
    private static final Path DATA = Path.of("target/test-data/disk-full").toAbsolutePath();
    private static final Map<String, String> DISKS = Map.of("work", "24m", "blobs", "24m", "ingest", "8m");

    /** Takes some seconds. */
    private static final String LENET = """
            {"dataset": "digits", "architecture": {"name": "lenet"}, "epochs": 30, "batchSize": 32}""";

    private static final int MANY_EPOCHS = 1_500;

    /** Has much to say: a log line and three events for each of many short epochs. */
    private static final String TALKATIVE = """
            {"dataset": "digits", "architecture": {"name": "mlp"}, "epochs": %d, "batchSize": 1024}""".formatted(MANY_EPOCHS);

    private static KillablePostgres postgres;
    private static WholeService service;
    private static @Nullable JsonNode straight;

    @BeforeAll
    static void start() throws Exception {
        assumeThat(WholeService.canHaveDisks())
                .as("this system lets no ordinary process mount a small disk (unshare --user --mount)")
                .isTrue();
        postgres = new KillablePostgres();
        service = WholeService.start(
                DATA,
                postgres,
                DISKS,
                "--lossforge.worker.checkpoint-interval=100ms",
                "--lossforge.jobs.retry-backoff=3s",
                "--spring.datasource.hikari.connection-timeout=2000");
        await().atMost(SOON).until(() -> http().get("/api/v1/datasets/digits").status() == 200);
    }

    @AfterAll
    static void stop() throws Exception {
        if (service != null) {
            service.kill();
        }
        if (postgres != null) {
            postgres.close();
        }
    }

    @Tag("chaos")
    @Test
    void checkpointThatCannotBeWrittenIsLeftOut() throws Exception {
        var id = submit(LENET);
        awaitProgress(id, 0.1);
        service.whileFull("work", () -> {
            await().atMost(SOON).until(() -> log(id).contains("not written; going on without it"));
            awaitProgress(id, job(id).path("progress").asDouble() + 0.1);
        });
        var job = awaitEnd(id);
        assertThat(endReasons(job)).as(log(id)).containsExactly("completed");
        assertAsIfNothingHadHappened(job);
    }

    @Tag("chaos")
    @Test
    void modelThatCannotBeWrittenIsTriedAgain() throws Exception {
        var id = submit(LENET);
        awaitProgress(id, 0.1);
        service.whileFull(
                "work",
                () -> await().atMost(SOON)
                        .until(() -> !job(id).at("/attempts/0/endedAt").isNull()));
        var job = awaitEnd(id);
        assertThat(endReasons(job)).as(log(id)).startsWith("worker_error").endsWith("completed");
        assertThat(log(id)).contains("can't read or write its files");
        assertThat(job.path("attempts").valueStream().toList())
                .last()
                .satisfies(last -> assertThat(last.path("resumedStep").asLong()).isPositive());
        assertAsIfNothingHadHappened(job);
    }

    @Tag("chaos")
    @Test
    void modelThatFindsNoRoomAmongTheBlobsIsStoredWhenThereIsSome() throws Exception {
        var id = submit(LENET);
        awaitProgress(id, 0.1);
        service.whileFull("blobs", () -> {
            awaitProgress(id, 1);
            await().atMost(SOON).until(() -> service.log().contains("storing artefact and outputs can't be done now"));
            assertThat(job(id).path("state").asString()).isEqualTo("RUNNING");
        });
        var job = awaitEnd(id);
        assertThat(endReasons(job)).as(log(id)).containsExactly("completed");
        assertAsIfNothingHadHappened(job);
    }

    /** With the database away nothing can be stored, and with the disk full nothing can wait on it. */
    @Tag("chaos")
    @Test
    void trainingWaitsWhenWhatItSaysFitsNowhere() throws Exception {
        var id = submit(TALKATIVE);
        awaitProgress(id, 0.02);
        service.whileFull("work", () -> {
            postgres.kill();
            try {
                await().atMost(SOON).until(() -> service.log().contains("training waits until they can be stored"));
                awaitStandstill();
            } finally {
                postgres.startAgain();
            }
        });
        await().atMost(SOON).ignoreExceptions().until(() -> isFinished(job(id)));
        var job = job(id);
        assertThat(endReasons(job)).containsExactly("completed");
        var points = http().get("/api/v1/jobs/" + id + "/metrics?split=validation&name=loss")
                .json()
                .path("points");
        assertThat(points.valueStream().map(point -> point.path("epoch").asInt()))
                .as("nothing is lost, and nothing is there twice")
                .isEqualTo(IntStream.rangeClosed(1, MANY_EPOCHS).boxed().toList());
    }

    /** The trainers of the service take no more time of any core. */
    private static void awaitStandstill() {
        var before = new Duration[] {Duration.ofSeconds(-1)};
        await().atMost(SOON).pollInterval(Duration.ofSeconds(1)).until(() -> {
            var now = service.trainers().stream()
                    .map(trainer -> trainer.info().totalCpuDuration().orElseThrow())
                    .reduce(Duration.ZERO, Duration::plus);
            boolean still = now.minus(before[0]).toMillis() < 50;
            before[0] = now;
            return still;
        });
    }

    @Test
    void uploadThatFindsNoRoomSaysSo() throws Exception {
        for (var disk : List.of("blobs", "ingest")) {
            service.whileFull(disk, () -> {
                var refused = upload("refused-" + disk);
                assertThat(refused.status()).as(disk + " " + refused).isEqualTo(507);
                assertThat(refused.json().path("code").asString()).isEqualTo("insufficient-storage");
                assertThat(refused.json().path("detail").asString())
                        .contains("disk is full")
                        .doesNotContain(DATA.toString());
            });
            assertThat(http().get("/api/v1/datasets/refused-" + disk).status()).isEqualTo(404);
            assertThat(upload("taken-" + disk).status()).isEqualTo(201);
        }
    }

    /** More than the container keeps in memory. */
    private static Calls.Answer upload(String name) {
        var rows = new StringBuilder("a,b,label\n");
        for (int i = 0; i < 40_000; i++) {
            rows.append(i).append(',').append(7 * i % 1_001).append(i % 2 == 0 ? ",even\n" : ",odd\n");
        }
        return new Calls(http().port())
                .postFiles(
                        "/api/v1/datasets?name=" + name,
                        Map.of("rows.csv", rows.toString().getBytes(StandardCharsets.UTF_8)));
    }

    private static Http http() {
        return service.http();
    }

    private static String submit(String spec) {
        var answer = http().post("/api/v1/jobs", spec);
        assertThat(answer.status()).as(answer.body()).isEqualTo(202);
        return answer.json().path("id").asString();
    }

    private static JsonNode job(String id) {
        return http().get("/api/v1/jobs/" + id).json();
    }

    private static String log(String id) {
        return http().get("/api/v1/jobs/" + id + "/log").body();
    }

    private static void awaitProgress(String id, double progress) {
        await().atMost(SOON).until(() -> job(id).path("progress").asDouble() >= progress);
    }

    private static JsonNode awaitEnd(String id) {
        await().atMost(SOON).until(() -> isFinished(job(id)));
        return job(id);
    }

    private static boolean isFinished(JsonNode job) {
        return Set.of("SUCCEEDED", "FAILED", "CANCELLED")
                .contains(job.path("state").asString());
    }

    private static List<String> endReasons(JsonNode job) {
        return job.path("attempts")
                .valueStream()
                .map(attempt -> attempt.path("endReason").asString())
                .toList();
    }

    private static void assertAsIfNothingHadHappened(JsonNode job) {
        assertThat(job.path("state").asString()).as(job.toString()).isEqualTo("SUCCEEDED");
        assertThat(job.path("weightsSha256").asString())
                .matches("[0-9a-f]{64}")
                .isEqualTo(straight().path("weightsSha256").asString());
    }

    /** A run that nothing disturbed, of which one is enough. */
    private static JsonNode straight() {
        if (straight == null) {
            straight = awaitEnd(submit(LENET));
            assertThat(straight.path("state").asString())
                    .as(straight.toString())
                    .isEqualTo("SUCCEEDED");
        }
        return straight;
    }
}
