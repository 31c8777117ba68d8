package io.lossforge.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.lossforge.Http;
import io.lossforge.ServiceTest;
import io.lossforge.job.ClaimedJobs;
import io.lossforge.job.JobQueue;
import io.lossforge.job.Workers;
import io.lossforge.metric.EventStreamReader;
import io.lossforge.metric.FollowedLog;
import io.lossforge.storage.DataDirectory;
import io.lossforge.storage.Storage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

@ServiceTest({
    "lossforge.roles=all",
    "lossforge.data-directory=target/test-data/all",
    "lossforge.worker.threads=1",
    "lossforge.worker.lease=10s",
    "lossforge.worker.checkpoint-interval=100ms",
    "lossforge.jobs.retry-backoff=100ms"
})
@Timeout(240)
class WorkerIT {

    private static final Duration SOON = Duration.ofMinutes(2);

    /** Done in seconds. */
    private static final String SHORT = """
            {"dataset": "digits", "architecture": {"name": "mlp"}, "epochs": 3, "batchSize": 64}""";

    /** Takes seconds, with a loss that has a memory. */
    private static final String RESUMED = """
            {"dataset": "digits", "architecture": {"name": "lenet"}, "epochs": 30, "batchSize": 32,
             "loss": {"name": "lgl-inr", "parameters": {"statistics": "ema", "gradThroughWeights": false}},
             "augmentations": [{"name": "random-crop", "parameters": {"padding": 1}}], "weightAveraging": {"decay": 0.9}}""";

    /** Runs until it is ended. */
    private static final String LONG = """
            {"dataset": "digits", "architecture": {"name": "lenet"}, "epochs": 100000, "batchSize": 32}""";

    @LocalServerPort
    int port;

    @Autowired
    Worker worker;

    @Autowired
    WorkerSettings settings;

    @Autowired
    JobQueue queue;

    @Autowired
    ClaimedJobs jobs;

    @Autowired
    Workers workers;

    @Autowired
    Trainers trainers;

    @Autowired
    Supervisor supervisor;

    @Autowired
    Storage storage;

    @Autowired
    DataDirectory data;

    @Autowired
    JdbcClient database;

    private static JsonNode straight;

    private Http http;
    private final List<UUID> submitted = new ArrayList<>();

    @BeforeEach
    void start() {
        http = new Http(port);
        await().atMost(SOON).until(() -> http.get("/api/v1/datasets/digits").status() == 200);
    }

    @AfterEach
    void endWhatIsLeft() {
        submitted.forEach(id -> http.post("/api/v1/jobs/" + id + "/cancel"));
        await().atMost(SOON).until(() -> submitted.stream().allMatch(id -> isFinished(job(id))));
    }

    @Test
    void jobBecomesAModel() throws IOException {
        var id = submit(SHORT.replace("\"epochs\": 3", "\"epochs\": 15"));
        try (var stream = EventStreamReader.open(http, "/api/v1/jobs/" + id + "/events", null)) {
            var job = awaitEnd(id);
            assertThat(job.path("state").asString()).as(job.toString()).isEqualTo("SUCCEEDED");
            assertThat(job.path("progress").asDouble()).isEqualTo(1);
            assertThat(job.at("/attempts/0/endReason").asString()).isEqualTo("completed");
            assertThat(job.at("/attempts/0/threads").asInt()).isEqualTo(1);
            assertThat(job.at("/attempts/0/device").asString()).isEqualTo("cpu");
            assertThat(job.at("/latestMetrics/train/loss").asDouble()).isPositive();
            assertThat(job.at("/latestMetrics/validation/balancedAccuracy").asDouble())
                    .isGreaterThan(0.5);
            assertThat(job.at("/model/name").asString()).isEqualTo("digits");
            assertThat(job.path("trainingSha256").asString()).matches("[0-9a-f]{64}");
            assertThat(job.path("trainingCounts")).hasSize(10);
            assertThat(job.path("validationCounts"))
                    .hasSize(10)
                    .allSatisfy(count -> assertThat(count.asInt()).isPositive());

            var evaluation =
                    http.get("/api/v1/jobs/" + id + "/evaluation?split=test").json();
            assertThat(evaluation.path("split").asString()).isEqualTo("test");
            assertThat(evaluation.path("accuracy").asDouble()).isGreaterThan(0.8);
            assertThat(evaluation.path("confusion")).hasSize(10);
            assertThat(http.get("/api/v1/jobs/" + id + "/evaluation?split=nonsense")
                            .status())
                    .isEqualTo(404);

            var version = http.get("/api/v1/models/digits/versions/"
                            + job.at("/model/version").asInt())
                    .json();
            assertThat(version.toString()).contains(id.toString());
            assertThat(storage.exists("models/" + version.path("sha256").asString() + ".onnx"))
                    .as(version.toString())
                    .isTrue();

            assertAnalysed(id);
            assertBundled(id);
            assertSequenceIsWhole(id);
            await().until(stream::isEnded);
            assertThat(stream.last("end").path("state").asString()).isEqualTo("SUCCEEDED");
            assertThat(stream.ids("metric"))
                    .hasSize(http.get("/api/v1/jobs/" + id + "/metrics")
                            .json()
                            .path("points")
                            .size());
        }
        assertThat(data.resolve("work").resolve(id.toString())).doesNotExist();
    }

