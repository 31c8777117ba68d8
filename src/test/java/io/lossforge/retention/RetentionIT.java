package io.lossforge.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lossforge.Http;
import io.lossforge.ServiceTest;
import io.lossforge.job.ClaimedJobs;
import io.lossforge.job.JobLog;
import io.lossforge.job.JobOutputs;
import io.lossforge.job.QueuedJobs;
import io.lossforge.metric.MetricPoints;
import io.lossforge.model.Models;
import io.lossforge.model.NewModelVersion;
import io.lossforge.storage.Blobs;
import io.lossforge.storage.Storage;
import io.lossforge.training.MetricPoint;
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

@ServiceTest({
    "lossforge.roles=server",
    "lossforge.data-directory=target/test-data/retention",
    "lossforge.retention.metrics=30d",
    "lossforge.retention.logs=30d",
    "lossforge.retention.outputs=30d",
    "lossforge.retention.failed-jobs=60d"
})
class RetentionIT {

    @LocalServerPort
    int port;

    @Autowired
    QueuedJobs given;

    @Autowired
    ClaimedJobs claimed;

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
        assertThat(IntStream.range(0, 4)
                        .map(kind -> due.at("/%d/count".formatted(kind)).asInt()))
                .containsExactly(1, 1, 1, 1);
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
        assertThat(IntStream.range(0, 4)
                        .map(kind -> left.at("/%d/count".formatted(kind)).asInt()))
                .containsExactly(0, 0, 0, 0);
        everythingDeletedLeavesTheStorageEmpty(http);
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
