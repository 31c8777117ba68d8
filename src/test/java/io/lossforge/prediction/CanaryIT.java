package io.lossforge.prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.lossforge.Calls;
import io.lossforge.ServiceTest;
import io.lossforge.model.Models;
import io.lossforge.storage.Storage;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

/** An alias that several versions share. */
@ServiceTest
class CanaryIT {

    private static final int CALLERS = 200;

    @Autowired
    Models models;

    @Autowired
    Storage storage;

    @LocalServerPort
    int port;

    Calls service;
    String name = "c-" + UUID.randomUUID();

    @BeforeEach
    void register() {
        service = new Calls(port);
        for (int seed = 1; seed <= 3; seed++) {
            new OnnxClassifier(List.of(2), 2, seed).register(models, storage, name);
        }
    }

    private String alias() {
        return "/api/v1/models/%s/aliases/production".formatted(name);
    }

    private Calls.Answer point(String body) {
        var before = service.get(alias());
        return before.status() == 404
                ? service.putJson(alias(), body)
                : service.putJson(alias(), body, "If-Match", before.header("ETag"));
    }

    private int versionFor(String caller) {
        var answer = service.send(
                "POST",
                "/api/v1/models/%s/predict".formatted(name),
                "{\"instances\": [[1, 2]]}".getBytes(),
                "Content-Type",
                "application/json",
                "Lossforge-Sticky-Key",
                caller);
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        return answer.json().at("/version").asInt();
    }

    private List<String> callersOf(int version) {
        return IntStream.range(0, CALLERS)
                .mapToObj(i -> "caller-" + i)
                .filter(caller -> versionFor(caller) == version)
                .toList();
    }

    @Test
    void versionsShareTheTrafficByWeightAndCallersStay() {
        point("{\"versions\": [{\"version\": 2, \"weight\": 20}, {\"version\": 1, \"weight\": 80}]}");
        var shown = service.get(alias()).json();
        assertThat(shown.at("/version").asInt()).isEqualTo(1);
        assertThat(shown.at("/versions").toString())
                .isEqualTo("[{\"version\":1,\"weight\":80},{\"version\":2,\"weight\":20}]");

        var canary = callersOf(2);
        assertThat(canary.size() / (double) CALLERS).isCloseTo(0.2, within(0.08));
        assertThat(callersOf(2)).isEqualTo(canary);

        point("{\"versions\": [{\"version\": 1, \"weight\": 50}, {\"version\": 2, \"weight\": 50}]}");
        var more = callersOf(2);
        assertThat(more).containsAll(canary);
        assertThat(more.size() / (double) CALLERS).isCloseTo(0.5, within(0.1));

        var back = service.post(alias() + "/rollback", "application/json", new byte[0]);
        assertThat(back.status()).as(back.toString()).isEqualTo(200);
        assertThat(callersOf(2)).isEqualTo(canary);

        point("{\"version\": 2}");
        assertThat(callersOf(1)).isEmpty();
        assertThat(service.get(alias() + "/history")
                        .json()
                        .at("/changes")
                        .valueStream()
                        .map(change -> change.at("/action").asString())
                        .toList())
                .containsExactly("set", "rollback", "set", "set");
    }

    @Test
    void whoHasNoKeyIsDealtOutAtRandom() {
        point("{\"versions\": [{\"version\": 1, \"weight\": 1}, {\"version\": 3, \"weight\": 1}]}");
        var versions = IntStream.range(0, 100)
                .mapToObj(i -> service.postJson(
                                "/v2/models/%s/infer".formatted(name),
                                "{\"inputs\":[{\"name\":\"input\",\"datatype\":\"FP32\",\"shape\":[1,2],\"data\":[1,2]}]}")
                        .json()
                        .at("/model_version")
                        .asString())
                .collect(Collectors.toSet());
        assertThat(versions).containsExactlyInAnyOrder("1", "3");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {}                                                                          | 400 | /version
            {"version": 1, "versions": [{"version": 1, "weight": 1}]}                   | 400 | /version
            {"versions": []}                                                            | 400 | /versions
            {"versions": [{"version": 1, "weight": 0}]}                                 | 400 | /versions/0/weight
            {"versions": [{"version": 1, "weight": 1}, {"version": 1, "weight": 2}]}    | 422 | /versions/1/version
            {"versions": [{"version": 1, "weight": 1}, {"version": 9, "weight": 2}]}    | 422 | /versions/1/version
            """)
    void saysWhatIsWrongWithWeights(String body, int status, String field) {
        var answer = point(body);
        assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
        assertThat(answer.json().at("/errors/0/pointer").asString()).isEqualTo(field);
    }

    /** The version that is left is freed under those who run on it. */
    @Test
    void aSwapUnderLoadDropsNothing() throws Exception {
        point("{\"version\": 1}");
        var over = new AtomicBoolean();
        var answers = new ConcurrentHashMap<Integer, AtomicInteger>();
        var threads = Executors.newFixedThreadPool(4);
        try {
            var callers = IntStream.range(0, 4)
                    .mapToObj(i -> threads.submit(() -> {
                        while (!over.get()) {
                            answers.computeIfAbsent(versionFor("caller-" + i), version -> new AtomicInteger())
                                    .incrementAndGet();
                        }
                    }))
                    .toList();
            for (int swap = 0; swap < 9; swap++) {
                int version = 1 + swap % 3;
                int before = count(answers, version);
                point("{\"version\": %d}".formatted(version));
                await().until(() -> count(answers, version) > before + 4);
            }
            over.set(true);
            for (var caller : callers) {
                caller.get();
            }
        } finally {
            over.set(true);
            threads.shutdown();
        }
        assertThat(answers.keySet()).containsExactlyInAnyOrder(1, 2, 3);
    }

    private static int count(ConcurrentHashMap<Integer, AtomicInteger> answers, int version) {
        var count = answers.get(version);
        return count == null ? 0 : count.get();
    }
}
