package io.lossforge.prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.lossforge.Calls;
import io.lossforge.ServiceTest;
import io.lossforge.model.Models;
import io.lossforge.model.Shadow;
import io.lossforge.model.Shadows;
import io.lossforge.storage.Storage;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayInputStream;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** A version that runs beside the one that answers. */
@ServiceTest
class ShadowIT {

    private static final int CLASSES = 3;

    @Autowired
    Models models;

    @Autowired
    Storage storage;

    @Autowired
    Shadows shadows;

    @Autowired
    LoadedModels loaded;

    @Autowired
    JdbcClient database;

    @LocalServerPort
    int port;

    private Calls service;
    private final String name = "s-" + UUID.randomUUID();

    @BeforeEach
    void register() {
        service = new Calls(port);
        for (int seed = 1; seed <= 2; seed++) {
            new OnnxClassifier(List.of(4), CLASSES, seed).register(models, storage, name);
        }
        service.putJson(alias(), "{\"version\": 1}");
    }

    private String alias() {
        return "/api/v1/models/%s/aliases/production".formatted(name);
    }

    private String shadow() {
        return alias() + "/shadow";
    }

    private static String instances(int count, int seed) {
        var random = new Random(seed);
        return random.doubles(4L * count, -3, 3)
                .mapToObj(value -> String.format(Locale.ROOT, "%.3f", value))
                .collect(Collectors.collectingAndThen(
                        Collectors.toList(),
                        values -> IntStream.range(0, count)
                                .mapToObj(i -> values.subList(4 * i, 4 * i + 4).toString())
                                .collect(Collectors.joining(",", "{\"instances\": [", "]}"))));
    }

    private JsonNode predict(String reference, String body) {
        var answer = service.postJson("/api/v1/models/%s/predict?topK=3".formatted(reference), body);
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        return answer.json().at("/predictions");
    }

    private static double[] probabilities(JsonNode prediction) {
        var probabilities = new double[CLASSES];
        prediction
                .at("/top")
                .forEach(scored -> probabilities[
                                Integer.parseInt(scored.at("/label").asString().substring("class ".length()))] =
                        scored.at("/probability").asDouble());
        return probabilities;
    }

    private JsonNode awaitComparison(int requests) {
        return await().until(
                        () -> service.get(shadow()).json().at("/comparisons/0"),
                        comparison -> comparison.at("/requests").asInt()
                                        + comparison.at("/dropped").asInt()
                                        + comparison.at("/failed").asInt()
                                >= requests);
    }

    @Test
    void comparesWithWhatBothVersionsSayThemselves() {
        var set = service.putJson(shadow(), "{\"version\": 2}");
        assertThat(set.status()).as(set.toString()).isEqualTo(200);
        assertThat(set.json().at("/share").asDouble()).isEqualTo(1);
        assertThat(set.json().at("/comparisons")).isEmpty();

        int samples = 0;
        int agreed = 0;
        double sum = 0;
        double most = 0;
        var confusion = new TreeMap<String, Integer>();
        for (int request = 0; request < 8; request++) {
            var body = instances(1 + 7 * request, request);
            var answered = predict(name, body); // what is asked of versions by number is not shadowed
            var first = predict(name + ":1", body);
            var second = predict(name + ":2", body);
            assertThat(answered).isEqualTo(first);
            for (int i = 0; i < first.size(); i++) {
                samples++;
                var ofFirst = first.get(i).at("/label").asString();
                var ofSecond = second.get(i).at("/label").asString();
                agreed += ofFirst.equals(ofSecond) ? 1 : 0;
                confusion.merge(ofFirst + " " + ofSecond, 1, Integer::sum);
                var left = probabilities(first.get(i));
                var right = probabilities(second.get(i));
                for (int k = 0; k < CLASSES; k++) {
                    sum += Math.abs(left[k] - right[k]);
                    most = Math.max(most, Math.abs(left[k] - right[k]));
                }
            }
        }

        var comparison = awaitComparison(8);
        assertThat(comparison.at("/answeredBy").asInt()).isEqualTo(1);
        assertThat(comparison.at("/requests").asInt()).isEqualTo(8);
        assertThat(comparison.at("/dropped").asInt()).isZero();
        assertThat(comparison.at("/samples").asInt()).isEqualTo(samples);
        assertThat(comparison.at("/agreement").asDouble()).isEqualTo(agreed / (double) samples);
        assertThat(comparison.at("/meanDifference").asDouble()).isCloseTo(sum / samples / CLASSES, within(1e-6));
        assertThat(comparison.at("/greatestDifference").asDouble()).isCloseTo(most, within(1e-6));
        assertThat(comparison.at("/answeredMilliseconds").asDouble()).isPositive();
        assertThat(comparison.at("/shadowMilliseconds").asDouble()).isPositive();
        assertThat(comparison
                        .at("/confusion")
                        .valueStream()
                        .collect(Collectors.toMap(
                                cell -> cell.at("/answered").asString() + " "
                                        + cell.at("/shadow").asString(),
                                cell -> cell.at("/samples").asInt())))
                .isEqualTo(confusion);
        assertThat(database.sql("select samples from model_shadow_result where model = :model")
                        .param("model", name)
                        .query(Integer.class)
                        .single())
                .as("stored, so that it survives a restart")
                .isEqualTo(samples);

        // another server's sums add to these, and a further request of this one
        service.post(
                "/invocations", "application/json", "{}".getBytes()); // no model chosen: refused, and shadows nothing
        service.send(
                "POST",
                "/invocations",
                instances(2, 99).getBytes(),
                "Content-Type",
                "application/json",
                "X-Amzn-SageMaker-Target-Model",
                name);
        service.postJson(
                "/v2/models/%s/infer".formatted(name),
                "{\"inputs\":[{\"name\":\"input\",\"datatype\":\"FP32\",\"shape\":[1,4],\"data\":[1,2,3,4]}],\"outputs\":[{\"name\":\"logits\"}]}");
        assertThat(awaitComparison(10).at("/samples").asInt()).isEqualTo(samples + 3);
    }