    private void assertAnalysed(UUID id) {
        var analysis = http.get("/api/v1/jobs/" + id + "/analysis").json();
        assertThat(analysis.path("split").asString()).isEqualTo("test");
        assertThat(analysis.at("/firstOrder/verdict").isNull()).isTrue();
        var train = http.get("/api/v1/jobs/" + id + "/analysis?split=train").json();
        assertThat(train.path("condition").asString()).isEqualTo("WEIGHTED_COUNTS");
        assertThat(train.at("/firstOrder/verdict").asString()).isIn("STATIONARY", "NEAR", "NOT_CONVERGED");
        assertThat(train.at("/trainingProbabilities/values")).hasSize(10);
        assertThat(train.at("/indeterminacy/degreesOfFreedom").asInt()).isEqualTo(81);
        assertThat(train.at("/classes/3/class").asString()).isEqualTo("3");

        var preview = http.post("/api/v1/jobs/" + id + "/analysis/preview", """
                        {"classWeights": {"scheme": "explicit", "values": [1, 1, 1, 1, 1, 1, 1, 1, 30, 1]}}""").json();
        assertThat(preview.at("/classes/8/biasChange").asDouble()).isPositive();
        var train8 = preview.at("/splits/0");
        assertThat(train8.path("split").asString()).isEqualTo("train");
        assertThat(train8.at("/before/probabilities/values/8/8").asDouble())
                .isCloseTo(train.at("/trainingProbabilities/values/8/8").asDouble(), within(1e-6));
        assertThat(train8.at("/after/recall/8").asDouble())
                .isGreaterThanOrEqualTo(train8.at("/before/recall/8").asDouble());
        assertThat(preview.path("splits")).hasSize(3);

        var refused = http.post(
                "/api/v1/jobs/" + id + "/analysis/preview",
                "{\"classWeights\": {\"scheme\": \"explicit\", \"values\": [1, 2]}}");
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.json().at("/errors/0/pointer").asString()).isEqualTo("/classWeights");
        assertThat(refused.json().at("/errors/0/detail").asString())
                .contains("2 explicit class weights for 10 classes");
    }

    private void assertBundled(UUID id) throws IOException {
        var names = new ArrayList<String>();
        var url = URI.create("http://localhost:" + port + "/api/v1/jobs/" + id + "/bundle")
                .toURL();
        try (var zip = new ZipInputStream(url.openStream())) {
            for (var entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                names.add(entry.getName());
                var bytes = zip.readAllBytes();
                assertThat(bytes).as(entry.getName()).isNotEmpty();
                if (entry.getName().equals("metrics.csv")) {
                    assertThat(new String(bytes, StandardCharsets.UTF_8).lines().count())
                            .isEqualTo(1
                                    + http.get("/api/v1/jobs/" + id + "/metrics")
                                            .json()
                                            .path("points")
                                            .size());
                }
            }
        }
        assertThat(names)
                .containsExactlyInAnyOrder(
                        "spec.json",
                        "job.json",
                        "evaluation/test.json",
                        "evaluation/train.json",
                        "evaluation/validation.json",
                        "analysis/test.json",
                        "analysis/train.json",
                        "analysis/validation.json",
                        "metrics.csv",
                        "model.onnx",
                        "log.txt");
    }

    @Test
    void aJobStartsFromTheWeightsOfAModel() {
        var model = awaitEnd(submit(SHORT.replace("{\"dataset\"", "{\"model\": \"warm\", \"dataset\"")));
        assertThat(model.at("/model/name").asString()).as(model.toString()).isEqualTo("warm");
        var standing = awaitEnd(submit("""
                {"dataset": "digits", "initialModel": "warm", "epochs": 1,
                 "optimizer": {"name": "sgd", "parameters": {"learningRate": 1e-30, "weightDecay": 0}}}"""));
        assertThat(standing.path("state").asString()).as(standing.toString()).isEqualTo("SUCCEEDED");
        assertThat(standing.at("/spec/initialModel").asString())
                .isEqualTo("warm:" + model.at("/model/version").asInt());
        assertThat(standing.at("/spec/architecture/name").asString()).isEqualTo("mlp");
        assertThat(standing.path("initialWeightsSha256").asString())
                .isEqualTo(model.path("weightsSha256").asString());
        assertThat(standing.path("weightsSha256").asString())
                .as("steps too small to change a bit")
                .isEqualTo(model.path("weightsSha256").asString());
        assertThat(standing.at("/latestMetrics/validation/loss").asDouble())
                .isEqualTo(model.at("/latestMetrics/validation/loss").asDouble());
    }

    @Test
    void aDamagedInitialModelEndsTheJobAndIsNamed() {
        var model = awaitEnd(submit(SHORT.replace("{\"dataset\"", "{\"model\": \"damaged\", \"dataset\"")));
        var version = http.get("/api/v1/models/damaged/versions/1").json();
        var key = "models/" + version.path("sha256").asString() + ".onnx";
        assertThat(model.at("/model/name").asString()).as(model.toString()).isEqualTo("damaged");
        storage.put(key, new ByteArrayInputStream(new byte[] {1}), 1);

        var job = awaitEnd(submit("{\"dataset\": \"digits\", \"initialModel\": \"damaged:1\"}"));
        assertThat(job.path("state").asString()).isEqualTo("FAILED");
        assertThat(job.path("statusReason").asString()).isEqualTo("error");
        assertThat(job.path("statusMessage").asString())
                .isEqualTo("the file of the initial model damaged:1 is gone or damaged");
        http.delete("/api/v1/models/damaged/versions/1");
    }

    @Test
    void killedTrainerCostsAnAttemptAndNothingElse() {
        var straight = straight();
        var id = submit(RESUMED);
        var follower = FollowedLog.of(http, id);
        awaitCheckpoint(id);
        await().atMost(SOON).until(() -> follower.text().contains("epoch 1 of 30"));
        runningTrainers().forEach(ProcessHandle::destroyForcibly);
        var job = awaitEnd(id);
        await().atMost(SOON).until(follower::isEnded);
        assertThat(follower.text())
                .contains("── attempt 2 ──", "goes on after step")
                .isEqualTo(http.get("/api/v1/jobs/" + id + "/log").body());
        assertThat(job.path("state").asString()).as(job.toString()).isEqualTo("SUCCEEDED");
        assertThat(job.path("attempts")).hasSize(2);
        assertThat(job.at("/attempts/0/endReason").asString()).isEqualTo("killed");
        assertThat(job.at("/attempts/1/endReason").asString()).isEqualTo("completed");
        assertThat(job.at("/attempts/1/resumedStep").asLong())
                .as(job.toString())
                .isPositive();
        assertThat(job.path("weightsSha256").asString())
                .matches("[0-9a-f]{64}")
                .isEqualTo(straight.path("weightsSha256").asString());
        assertSequenceIsWhole(id);
        assertThat(curve(id))
                .as("as if nothing had happened")
                .isEqualTo(curve(UUID.fromString(straight.path("id").asString())));
        awaitNoCheckpoint(id);
    }

    /** Half of it goes on from the checkpoint before, all of it from the beginning, and the job's log says so. */
    @Tag("chaos")
    @Test
    void damagedCheckpointsInTheBlobStorageCostTimeAndNothingElse() {
        var straight = straight();
        var id = submit(RESUMED);
        awaitCheckpoint(id);
        worker.stop();
        try {
            checkpoints(id).forEach(key -> storage.put(key, new ByteArrayInputStream(new byte[] {1}), 1));
        } finally {
            worker.start();
        }
        var job = awaitEnd(id);
        assertThat(job.path("state").asString()).as(job.toString()).isEqualTo("SUCCEEDED");
        assertThat(job.at("/attempts/1/resumedStep").isNull())
                .as(job.toString())
                .isTrue();
        assertThat(job.path("weightsSha256").asString())
                .isEqualTo(straight.path("weightsSha256").asString());
        assertThat(http.get("/api/v1/jobs/" + id + "/log").body())
                .contains("is damaged or gone", "training starts from the beginning");
        assertSequenceIsWhole(id);
    }

    @Tag("chaos")
    @Test
    void blobStoreAwayForAWhileStopsNothing() throws IOException {
        var straight = straight();
        var blobs = data.root().resolve("blobs");
        var away = data.root().resolve("blobs.away");
        var id = submit(RESUMED);
        awaitStep(id);
        Files.move(blobs, away);
        Files.createFile(blobs);
        try {
            await().atMost(SOON).until(() -> job(id).path("progress").asDouble() == 1);
        } finally {
            Files.delete(blobs);
            Files.move(away, blobs);
        }
        var job = awaitEnd(id);
        assertThat(job.path("state").asString()).as(job.toString()).isEqualTo("SUCCEEDED");
        assertThat(job.path("attempts")).hasSize(1);
        assertThat(job.path("weightsSha256").asString())
                .isEqualTo(straight.path("weightsSha256").asString());
        awaitNoCheckpoint(id);
    }

    /** A run that nothing disturbed, of which one is enough. */
    private JsonNode straight() {
        if (straight == null) {
            straight = awaitEnd(submit(RESUMED));
        }
        return straight;
    }

    private List<String> checkpoints(UUID id) {
        return database.sql("select key from job_checkpoint where job_id = ?")
                .param(id)
                .query(String.class)
                .list();
    }

    private void awaitCheckpoint(UUID id) {
        await().atMost(SOON).until(() -> !checkpoints(id).isEmpty());
    }

    private void awaitNoCheckpoint(UUID id) {
        await().atMost(SOON)
                .until(() -> storage.list("jobs/" + id + "/checkpoints/").isEmpty());
        assertThat(checkpoints(id)).isEmpty();
    }

    @Test
    void crashInNativeCodeIsToldFromAKill() throws Exception {
        var id = submit(LONG.replace("{\"dataset\"", "{\"maxAttempts\": 1, \"dataset\""));
        awaitStep(id);
        for (var trainer : runningTrainers()) {
            new ProcessBuilder("kill", "-SEGV", Long.toString(trainer.pid()))
                    .start()
                    .waitFor();
        }
        var job = awaitEnd(id);
        assertThat(job.path("state").asString()).isEqualTo("FAILED");
        assertThat(job.path("statusReason").asString()).as(job.toString()).isEqualTo("native_crash");
        assertThat(job.path("statusMessage").asString()).contains("SIGSEGV");
        assertThat(http.get("/api/v1/jobs/" + id + "/log").body()).contains("SIGSEGV");
    }

    @Test
    void cancelledJobEndsAndLeavesNothing() {
        var id = submit(LONG);
        awaitStep(id);
        assertThat(http.post("/api/v1/jobs/" + id + "/cancel").status()).isEqualTo(202);
        var job = awaitEnd(id);
        assertThat(job.path("state").asString()).isEqualTo("CANCELLED");
        assertThat(job.at("/attempts/0/endReason").asString()).isEqualTo("cancelled");
        await().atMost(SOON)
                .until(() -> !Files.exists(data.root().resolve("work").resolve(id.toString())));
    }

    @Test
    void deadlineEndsARunningJob() {
        var id = submit(LONG);
        awaitStep(id);
        http.patch("/api/v1/jobs/" + id, "{\"deadline\": \"PT0.1S\"}");
        var job = awaitEnd(id);
        assertThat(job.path("state").asString()).isEqualTo("FAILED");
        assertThat(job.path("statusReason").asString()).isEqualTo("deadline");
    }

    @Test
    void workerThatIsStoppedGivesItsJobBack() {
        var id = submit(LONG);
        awaitStep(id);
        worker.stop();
        try {
            var job = job(id);
            assertThat(job.path("state").asString()).as(job.toString()).isEqualTo("QUEUED");
            assertThat(job.at("/attempts/0/endReason").asString()).isEqualTo("worker_stopped");
            assertThat(job.path("progress").asDouble())
                    .as("goes on where it was")
                    .isPositive();
            assertThat(job.path("statusReason").asString()).isEqualTo("waiting-for-worker");
            assertThat(runningTrainers()).isEmpty();
        } finally {
            worker.start();
        }
        await().atMost(SOON).until(() -> job(id).at("/attempts/1/resumedStep").asLong() > 0);
    }

    @Test
    void jobOfAWorkerThatLostItsLeaseRunsAgainAndTheLoserChangesNothing() {
        var id = submit(LONG);
        awaitStep(id);
        // What a long pause of the process would do: the lease is over, and another worker has the job.
        database.sql("""
                        update training_job set claimed_by = gen_random_uuid(), attempt = attempt + 1 where id = ?""").param(id).update();
        database.sql("""
                        insert into job_attempt (job_id, number, worker, device, started_at) values (?, 2, 'other', 'cpu', now())""").param(id).update();
        await().atMost(SOON)
                .until(() -> runningTrainers().size() <= 1
                        && !Files.exists(data.root()
                                .resolve("work")
                                .resolve(id.toString())
                                .resolve("1")));
        var job = job(id);
        assertThat(job.at("/attempts/0/endedAt").isNull()).as(job.toString()).isTrue();
        assertThat(job.path("state").asString()).isEqualTo("RUNNING");
        database.sql("update training_job set lease_until = now() where id = ?")
                .param(id)
                .update();
        await().atMost(SOON).until(() -> job(id).path("attempts").size() == 3);
    }

    @Tag("chaos")
    @Test
    void twoWorkersNeverRunOneJob() {
        var second = new Worker(settings, queue, jobs, workers, trainers, supervisor, data);
        second.start();
        try {
            var ids = new ArrayList<UUID>();
            for (int i = 0; i < 4; i++) {
                ids.add(submit(SHORT));
            }
            for (var id : ids) {
                var job = awaitEnd(id);
                assertThat(job.path("state").asString()).as(job.toString()).isEqualTo("SUCCEEDED");
                assertThat(job.path("attempts")).hasSize(1);
                assertSequenceIsWhole(id);
            }
        } finally {
            second.stop();
        }
    }

    private UUID submit(String spec) {
        var answer = http.post("/api/v1/jobs", spec);
        assertThat(answer.status()).as(answer.body()).isEqualTo(202);
        var id = UUID.fromString(answer.json().path("id").asString());
        submitted.add(id);
        return id;
    }

    private JsonNode job(UUID id) {
        return http.get("/api/v1/jobs/" + id).json();
    }

    private JsonNode awaitEnd(UUID id) {
        await().atMost(SOON).until(() -> isFinished(job(id)));
        return job(id);
    }

    private void awaitStep(UUID id) {
        await().atMost(SOON).until(() -> job(id).path("progress").asDouble() > 0);
    }

    private static boolean isFinished(JsonNode job) {
        return Set.of("SUCCEEDED", "FAILED", "CANCELLED")
                .contains(job.path("state").asString());
    }

    private static List<ProcessHandle> runningTrainers() {
        return ProcessHandle.current()
                .children()
                .filter(child -> child.info().commandLine().orElse("").endsWith("io.lossforge.training.Trainer"))
                .toList();
    }

    /** No number is missing, none is there twice, and no value of a curve is. */
    private void assertSequenceIsWhole(UUID id) {
        var sequences = database.sql("""
                        select sequence from metric_point where job_id = :job union all
                        select sequence from job_log where job_id = :job order by sequence""").param("job", id).query(Long.class).list();
        for (int i = 0; i < sequences.size(); i++) {
            assertThat(sequences.get(i)).isEqualTo(i + 1);
        }
        assertThat(curve(id)).doesNotHaveDuplicates();
    }

    /** Every loss and accuracy by step: what a repeated run must measure again. */
    private List<String> curve(UUID id) {
        return database.sql("""
                        select concat(split, ' ', name, ' ', step, ' ', value) from metric_point
                        join metric_name on metric_name.id = metric_id
                        where job_id = ? and name in ('loss', 'accuracy', 'balancedAccuracy') order by sequence""").param(id).query(String.class).list();
    }
}
