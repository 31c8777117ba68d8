package io.lossforge.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lossforge.Calls;
import io.lossforge.ServiceTest;
import io.lossforge.storage.Storage;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

@ServiceTest
class ModelResourceIT {

    private static final String MODELS = "/api/v1/models/";

    @Autowired
    Models models;

    @Autowired
    Storage storage;

    @Autowired
    JdbcClient sql;

    @LocalServerPort
    int port;

    Calls service;
    String name = "r-" + UUID.randomUUID();

    @BeforeEach
    void connect() {
        service = new Calls(port);
    }

    @Test
    void showsAVersionWithItsLineageAndArtefact() {
        var version = register();
        var answer = service.get(MODELS + name + "/versions/1");
        assertThat(answer.status()).isEqualTo(200);
        var json = answer.json();
        assertThat(json.at("/model").asString()).isEqualTo(name);
        assertThat(json.at("/version").asInt()).isEqualTo(1);
        assertThat(json.at("/lineage/job").asString()).isEqualTo(String.valueOf(version.jobId()));
        assertThat(json.at("/lineage/dataset").asString()).isEqualTo("digits:4");
        assertThat(json.at("/lineage/loss").asString()).isEqualTo("lgl-inr");
        assertThat(json.at("/metrics/balancedAccuracy").asDouble()).isEqualTo(0.97);
        assertThat(json.at("/classes").toString()).isEqualTo("[\"0\",\"1\"]");
        assertThat(json.at("/input").toString()).isEqualTo("{\"kind\":\"images\",\"shape\":[1,8,8]}");
        assertThat(json.at("/servingTransform").asString()).isEqualTo("softmax");
        assertThat(json.at("/sha256").asString()).isEqualTo(version.artefactSha256());
        assertThat(json.at("/bytes").asLong()).isEqualTo(version.artefactBytes());
        assertThat(json.at("/aliases").isEmpty()).isTrue();
        assertThat(service.get(json.at("/links/onnx").asString()).status()).isEqualTo(200);
    }

    @Test
    void downloadsTheArtefactOnceAndSaysWhenItIsTheSame() {
        var version = register();
        var path = MODELS + name + "/versions/1/onnx";
        var answer = service.get(path);
        assertThat(answer.bytes()).isEqualTo(artefact(name + 1));
        assertThat(answer.header("Content-Length")).isEqualTo(Long.toString(version.artefactBytes()));
        assertThat(answer.header("Content-Type")).isEqualTo("application/octet-stream");
        assertThat(answer.header("ETag")).isEqualTo("\"" + version.artefactSha256() + "\"");
        assertThat(answer.header("Content-Disposition"))
                .isEqualTo("attachment; filename=\"%s-1.onnx\"".formatted(name));
        assertThat(service.get(path, "If-None-Match", answer.header("ETag")).status())
                .isEqualTo(304);
    }

    @Test
    void saysNothingOfTheServerWhenAnArtefactIsGone() {
        var key = register().artefactKey();
        storage.delete(key);
        var answer = service.get(MODELS + name + "/versions/1/onnx");
        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
        assertThat(answer.toString()).doesNotContain(key, "NoSuchBlob", "java", "target");
    }

    @Test
    void listsModelsAndVersionsPageByPage() {
        register();
        register();
        register();
        var first = service.get(MODELS + name + "/versions?pageSize=2");
        assertThat(first.json().at("/versions/0/version").asInt()).isEqualTo(3);
        assertThat(first.json().at("/versions/1/version").asInt()).isEqualTo(2);
        assertThat(first.header("Link")).contains("rel=\"next\"");
        var second = service.get(MODELS + name + "/versions?pageSize=2&pageToken="
                + first.json().at("/nextPageToken").asString());
        assertThat(second.json().at("/versions").size()).isEqualTo(1);
        assertThat(second.json().at("/versions/0/version").asInt()).isEqualTo(1);
        assertThat(second.json().at("/nextPageToken").asString()).isEmpty();

        var seen = new ArrayList<String>();
        for (var token = ""; ; ) {
            var page =
                    service.get("/api/v1/models?pageSize=1&pageToken=" + token).json();
            page.at("/models").forEach(model -> seen.add(model.at("/name").asString()));
            token = page.at("/nextPageToken").asString();
            if (token.isEmpty()) {
                break;
            }
        }
        assertThat(seen).contains(name).isSorted().doesNotHaveDuplicates();
        assertThat(service.get("/api/v1/models?pageSize=0").status()).isEqualTo(400);
    }