    @Test
    void aShareIsDealtOutAtRandomAndACanaryComparesEachVersion() {
        new OnnxClassifier(List.of(4), CLASSES, 3).register(models, storage, name);
        service.putJson(
                alias(),
                "{\"versions\": [{\"version\": 1, \"weight\": 1}, {\"version\": 2, \"weight\": 1}]}",
                "If-Match",
                service.get(alias()).header("ETag"));
        service.putJson(shadow(), "{\"version\": 3, \"share\": 0.5}");
        for (int i = 0; i < 150; i++) {
            predict(name, instances(1, i));
        }
        var last = await().until(
                        () -> service.get(shadow()).json().at("/comparisons"),
                        comparisons -> comparisons.size() == 2
                                && comparisons
                                                .valueStream()
                                                .mapToInt(
                                                        of -> of.at("/requests").asInt())
                                                .sum()
                                        > 40);
        assertThat(last.valueStream().map(of -> of.at("/answeredBy").asInt()).toList())
                .containsExactly(1, 2);
        assertThat(last.valueStream().mapToInt(of -> of.at("/requests").asInt()).sum())
                .isLessThan(110);
    }

    @Test
    void aShadowThatFailsChangesNoAnswer() {
        var damaged = new OnnxClassifier(List.of(4), CLASSES, 1000 + new Random().nextInt(1_000_000))
                .register(models, storage, name);
        var garbage = "no model".getBytes();
        storage.delete(damaged.artefactKey());
        storage.put(damaged.artefactKey(), new ByteArrayInputStream(garbage), garbage.length);
        service.putJson(shadow(), "{\"version\": 3}");
        var expected = predict(name + ":1", instances(2, 5));

        for (int i = 0; i < 5; i++) {
            assertThat(predict(name, instances(2, 5))).isEqualTo(expected);
        }

        var comparison = awaitComparison(5);
        assertThat(comparison.at("/failed").asInt()).isEqualTo(5);
        assertThat(comparison.at("/requests").asInt()).isZero();
        assertThat(comparison.at("/agreement").isNull()).isTrue();
        assertThat(comparison.at("/failure").asString()).contains("version 3").contains("missing or damaged");
    }

    /** Nothing waits for a shadow: what the queue has no room for is dropped, and told. */
    @Test
    void dropsWhatTheServerHasNoRoomFor() {
        service.putJson(shadow(), "{\"version\": 2}");
        var shadow = shadows.of(name).orElseThrow();
        var room = new AtomicBoolean();
        var result = new ShadowResult();
        try (var runs = new ShadowRuns(loaded, room::get, new SimpleMeterRegistry(), (key, what) -> {
            synchronized (result) {
                what.accept(result);
            }
        })) {
            for (int i = 0; i < 1000; i++) {
                offer(runs, shadow);
            }
            long dropped = result.droppedRequests();
            assertThat(dropped).isBetween(1000 - 257L, 1000 - 256L); // one may have left the queue, and waits for room
            assertThat(result.requests()).isZero();

            room.set(true);

            await().until(() -> {
                synchronized (result) {
                    return result.requests() == 1000 - dropped;
                }
            });
            offer(runs, shadow);
            await().until(() -> {
                synchronized (result) {
                    return result.requests() == 1001 - dropped;
                }
            });
            assertThat(result.failedRequests()).isZero();
        }
    }

