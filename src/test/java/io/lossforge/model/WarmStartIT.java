package io.lossforge.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lossforge.Calls;
import io.lossforge.Http;
import io.lossforge.Http.Answer;
import io.lossforge.ServiceTest;
import io.lossforge.job.ClaimedJobs;
import io.lossforge.job.EndReason;
import io.lossforge.job.InitialModels;
import io.lossforge.job.QueuedJobs;
import io.lossforge.storage.Storage;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What can be said of a job that starts from a model before it is trained, and of that model meanwhile. */
@ServiceTest
class WarmStartIT {

    private static final String WEIGHTS = "cd".repeat(32);

    @LocalServerPort
    int port;

    @Autowired
    QueuedJobs given;

    @Autowired
    ClaimedJobs claimed;

    @Autowired
    Models models;

    @Autowired
    InitialModels initialModels;

    @Autowired
    Storage storage;

    @Autowired
    JdbcClient database;

    @Autowired
    TransactionTemplate transaction;

    private final String name = "w-" + UUID.randomUUID();
    private Http http;
    private String dataset;

    @BeforeEach
    void start() {
        http = new Http(port);
        dataset = given.registeredDataset();
        given.emptyQueue();
    }

    private void register(String architecture, List<Integer> shape) {
        register((ObjectNode) JsonMapper.shared().readTree(architecture), shape, WEIGHTS);
    }

    private void register(ObjectNode architecture, List<Integer> shape, String weightsSha256) {
        var bytes = "onnx".getBytes(StandardCharsets.UTF_8);
        var stored = storage.put("models/%s.onnx".formatted(name), new ByteArrayInputStream(bytes), bytes.length);
        models.register(new NewModelVersion(
                name,
                UUID.randomUUID(),
                dataset,
                1,
                "softmax",
                stored.key(),
                stored.sha256(),
                stored.bytes(),
                List.of("a", "b"),
                "images",
                shape,
                "softmax",
                architecture,
                weightsSha256,
                Map.of()));
    }

    private void registerLenet() {
        register("{\"name\": \"lenet\", \"parameters\": {}}", List.of(1, 8, 8));
    }

    private Answer submit(String reference, String more) {
        return http.post(
                "/api/v1/jobs",
                "{\"dataset\": \"%s\", \"initialModel\": \"%s\"%s}".formatted(dataset, reference, more));
    }

    private UUID submitted(String reference) {
        var answer = submit(reference, "");
        assertThat(answer.status()).as(answer.body()).isEqualTo(202);
        return UUID.fromString(answer.json().path("id").asString());
    }

    @Test
    void theReferenceIsFixedAtSubmissionAndTheArchitectureIsTaken() {
        registerLenet();
        registerLenet();
        var alias = "/api/v1/models/%s/aliases/best".formatted(name);
        put(alias, 1);
        var job = submit(name + "@best", "").json();
        assertThat(job.at("/spec/initialModel").asString()).isEqualTo(name + ":1");
        assertThat(job.at("/spec/architecture/name").asString()).isEqualTo("lenet");
        assertThat(job.path("initialWeightsSha256").asString()).isEqualTo(WEIGHTS);

        assertThat(http.post("/api/v1/jobs", job.path("spec").toString()).json().path("spec"))
                .as("what is echoed can be submitted")
                .isEqualTo(job.path("spec"));
        assertThat(submit(name, "").json().at("/spec/initialModel").asString())
                .as("the newest")
                .isEqualTo(name + ":2");
        assertThat(http.post("/api/v1/jobs", "{\"dataset\": \"%s\"}".formatted(dataset))
                        .json()
                        .path("initialWeightsSha256")
                        .isNull())
                .isTrue();
    }

    private void put(String alias, int version) {
        var answer = new Calls(port).putJson(alias, "{\"version\": %d}".formatted(version));
        assertThat(answer.status()).isEqualTo(200);
    }

    @Test
    void whatCantBeStartedFromIsNamedWithTheFix() {
        registerLenet();
        assertRefused(submit(name + ":7", ""), "/initialModel", "has no version 7; newest: 1");
        assertRefused(submit(name + "x", ""), "/initialModel", "did you mean \"%s\"?".formatted(name));
        assertRefused(submit(name + "@best", ""), "/initialModel", "has no alias \"best\"");
        assertRefused(
                submit(name, ", \"architecture\": {\"name\": \"mlp\"}"),
                "/architecture",
                "must be that of the initial model %s:1, {\"name\":\"lenet\",\"parameters\":{}}, was {\"name\":\"mlp\""
                        .formatted(name));
        assertThat(submit("../etc", "").status()).isEqualTo(400);

        register("{\"name\": \"lenet\", \"parameters\": {}}", List.of(3, 32, 32));
        assertRefused(
                submit(name, ""),
                "/initialModel",
                "%s:2 takes images of [3, 32, 32], but %s:1 has images of [1, 8, 8]".formatted(name, dataset));
    }

