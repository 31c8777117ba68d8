package io.lossforge.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lossforge.Http;
import io.lossforge.ServiceTest;
import io.lossforge.job.ClaimedJobs;
import io.lossforge.job.EndReason;
import io.lossforge.job.JobCheckpoints;
import io.lossforge.job.JobLog;
import io.lossforge.job.JobOutputs;
import io.lossforge.job.QueuedJobs;
import io.lossforge.metric.MetricPoints;
import io.lossforge.model.Models;
import io.lossforge.model.NewModelVersion;
import io.lossforge.storage.Blobs;
import io.lossforge.storage.Storage;
import io.lossforge.training.MetricPoint;
import io.lossforge.training.TrainerEvent;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;

@ServiceTest({
    "lossforge.roles=server",
    "lossforge.data-directory=target/test-data/retention",
    "lossforge.retention.metrics=30d",
    "lossforge.retention.logs=30d",
    "lossforge.retention.outputs=30d",
    "lossforge.retention.checkpoints=7d",
    "lossforge.retention.failed-jobs=60d",
    "lossforge.retention.superseded-datasets=30d"
})
class RetentionIT {

    @LocalServerPort
    int port;

    @Autowired
    QueuedJobs given;

    @Autowired
    ClaimedJobs claimed;

    @Autowired
    JobCheckpoints checkpoints;

    @Autowired
    MetricPoints points;

    @Autowired
    JobOutputs outputs;

    @Autowired
    Models models;

    @Autowired
    Blobs blobs;

    @Autowired
    Storage storage;

    @Autowired
    Sweep sweep;

    @Autowired
    JdbcClient database;

    @Autowired
    TransactionTemplate transaction;

    @TempDir
    Path local;

    /** A job that succeeded, with a point, a line, outputs and a model. */
    private UUID succeeded(String model) throws IOException {
        var id = given.queued();
        var claim = given.running(id);
        var file = Files.writeString(local.resolve("file"), "bytes of " + model);
        var stored = blobs.put(JobOutputs.key(id, "ab"), file);
        var artefact = blobs.put("models/" + model + ".onnx", file);
        transaction.executeWithoutResult(status -> {
            claimed.logged(claim, List.of(new JobLog.Chunk(claimed.reserve(claim, 1), 1, "hello\n")));
            points.insert(
                    id,
                    List.of(new MetricPoints.NewPoint(
                            claimed.reserve(claim, 1), new MetricPoint("train", "loss", 1, 1, 0.5), 0)));
            claimed.measured(claim, 1, Map.of());
            outputs.store(id, stored, null);
            models.register(new NewModelVersion(
                    model,
                    id,
                    "digits",
                    1,
                    "softmax",
                    artefact.key(),
                    artefact.sha256(),
                    artefact.bytes(),
                    List.of("a", "b"),
                    "images",
                    List.of(1, 8, 8),
                    "softmax",
                    Map.of()));
            claimed.succeeded(claim, model, 1, 20, Map.of(), "00");
        });
        return id;
    }

    private void ended(UUID job, int daysAgo) {
        database.sql("update training_job set ended_at = now() - :days * interval '1 day' where id = :job")
                .param("days", daysAgo)
                .param("job", job)
                .update();
    }

    private long count(String table, UUID job) {
        return database.sql("select count(*) from " + table + " where job_id = ?")
                .param(job)
                .query(Long.class)
                .single();
    }