    @Test
    void promotesByAliasWithPreconditions() {
        register();
        register();
        var path = MODELS + name + "/aliases/production";
        var created = service.putJson(path, "{\"version\": 1}");
        assertThat(created.status()).isEqualTo(200);
        assertThat(created.header("ETag")).isEqualTo("\"1\"");
        assertThat(models.resolve(name).version()).isEqualTo(1);

        var blind = service.putJson(path, "{\"version\": 2}");
        assertThat(blind.status()).isEqualTo(428);
        assertThat(blind.json().at("/code").asString()).isEqualTo("precondition-required");
        var stale = service.putJson(path, "{\"version\": 2}", "If-Match", "\"7\"");
        assertThat(stale.status()).isEqualTo(412);
        assertThat(models.resolve(name).version()).isEqualTo(1);

        var moved = service.putJson(path, "{\"version\": 2}", "If-Match", created.header("ETag"));
        assertThat(moved.status()).isEqualTo(200);
        assertThat(moved.header("ETag")).isEqualTo("\"2\"");
        assertThat(models.resolve(name).version()).isEqualTo(2);
        assertThat(models.resolve(name + "@production").version()).isEqualTo(2);
        assertThat(service.get(path).header("ETag")).isEqualTo("\"2\"");

        var same = service.putJson(path, "{\"version\": 2}", "If-Match", "\"2\"");
        assertThat(same.header("ETag")).isEqualTo("\"2\"");
        var model = service.get(MODELS + name).json();
        assertThat(model.at("/aliases/0/alias").asString()).isEqualTo("production");
        assertThat(model.at("/aliases/0/version").asInt()).isEqualTo(2);
        assertThat(model.at("/newestVersion").asInt()).isEqualTo(2);
        assertThat(service.get(MODELS + name + "/versions/2")
                        .json()
                        .at("/aliases/0")
                        .asString())
                .isEqualTo("production");
    }

    @Test
    void refusesAliasesThatPointNowhere() {
        register();
        var path = MODELS + name + "/aliases/production";
        var noVersion = service.putJson(path, "{\"version\": 9}");
        assertThat(noVersion.status()).isEqualTo(422);
        assertThat(noVersion.json().at("/errors/0/pointer").asString()).isEqualTo("/version");
        assertThat(noVersion.json().at("/errors/0/detail").asString()).contains("no version 9; newest: 1");
        assertThat(service.putJson(path, "{}").status()).isEqualTo(400);
        assertThat(service.putJson(path, "{\"version\": 1, \"weight\": 3}").status())
                .isEqualTo(400);
        assertThat(service.putJson(path, "{\"version\": 1}", "If-Match", "*").status())
                .isEqualTo(412);
        assertThat(service.putJson(MODELS + name + "/aliases/Not!Good", "{\"version\": 1}")
                        .status())
                .isEqualTo(400);
        assertThat(service.putJson(MODELS + name + "x/aliases/production", "{\"version\": 1}")
                        .status())
                .isEqualTo(404);
        assertThat(service.get(path).status()).isEqualTo(404);
    }

    @Test
    void rollsBackStepByStepAndKeepsTheHistory() {
        register();
        register();
        register();
        var path = MODELS + name + "/aliases/production";
        point(path, 1);
        point(path, 2);
        point(path, 3);
        assertThat(rollback(path).json().at("/version").asInt()).isEqualTo(2);
        assertThat(rollback(path).json().at("/version").asInt()).isEqualTo(1);
        var end = rollback(path);
        assertThat(end.status()).isEqualTo(409);
        assertThat(end.json().at("/code").asString()).isEqualTo("nothing-to-roll-back");
        point(path, 3);
        assertThat(rollback(path).json().at("/version").asInt()).isEqualTo(1);

        var history = service.get(path + "/history").json().at("/changes");
        assertThat(history.findValuesAsString("action"))
                .containsExactly("rollback", "set", "rollback", "rollback", "set", "set", "set");
        assertThat(history.at("/0/versions").toString()).isEqualTo("[{\"version\":1,\"weight\":100}]");
        assertThat(history.at("/0/restored").asInt()).isEqualTo(1);
        assertThat(history.at("/0/revision").asInt()).isEqualTo(7);
        var page = service.get(path + "/history?pageSize=3").json();
        var rest = service.get(path + "/history?pageSize=50&pageToken="
                + page.at("/nextPageToken").asString());
        assertThat(rest.json().at("/changes/0/revision").asInt()).isEqualTo(4);
    }