    private static void assertRefused(Answer answer, String pointer, String detail) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(422);
        assertThat(answer.json().at("/errors/0/pointer").asString()).isEqualTo(pointer);
        assertThat(answer.json().at("/errors/0/detail").asString()).contains(detail);
    }

    @Test
    void aVersionOfWhichTheLayersAreNotKnownIsRefused() {
        var bytes = "onnx".getBytes(StandardCharsets.UTF_8);
        var stored = storage.put("models/%s.onnx".formatted(name), new ByteArrayInputStream(bytes), bytes.length);
        models.register(new NewModelVersion(
                name,
                null,
                null,
                null,
                null,
                stored.key(),
                stored.sha256(),
                stored.bytes(),
                List.of("a", "b"),
                "images",
                List.of(1, 8, 8),
                "softmax",
                Map.of()));
        assertRefused(submit(name, ""), "/initialModel", "which layers it has is not known");
    }

    @Test
    void aVersionStaysWhileAJobThatStartsFromItHasNotEndedAndIsNotRetriedAfterwards() {
        registerLenet();
        var version = "/api/v1/models/%s/versions/1".formatted(name);
        var job = submitted(name);
        assertThat(http.post("/api/v1/jobs/" + job + "/pause").status()).isEqualTo(202);
        var refused = http.delete(version);
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.json().path("detail").asString())
                .isEqualTo("version 1 of model \"%s\" can't be deleted: job %s starts from it and has not ended"
                        .formatted(name, job));

        http.post("/api/v1/jobs/" + job + "/resume");
        claimed.ended(given.running(job), EndReason.DIVERGED, "the loss became NaN");
        assertThat(http.post("/api/v1/jobs/" + job + "/retry").status()).isEqualTo(202);
        assertThat(http.delete(version).status()).as("queued again").isEqualTo(409);
        http.post("/api/v1/jobs/" + job + "/cancel");
        assertThat(http.delete(version).status()).isEqualTo(204);

        var retry = http.post("/api/v1/jobs/" + job + "/retry");
        assertThat(retry.status()).isEqualTo(409);
        assertThat(retry.json().path("detail").asString())
                .contains("the model that it starts from, %s:1, was deleted".formatted(name));
        var shown = http.get("/api/v1/jobs/" + job).json();
        assertThat(shown.at("/spec/initialModel").asString()).isEqualTo(name + ":1");
        assertThat(shown.path("initialWeightsSha256").asString()).isEqualTo(WEIGHTS);
    }

    @Test
    void aVersionIsNotDeletedUnderASubmission() {
        registerLenet();
        var deletion = new AtomicReference<CompletableFuture<Answer>>();
        transaction.executeWithoutResult(status -> {
            initialModels.resolve(name);
            deletion.set(
                    CompletableFuture.supplyAsync(() -> http.delete("/api/v1/models/%s/versions/1".formatted(name))));
            await().until(() -> waitingForLocks() > 0);
        });
        assertThat(deletion.get().join().status()).isEqualTo(204);
    }

    private long waitingForLocks() {
        return database.sql("""
                        select count(*) from pg_stat_activity
                        where datname = current_database() and wait_event_type = 'Lock'""").query(Long.class).single();
    }

    @Test
    void allJobsOfAnExperimentStartFromTheSameVersion() {
        registerLenet();
        var answer = http.post("/api/v1/experiments", """
                        {"name": "warm", "job": {"dataset": "%s", "initialModel": "%s"},
                         "losses": [{"name": "softmax"}, {"name": "logistic"}], "seeds": [1, 2]}""".formatted(dataset, name));
        assertThat(answer.status()).as(answer.body()).isEqualTo(202);
        assertThat(http.get("/api/v1/jobs?experiment="
                                + answer.json().path("id").asString())
                        .json()
                        .path("jobs"))
                .hasSize(4)
                .allSatisfy(job -> {
                    assertThat(job.at("/spec/initialModel").asString()).isEqualTo(name + ":1");
                    assertThat(job.at("/spec/architecture/name").asString()).isEqualTo("lenet");
                    assertThat(job.path("initialWeightsSha256").asString()).isEqualTo(WEIGHTS);
                });
        assertThat(http.delete("/api/v1/models/%s/versions/1".formatted(name))
                        .json()
                        .path("detail")
                        .asString())
                .contains("like 3 others, starts from it");

        var malformed = http.post("/api/v1/experiments", """
                        {"name": "warm", "job": {"dataset": "%s", "initialModel": "%sx"},
                         "losses": [{"name": "softmax"}, {"name": "logistic"}], "seeds": [1, 2]}""".formatted(dataset, name));
        assertThat(malformed.status()).isEqualTo(422);
        assertThat(malformed.json().at("/errors/0/pointer").asString()).isEqualTo("/job/initialModel");
    }
}