    private static void offer(ShadowRuns runs, Shadow shadow) {
        try (var samples = new Samples(Input.of(shadow.version()), new DirectBuffers(1))) {
            samples.add(new double[] {1, 2, 3, 4});
            runs.offer(shadow, 1, samples, new float[] {1, 0, 0}, 1);
        }
    }

    @Test
    void changesAreKeptAndLostUpdatesRefused() {
        assertThat(service.get(shadow()).status()).isEqualTo(404);
        var first = service.putJson(shadow(), "{\"version\": 2}");
        assertThat(service.putJson(shadow(), "{\"version\": 2, \"share\": 0.1}").status())
                .isEqualTo(428);
        assertThat(service.putJson(shadow(), "{\"version\": 2}", "If-Match", first.header("ETag"))
                        .header("ETag"))
                .as("the same again changes nothing")
                .isEqualTo(first.header("ETag"));
        var second = service.putJson(shadow(), "{\"version\": 2, \"share\": 0.1}", "If-Match", first.header("ETag"));
        assertThat(second.status()).isEqualTo(200);
        assertThat(service.delete(shadow(), "If-Match", first.header("ETag")).status())
                .isEqualTo(412);

        var refused = service.delete("/api/v1/models/%s/versions/2".formatted(name));
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.json().at("/detail").asString()).contains("it shadows alias \"production\"");

        assertThat(service.delete(shadow(), "If-Match", second.header("ETag")).status())
                .isEqualTo(204);
        assertThat(service.get(shadow()).status()).isEqualTo(404);
        assertThat(service.get(shadow() + "/history")
                        .json()
                        .at("/changes")
                        .valueStream()
                        .map(change -> change.at("/revision").asInt() + " "
                                + change.at("/version").asString() + " "
                                + change.at("/share").asString())
                        .toList())
                .containsExactly("3  ", "2 2 0.1", "1 2 1.0");
        assertThat(service.delete("/api/v1/models/%s/versions/2".formatted(name))
                        .status())
                .isEqualTo(204);
    }

    @Test
    void anAliasThatIsDeletedTakesItsShadowAlong() {
        service.putJson(shadow(), "{\"version\": 2}");
        service.delete(alias(), "If-Match", service.get(alias()).header("ETag"));
        service.putJson(alias(), "{\"version\": 1}");
        assertThat(service.get(shadow()).status()).isEqualTo(404);
        assertThat(service.putJson(shadow(), "{\"version\": 2}")
                        .json()
                        .at("/revision")
                        .asInt())
                .isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {}                           | 400 | /version
            {"version": 0}               | 400 | /version
            {"version": 2, "share": 0}   | 400 | /share
            {"version": 2, "share": 1.5} | 400 | /share
            {"version": 9}               | 422 | /version
            {"version": 1}               | 422 | /version
            {"version": 3}               | 422 | /version
            {"version": 4}               | 422 | /version
            """)
    void saysWhatIsWrong(String body, int status, String field) {
        new OnnxClassifier(List.of(5), CLASSES, 3).register(models, storage, name);
        new OnnxClassifier(List.of(4), CLASSES + 1, 3).register(models, storage, name);
        var answer = service.putJson(shadow(), body);
        assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
        assertThat(answer.json().at("/errors/0/pointer").asString()).isEqualTo(field);
    }

    @Test
    void anAliasIsNotPointedToWhatItsShadowCannotBeComparedWith() {
        new OnnxClassifier(List.of(5), CLASSES, 3).register(models, storage, name);
        service.putJson(shadow(), "{\"version\": 2}");
        var answer = service.putJson(
                alias(), "{\"version\": 3}", "If-Match", service.get(alias()).header("ETag"));
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.json().at("/errors/0/detail").asString())
                .isEqualTo(
                        ("version 2 shadows alias \"production\", end that first: version 2 can't be compared with version 3:"
                                + " it takes features [4] and tells 3 classes, not features [5] and 3 of the same names in the same order"));
        assertThat(service.get(alias()).json().at("/version").asInt()).isEqualTo(1);
    }
}
