package io.lossforge.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lossforge.Http;
import io.lossforge.Http.Answer;
import io.lossforge.ServiceTest;
import io.lossforge.metric.MetricPoints;
import io.lossforge.storage.Storage;
import io.lossforge.training.MetricPoint;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

@ServiceTest
class JobsIT {

    @LocalServerPort
    int port;

    @Autowired
    QueuedJobs given;

    @Autowired
    ClaimedJobs claimed;

    @Autowired
    Workers workers;

    @Autowired
    MetricPoints points;

    @Autowired
    JobOutputs outputs;

    @Autowired
    Storage storage;

    @Autowired
    JdbcClient database;

    @Autowired
    TransactionTemplate transaction;

    private Http http;
    private String dataset;

    @BeforeEach
    void start() {
        http = new Http(port);
        dataset = given.registeredDataset();
        given.emptyQueue();
    }

    @Test
    void submitAnswersWithTheWholeSpecification() {
        var answer = submit("""
                {"dataset": "%s", "loss": {"name": "lgl-inr", "parameters": {"beta": 2}}, "priority": 3}""");
        assertThat(answer.status()).as(answer.body()).isEqualTo(202);
        var job = answer.json();
        assertThat(answer.header("Location"))
                .isEqualTo("/api/v1/jobs/" + job.path("id").asString());
        assertThat(UUID.fromString(job.path("id").asString()).version()).isEqualTo(7);
        assertThat(job.path("state").asString()).isEqualTo("QUEUED");
        assertThat(job.path("name").asString()).isEqualTo(dataset + "-lgl-inr");
        assertThat(job.at("/spec/dataset").asString()).isEqualTo(dataset + ":1");
        assertThat(job.at("/spec/model").asString()).isEqualTo(dataset);
        assertThat(job.at("/spec/loss/parameters/beta").asDouble()).isEqualTo(2);
        assertThat(job.at("/spec/epochs").asInt()).isEqualTo(20);
        assertThat(job.at("/spec/optimizer/name").asString()).isEqualTo("adam");
        assertThat(job.path("queuePosition").asInt()).isEqualTo(1);
        assertThat(job.path("progress").asDouble()).isZero();
        assertThat(job.path("attempts")).isEmpty();
        assertThat(job.has("endedAt")).isTrue();

        var again = http.post("/api/v1/jobs", job.path("spec").toString());
        assertThat(again.status())
                .as("what is echoed can be submitted: %s", again.body())
                .isEqualTo(202);
        assertThat(again.json().path("spec")).isEqualTo(job.path("spec"));
    }

    @Test
    void everyViolationIsNamedAtOnce() {
        var answer = submit("""
                {"dataset": "%s", "epochs": 0, "los": 1, "loss": {"name": "focla"}, "optimizer": {"name": "adam", "parameters": {"learningRate": -1}}}""");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
        var problem = answer.json();
        assertThat(problem.path("errors"))
                .extracting(error -> error.path("pointer").asString())
                .containsExactlyInAnyOrder("/epochs", "/los", "/loss/name", "/optimizer/parameters/learningRate");
        assertThat(problem.path("errors").toString()).contains("loss \\\"focla\\\" is not known");
    }

    @Test
    void malformedJsonIsRefused() {
        assertThat(http.post("/api/v1/jobs", "{\"dataset\": ").status()).isEqualTo(400);
        assertThat(http.post("/api/v1/jobs", "[]").status()).isEqualTo(400);
        assertThat(http.post("/api/v1/jobs", "").status()).isEqualTo(400);
    }

    @Test
    void datasetThatIsNotThereIsNamedWithTheNearest() {
        var answer = http.post("/api/v1/jobs", "{\"dataset\": \"%sx\"}".formatted(dataset));
        assertThat(answer.status()).isEqualTo(422);
        var error = answer.json().at("/errors/0");
        assertThat(error.path("pointer").asString()).isEqualTo("/dataset");
        assertThat(error.path("detail").asString()).contains("is not known; did you mean");
    }