    @Test
    void whatIsOlderThanItsSettingGoesAndTheJobStays() throws IOException {
        var http = new Http(port);
        var old = succeeded("old");
        var recent = succeeded("recent");
        ended(old, 40);
        ended(recent, 20);
        var failed = given.queued();
        assertThat(http.post("/api/v1/jobs/" + failed + "/cancel").status()).isEqualTo(202);
        ended(failed, 61);

        var due = http.get("/api/v1/retention").json().path("due");
        assertThat(due.at("/0/kind").asString()).isEqualTo("metrics");
        assertThat(due.at("/0/kept").asString()).isEqualTo("PT720H");
        assertThat(IntStream.range(0, 5)
                        .map(kind -> due.at("/%d/count".formatted(kind)).asInt()))
                .as("metrics, logs, outputs, checkpoints, failed jobs")
                .containsExactly(1, 1, 1, 0, 1);
        assertThat(due.at("/1/bytes").asInt()).isEqualTo(6);
        assertThat(due.at("/2/bytes").asInt()).isEqualTo("bytes of old".length());
        assertThat(http.get("/api/v1/retention?metrics=P10D")
                        .json()
                        .at("/due/0/count")
                        .asInt())
                .as("as if another setting")
                .isEqualTo(2);
        assertThat(http.get("/api/v1/retention?metrics=soon").status()).isEqualTo(400);
        assertThat(count("metric_point", old)).as("asking removes nothing").isEqualTo(1);

        sweep.all(() -> true);
        for (var table : List.of("metric_point", "job_log", "job_output")) {
            assertThat(count(table, old)).as(table).isZero();
            assertThat(count(table, recent)).as(table).isEqualTo(1);
        }
        await().until(() -> storage.list("jobs/" + old + "/").isEmpty());
        assertThat(storage.list("jobs/" + recent + "/")).hasSize(1);
        assertThat(storage.exists("models/old.onnx")).isTrue();
        assertThat(http.get("/api/v1/jobs/" + old).status()).isEqualTo(200);
        assertThat(http.get("/api/v1/jobs/" + failed).status()).isEqualTo(404);
        var left = http.get("/api/v1/retention").json().path("due");
        assertThat(IntStream.range(0, 5)
                        .map(kind -> left.at("/%d/count".formatted(kind)).asInt()))
                .containsExactly(0, 0, 0, 0, 0);
        everythingDeletedLeavesTheStorageEmpty(http);
    }