    @Test
    void historyCanNotBeRewritten() {
        register();
        point(MODELS + name + "/aliases/production", 1);
        assertThatThrownBy(() -> sql.sql("UPDATE model_alias_history SET action = 'DELETE' WHERE model = ?")
                        .param(name)
                        .update())
                .hasMessageContaining("append-only");
        assertThatThrownBy(() -> sql.sql("DELETE FROM model_alias_history WHERE model = ?")
                        .param(name)
                        .update())
                .hasMessageContaining("append-only");
    }

    @Test
    void ofConcurrentPromotionsFromOneStateOneWins() throws Exception {
        register();
        register();
        var path = MODELS + name + "/aliases/production";
        point(path, 1);
        var threads = Executors.newFixedThreadPool(8);
        try {
            Callable<Integer> promote = () -> service.putJson(path, "{\"version\": 2}", "If-Match", "\"1\"")
                    .status();
            var statuses = new ArrayList<Integer>();
            for (var done : threads.invokeAll(java.util.Collections.nCopies(8, promote))) {
                statuses.add(done.get());
            }
            assertThat(statuses).containsOnly(200, 412).containsOnlyOnce(200);
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void deletesAVersionUnlessAnAliasPointsToIt() {
        register();
        var second = register();
        var alias = MODELS + name + "/aliases/production";
        point(alias, 2);
        var refused = service.delete(MODELS + name + "/versions/2");
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.json().at("/detail").asString()).contains("alias \"production\" points to it");
        assertThat(storage.exists(second.artefactKey())).isTrue();

        assertThat(service.delete(alias).status()).isEqualTo(428);
        assertThat(service.delete(alias, "If-Match", "\"1\"").status()).isEqualTo(204);
        assertThat(service.get(alias).status()).isEqualTo(404);
        assertThat(service.delete(MODELS + name + "/versions/2").status()).isEqualTo(204);
        assertThat(service.delete(MODELS + name + "/versions/2").status()).isEqualTo(404);
        await().until(() -> !storage.exists(second.artefactKey()));
        assertThat(register().version()).isEqualTo(3);

        var again = service.putJson(alias, "{\"version\": 1}");
        assertThat(again.header("ETag")).isEqualTo("\"3\"");
        assertThat(service.get(alias + "/history").json().at("/changes").findValuesAsString("action"))
                .containsExactly("set", "delete", "set");
    }

    @Test
    void suggestsTheNearestName() {
        register();
        var answer = service.get(MODELS + name + "x");
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.json().at("/code").asString()).isEqualTo("model-not-found");
        assertThat(answer.json().at("/detail").asString()).contains("did you mean \"%s\"?".formatted(name));
        assertThat(service.get(MODELS + name + "/versions/8").status()).isEqualTo(404);
        assertThat(service.get(MODELS + name + "/versions/eight").status()).isEqualTo(400);
    }

    private Calls.Answer rollback(String path) {
        return service.send("POST", path + "/rollback", new byte[0]);
    }

    private void point(String path, int version) {
        var tag = service.get(path).header("ETag");
        var answer = tag.isEmpty()
                ? service.putJson(path, "{\"version\": %d}".formatted(version))
                : service.putJson(path, "{\"version\": %d}".formatted(version), "If-Match", tag);
        assertThat(answer.status()).isEqualTo(200);
    }

    private int registered;

    private ModelVersion register() {
        var bytes = artefact(name + ++registered);
        var key = "models/%s-%d.onnx".formatted(name, registered);
        var stored = storage.put(key, new ByteArrayInputStream(bytes), bytes.length);
        return models.register(new NewModelVersion(
                name,
                UUID.randomUUID(),
                "digits",
                4,
                "lgl-inr",
                key,
                stored.sha256(),
                stored.bytes(),
                List.of("0", "1"),
                "images",
                List.of(1, 8, 8),
                "softmax",
                Map.of("balancedAccuracy", 0.97)));
    }

    private static byte[] artefact(String content) {
        return content.repeat(1000).getBytes(StandardCharsets.UTF_8);
    }
}