    @Test
    void specificationThatDoesNotFitTheDataIsRefused() {
        var answer = submit("""
                {"dataset": "%s", "batchSize": 5000}""");
        assertThat(answer.status()).as(answer.body()).isEqualTo(422);
        assertThat(answer.json().at("/errors/0/pointer").asString()).isEqualTo("/batchSize");
    }

    @Test
    void sameIdempotencyKeySubmitsOnce() {
        var key = UUID.randomUUID().toString();
        var body = "{\"dataset\": \"%s\"}".formatted(dataset);
        var first = http.post("/api/v1/jobs", body, "Idempotency-Key", key);
        var second = http.post("/api/v1/jobs", body, "Idempotency-Key", key);
        assertThat(first.status()).isEqualTo(202);
        assertThat(second.status()).isEqualTo(202);
        assertThat(second.json()).isEqualTo(first.json());
        assertThat(second.header("Location")).isEqualTo(first.header("Location"));
        assertThat(http.get("/api/v1/jobs?dataset=" + dataset).json().path("jobs"))
                .hasSize(1);

        var other = http.post(
                "/api/v1/jobs", "{\"dataset\": \"%s\", \"seed\": 2}".formatted(dataset), "Idempotency-Key", key);
        assertThat(other.status()).isEqualTo(422);
        assertThat(other.json().path("code").asString()).isEqualTo("idempotency-key-reused");
    }

    @Test
    void jobThatIsNotThere() {
        var id = UUID.randomUUID();
        for (var path : List.of("", "/evaluation", "/log", "/metrics", "/events")) {
            var answer = http.get("/api/v1/jobs/" + id + path);
            assertThat(answer.status()).as(path).isEqualTo(404);
            assertThat(answer.json().path("code").asString()).isEqualTo("job-not-found");
        }
        assertThat(http.post("/api/v1/jobs/" + id + "/cancel").status()).isEqualTo(404);
        assertThat(http.delete("/api/v1/jobs/" + id).status()).isEqualTo(404);
        assertThat(http.get("/api/v1/jobs/nonsense").status()).isIn(400, 404);
    }

    @Test
    void etagChangesWithTheJob() {
        var id = submitted();
        var first = http.get("/api/v1/jobs/" + id);
        var etag = first.header("ETag");
        assertThat(etag).isNotEmpty();
        var same = http.get("/api/v1/jobs/" + id, "If-None-Match", etag);
        assertThat(same.status()).isEqualTo(304);
        assertThat(same.body()).isEmpty();
        given.running(id);
        var changed = http.get("/api/v1/jobs/" + id, "If-None-Match", etag);
        assertThat(changed.status()).isEqualTo(200);
        assertThat(changed.header("ETag")).isNotEqualTo(etag);
    }

    @Test
    void listIsPagedNewestFirst() {
        var ids = new ArrayList<String>();
        for (int i = 0; i < 5; i++) {
            ids.add(0, submitted().toString());
        }
        var seen = new ArrayList<String>();
        var next = "";
        do {
            var page = http.get("/api/v1/jobs?pageSize=2&dataset=" + dataset + "&pageToken=" + next);
            assertThat(page.status()).as(page.body()).isEqualTo(200);
            page.json().path("jobs").forEach(job -> seen.add(job.path("id").asString()));
            next = page.json().path("nextPageToken").asString();
            assertThat(page.header("Link").contains("rel=\"next\"")).isEqualTo(!next.isEmpty());
        } while (!next.isEmpty());
        assertThat(seen).isEqualTo(ids);
        assertThat(http.get("/api/v1/jobs?orderBy=createdAt%20asc&pageSize=1&dataset=" + dataset)
                        .json()
                        .at("/jobs/0/id")
                        .asString())
                .isEqualTo(ids.get(4));
    }