    private JsonNode due(String kind) {
        return new Http(port)
                .get("/api/v1/retention")
                .json()
                .path("due")
                .valueStream()
                .filter(due -> due.path("kind").asString().equals(kind))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void checkpointsOfAFailedJobStayForARetryAsLongAsSet() throws IOException {
        var http = new Http(port);
        var id = given.queued();
        var claim = given.running(id);
        var sha256 = "ab".repeat(32);
        blobs.put(JobCheckpoints.key(claim, sha256), Files.writeString(local.resolve("checkpoint"), "12345"));
        checkpoints.add(claim, new TrainerEvent.Checkpoint("file", 3, 100, 0.25, 0, sha256, 5), "cpu", 2);
        claimed.ended(claim, EndReason.DIVERGED, "the loss became NaN");

        sweep.all(() -> true);
        assertThat(storage.list("jobs/" + id + "/")).hasSize(1);
        var retried = http.post("/api/v1/jobs/" + id + "/retry").json();
        assertThat(retried.path("state").asString()).isEqualTo("QUEUED");
        assertThat(retried.path("progress").asDouble()).as("where it goes on").isEqualTo(0.25);
        assertThat(retried.path("epoch").asInt()).isEqualTo(3);

        assertThat(http.post("/api/v1/jobs/" + id + "/cancel").status()).isEqualTo(202);
        ended(id, 8);
        assertThat(due("checkpoints").path("count").asInt()).isEqualTo(1);
        assertThat(due("checkpoints").path("bytes").asInt()).isEqualTo(5);
        sweep.all(() -> true);
        assertThat(due("checkpoints").path("count").asInt()).isZero();
        await().until(() -> storage.list("jobs/" + id + "/").isEmpty());
        assertThat(http.post("/api/v1/jobs/" + id + "/retry")
                        .json()
                        .path("progress")
                        .asDouble())
                .isZero();
        http.post("/api/v1/jobs/" + id + "/cancel");
    }

    @Test
    void supersededVersionsGoUnlessAJobUsesThem() {
        var job = given.queued(); // uses the first version of its dataset
        var name = database.sql("select dataset_name from training_job where id = ?")
                .param(job)
                .query(String.class)
                .single();
        var second = version(name, 2, 40);
        version(name, 3, 35);
        var fourth = version(name, 4, 31);
        var recent = given.registeredDataset();
        version(recent, 2, 29);

        assertThat(due("supersededDatasets").path("count").asInt()).isEqualTo(2);
        assertThat(due("supersededDatasets").path("bytes").asInt()).isEqualTo(20);
        sweep.all(() -> true);
        assertThat(versions(name)).containsExactly(1, 4);
        assertThat(versions(recent)).containsExactly(1, 2);
        await().until(() -> storage.list("datasets/" + second + "/").isEmpty());
        assertThat(storage.list("datasets/" + fourth + "/")).hasSize(1);

        var http = new Http(port);
        http.post("/api/v1/jobs/" + job + "/cancel");
        assertThat(http.delete("/api/v1/jobs/" + job).status()).isEqualTo(204);
        assertThat(http.delete("/api/v1/datasets/" + name).status()).isEqualTo(204);
        assertThat(http.delete("/api/v1/datasets/" + recent).status()).isEqualTo(204);
    }

    /** @return the hash of its content, of 10 bytes */
    private String version(String dataset, int version, int daysAgo) {
        var sha256 = content(dataset + version, 0);
        database.sql("""
                        insert into dataset_version (id, dataset_name, version, format, kind, shape, classes, train_per_class,
                            test_per_class, sha256, bytes, warnings, created_at)
                        select gen_random_uuid(), dataset_name, :version, format, kind, shape, classes, train_per_class,
                            test_per_class, :sha256, 10, warnings, now() - :days * interval '1 day'
                        from dataset_version where dataset_name = :dataset and version = 1""")
                .param("version", version)
                .param("sha256", sha256)
                .param("days", daysAgo)
                .param("dataset", dataset)
                .update();
        return sha256;
    }

    private String content(String of, int hoursAgo) {
        var sha256 = "%064x".formatted(of.hashCode() & 0xffffffffL);
        database.sql("insert into dataset_content (sha256, touched_at) values (?, now() - ? * interval '1 hour')")
                .params(sha256, hoursAgo)
                .update();
        storage.put("datasets/" + sha256 + "/train-inputs.npy", new ByteArrayInputStream(new byte[10]), 10);
        return sha256;
    }

    private List<Integer> versions(String dataset) {
        return database.sql("select version from dataset_version where dataset_name = ? order by version")
                .param(dataset)
                .query(Integer.class)
                .list();
    }

    @Test
    void whatAnIngestionThatNeverEndedLeftGoesAfterADay() {
        var old = content("old upload", 25);
        var recent = content("recent upload", 23);
        assertThat(due("abandonedDatasets").path("count").asInt()).isEqualTo(1);
        assertThat(due("abandonedDatasets").path("bytes").asInt()).isEqualTo(10);

        sweep.leaving(() -> true);
        await().until(() -> storage.list("datasets/" + old + "/").isEmpty());
        assertThat(storage.list("datasets/" + recent + "/")).hasSize(1);

        database.sql("update dataset_content set touched_at = now() - interval '25 hours' where sha256 = ?")
                .param(recent)
                .update();
        sweep.leaving(() -> true);
        await().until(() -> storage.list("datasets/" + recent + "/").isEmpty());
    }

    @Test
    void aJobOfManyPointsIsDeletedAtOnceAndItsPointsLeaveAfterwards() {
        var id = given.queued();
        claimed.ended(given.running(id), EndReason.DIVERGED, "the loss became NaN");
        transaction.executeWithoutResult(status -> points.insert(
                id, List.of(new MetricPoints.NewPoint(1, new MetricPoint("train", "loss", 1, 1, 0.5), 0))));
        database.sql("""
                        insert into metric_point (job_id, sequence, step, value, at, epoch, metric_id)
                        select job_id, i, i, value, at, epoch, metric_id from metric_point, generate_series(2, 50000) as i
                        where job_id = ?""").param(id).update();

        assertThat(new Http(port).delete("/api/v1/jobs/" + id).status()).isEqualTo(204);
        assertThat(new Http(port).get("/api/v1/jobs/" + id + "/metrics").status())
                .isEqualTo(404);
        await().atMost(Duration.ofMinutes(1)).until(() -> count("metric_point", id) == 0);
        await().until(() -> count("metric_leaving", id) == 0);
    }

    private void everythingDeletedLeavesTheStorageEmpty(Http http) {
        await().atMost(Duration.ofMinutes(1))
                .until(() -> http.get("/api/v1/datasets/digits").status() == 200);
        assertThat(storage.list("")).anyMatch(key -> key.startsWith("datasets/"));
        for (var id :
                database.sql("select id from training_job").query(UUID.class).list()) {
            assertThat(http.delete("/api/v1/jobs/" + id).status()).isEqualTo(204);
        }
        for (var model : List.of("old", "recent")) {
            assertThat(http.delete("/api/v1/models/" + model + "/versions/1").status())
                    .isEqualTo(204);
        }
        assertThat(http.delete("/api/v1/datasets/digits").status()).isEqualTo(204);
        await().untilAsserted(() -> assertThat(storage.list("")).isEmpty());
    }
}