    @Test
    void listIsFilteredByStateAndDataset() {
        var cancelled = submitted();
        http.post("/api/v1/jobs/" + cancelled + "/cancel");
        var queued = submitted();
        assertThat(idsOf("/api/v1/jobs?state=CANCELLED&dataset=" + dataset)).containsExactly(cancelled.toString());
        assertThat(idsOf("/api/v1/jobs?state=CANCELLED,QUEUED&dataset=" + dataset + ":1"))
                .containsExactly(queued.toString(), cancelled.toString());
        assertThat(idsOf("/api/v1/jobs?dataset=" + dataset + ":2")).isEmpty();
        assertThat(idsOf("/api/v1/jobs?experiment=" + UUID.randomUUID())).isEmpty();
        assertThat(http.get("/api/v1/jobs?state=QUEUE")
                        .json()
                        .at("/errors/0/detail")
                        .asString())
                .contains("did you mean \"QUEUED\"");
        assertThat(http.get("/api/v1/jobs?orderBy=name").status()).isEqualTo(400);
        assertThat(http.get("/api/v1/jobs?pageSize=501").status()).isEqualTo(400);
        assertThat(http.get("/api/v1/jobs?pageToken=x").status()).isEqualTo(400);
    }

    @Test
    void cancelIsIdempotentAndRefusesWhatHasSucceeded() {
        var id = submitted();
        var cancelled = http.post("/api/v1/jobs/" + id + "/cancel");
        assertThat(cancelled.status()).isEqualTo(202);
        assertThat(cancelled.json().path("state").asString()).isEqualTo("CANCELLED");
        assertThat(http.post("/api/v1/jobs/" + id + "/cancel").status()).isEqualTo(202);

        var done = succeeded();
        var refused = http.post("/api/v1/jobs/" + done + "/cancel");
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.json().path("code").asString()).isEqualTo("illegal-job-state");
        assertThat(refused.json().path("detail").asString())
                .isEqualTo("job %s: SUCCEEDED cannot become CANCELLED".formatted(done));
    }

    @Test
    void runningJobSaysThatItIsBeingCancelled() {
        var id = submitted();
        given.running(id);
        var answer = http.post("/api/v1/jobs/" + id + "/cancel").json();
        assertThat(answer.path("state").asString()).isEqualTo("RUNNING");
        assertThat(answer.path("statusReason").asString()).isEqualTo("cancelling");
    }

    @Test
    void retryQueuesAFailedJobAgain() {
        var id = submitted();
        claimed.ended(given.running(id), EndReason.DIVERGED, "the loss became NaN at step 3");
        var failed = http.get("/api/v1/jobs/" + id).json();
        assertThat(failed.path("state").asString()).isEqualTo("FAILED");
        assertThat(failed.path("statusReason").asString()).isEqualTo("diverged");
        assertThat(failed.at("/attempts/0/endReason").asString()).isEqualTo("diverged");
        var retried = http.post("/api/v1/jobs/" + id + "/retry");
        assertThat(retried.status()).isEqualTo(202);
        assertThat(retried.json().path("state").asString()).isEqualTo("QUEUED");
        assertThat(http.post("/api/v1/jobs/" + succeeded() + "/retry").status()).isEqualTo(409);
    }

    @Test
    void priorityAndDeadlineCanBeChangedUntilTheJobHasEnded() {
        var first = submitted();
        var second = submitted();
        assertThat(http.get("/api/v1/jobs/" + second)
                        .json()
                        .path("queuePosition")
                        .asInt())
                .isEqualTo(2);
        var changed = http.patch("/api/v1/jobs/" + second, "{\"priority\": 7, \"deadline\": \"PT3H\"}");
        assertThat(changed.status()).as(changed.body()).isEqualTo(202);
        assertThat(changed.json().at("/spec/priority").asInt()).isEqualTo(7);
        assertThat(changed.json().at("/spec/deadline").asString()).isEqualTo("PT3H");
        assertThat(changed.json().path("queuePosition").asInt()).isEqualTo(1);
        assertThat(http.patch("/api/v1/jobs/" + second, "{\"deadline\": null}")
                        .json()
                        .at("/spec/deadline")
                        .isNull())
                .isTrue();
        for (var wrong : List.of(
                "{\"priority\": 5000}", "{\"priority\": null}", "{\"epochs\": 3}", "{\"deadline\": \"soon\"}", "[]")) {
            assertThat(http.patch("/api/v1/jobs/" + first, wrong).status())
                    .as(wrong)
                    .isEqualTo(400);
        }
        http.post("/api/v1/jobs/" + first + "/cancel");
        assertThat(http.patch("/api/v1/jobs/" + first, "{\"priority\": 1}").status())
                .isEqualTo(409);
    }

    @Test
    void longLogKeepsTheBeginningAndTheEndOfEachAttemptAndSaysWhatIsLeftOut() {
        var id = submitted();
        var first = given.running(id);
        var line = "x".repeat(999) + "\n";
        print(first, "first begins\n");
        for (int i = 0; i < 3_000; i += 100) {
            print(first, line.repeat(100));
        }
        print(first, "first ends\n");
        claimed.ended(first, EndReason.NATIVE_CRASH, "crashed");
        database.sql("update training_job set run_after = now() where id = ?")
                .param(id)
                .update();
        var second = given.running(id);
        print(second, "second begins\n");
        for (int i = 0; i < 3_000; i += 100) {
            print(second, line.repeat(100));
        }
        print(second, "second ends\n");

        var log = http.get("/api/v1/jobs/" + id + "/log").body();
        assertThat(log.length()).isBetween(200_000, 1 << 20);
        assertThat(log)
                .startsWith("first begins\n")
                .contains("first ends\n── attempt 2 ──\nsecond begins\n")
                .endsWith("second ends\n")
                .containsPattern("… [1-3],[0-9]{3},[0-9]{3} bytes left out …\n");
        assertThat(log.split("bytes left out"))
                .as("one such line for each attempt")
                .hasSize(3);
    }

    private void print(Claim claim, String text) {
        transaction.executeWithoutResult(status ->
                claimed.logged(claim, List.of(new JobLog.Chunk(claimed.reserve(claim, 1), claim.attempt(), text))));
    }

    @Test
    void deletingAFinishedJobRemovesAllThatBelongsToIt() {
        var id = submitted();
        var claim = given.running(id);
        assertThat(http.delete("/api/v1/jobs/" + id).status()).isEqualTo(409);
        claimed.logged(claim, List.of(new JobLog.Chunk(claimed.reserve(claim, 1), 1, "hello\n")));
        points.insert(
                id,
                List.of(new MetricPoints.NewPoint(
                        claimed.reserve(claim, 1), new MetricPoint("train", "loss", 1, 1, 0.5), 0)));
        var key = JobOutputs.key(id, "ab");
        var stored = storage.put(key, new ByteArrayInputStream(new byte[] {1}), 1);
        transaction.executeWithoutResult(status -> outputs.store(id, stored, null));
        claimed.succeeded(claim, "digits", 1, 20, Map.of(), "00");
        assertThat(http.get("/api/v1/jobs/" + id + "/log").body()).isEqualTo("hello\n");
        assertThat(http.delete("/api/v1/jobs/" + id).status()).isEqualTo(204);
        assertThat(http.get("/api/v1/jobs/" + id).status()).isEqualTo(404);
        await().untilAsserted(() -> {
            assertThat(storage.exists(key)).isFalse();
            assertThat(database.sql("select count(*) from metric_point where job_id = ?")
                            .param(id)
                            .query(Long.class)
                            .single())
                    .isZero();
        });
        for (var table : List.of("job_log", "job_attempt", "job_evaluation", "job_output")) {
            assertThat(database.sql("select count(*) from " + table + " where job_id = ?")
                            .param(id)
                            .query(Long.class)
                            .single())
                    .as(table)
                    .isZero();
        }
    }

    @Test
    void analysisComesWithSuccess() {
        var id = submitted();
        for (var path : List.of("/analysis", "/analysis?split=train")) {
            var queued = http.get("/api/v1/jobs/" + id + path);
            assertThat(queued.status()).isEqualTo(404);
            assertThat(queued.json().path("code").asString()).isEqualTo("analysis-not-found");
        }
        var preview = "/api/v1/jobs/" + id + "/analysis/preview";
        assertThat(http.post(preview, "{\"classWeights\": {\"scheme\": \"inverse\"}}")
                        .status())
                .isEqualTo(404);
        var wrong = http.post(preview, "{\"classWeights\": {\"scheme\": \"inverted\", \"beta\": 2}}");
        assertThat(wrong.status()).isEqualTo(400);
        assertThat(wrong.json().path("errors"))
                .extracting(error -> error.path("pointer").asString())
                .contains("/classWeights/scheme", "/classWeights/beta");
        assertThat(http.post(preview, "{}").status()).isEqualTo(400);
        assertThat(http.get("/api/v1/jobs/" + id + "/bundle").status()).isEqualTo(200);
        assertThat(http.get("/api/v1/jobs/" + UUID.randomUUID() + "/bundle").status())
                .isEqualTo(404);
    }

    @Test
    void evaluationComesWithSuccess() {
        var queued = http.get("/api/v1/jobs/" + submitted() + "/evaluation");
        assertThat(queued.status()).isEqualTo(404);
        assertThat(queued.json().path("code").asString()).isEqualTo("evaluation-not-found");
        assertThat(queued.json().path("detail").asString()).endsWith("QUEUED, its evaluation comes when it succeeds");
    }

    @Test
    void jobThatNeedsAGpuSaysWhyItWaits() {
        database.sql("delete from worker").update();
        assertThat(statusReason(given.queued())).isEqualTo("waiting-for-worker");
        var worker = UUID.randomUUID();
        workers.announce(worker, "cpu", 1, 0, List.of(), Duration.ofMinutes(1));
        var gpu = given.queued(json -> json.putObject("resources").put("device", "gpu"));
        assertThat(statusReason(gpu)).isEqualTo("waiting-for-gpu");
        assertThat(http.get("/api/v1/jobs/" + gpu).json().path("statusMessage").asString())
                .contains("no running worker has one");
        assertThat(statusReason(given.queued())).isNull();
        workers.announce(UUID.randomUUID(), "gpu", 0, 2, List.of(), Duration.ofMinutes(1));
        assertThat(statusReason(gpu)).isNull();
        database.sql("delete from worker").update();
    }

    @Test
    void logitAdjustmentIsEchoedAndRefusedTwice() {
        var answer = submit("{\"dataset\": \"%s\", \"logitAdjustment\": {}}");
        assertThat(answer.status()).isEqualTo(202);
        assertThat(answer.json().at("/spec/logitAdjustment/tau").asDouble()).isEqualTo(1);

        var refused = submit(
                "{\"dataset\": \"%s\", \"loss\": {\"name\": \"logit-adjusted\"}, \"logitAdjustment\": {\"tau\": 1}}");
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.json().at("/errors/0/pointer").asString()).isEqualTo("/logitAdjustment");
        assertThat(refused.json().at("/errors/0/detail").asString())
                .startsWith("would adjust twice: logit-adjusted takes the class prior into account in training");
    }

    @Test
    void catalogueDescribesEveryEntry() {
        var losses = http.get("/api/v1/losses").json().path("losses");
        assertThat(losses).extracting(loss -> loss.path("name").asString()).contains("lgl-inr", "logistic", "softmax");
        for (var loss : losses) {
            assertThat(loss.path("servingTransform").asString()).isIn("softmax", "sigmoid", "temperedSoftmax");
        }
        assertThat(losses)
                .filteredOn(loss -> loss.path("name").asString().equals("bi-tempered"))
                .singleElement()
                .satisfies(loss ->
                        assertThat(loss.path("servingTransform").asString()).isEqualTo("temperedSoftmax"));
        for (var what : List.of("architectures", "optimizers", "schedules", "samplers", "augmentations")) {
            var answer = http.get("/api/v1/" + what);
            assertThat(answer.status()).as(what).isEqualTo(200);
            assertThat(answer.json().path(what)).as(what).isNotEmpty();
        }
    }

    private Answer submit(String body) {
        return http.post("/api/v1/jobs", body.formatted(dataset));
    }

    private UUID submitted() {
        return UUID.fromString(submit("{\"dataset\": \"%s\"}").json().path("id").asString());
    }

    private UUID succeeded() {
        var id = given.queued();
        claimed.succeeded(given.running(id), "digits", 1, 20, Map.of(), "00");
        return id;
    }

    private List<String> idsOf(String path) {
        return http.get(path).json().path("jobs").findValuesAsString("id");
    }

    private String statusReason(UUID id) {
        return http.get("/api/v1/jobs/" + id)
                .json()
                .path("statusReason")
                .asStringOpt()
                .orElse(null);
    }
}
