package io.lossforge.prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.lossforge.Calls;
import io.lossforge.ServiceTest;
import io.lossforge.job.JobOutputs;
import io.lossforge.model.Models;
import io.lossforge.storage.Storage;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

@ServiceTest({"lossforge.roles=all", "lossforge.data-directory=target/test-data/all"})
class DecisionIT {

    @LocalServerPort
    int port;

    @Autowired
    Models models;

    @Autowired
    Storage storage;

    @Autowired
    JobOutputs outputs;

    @Autowired
    JdbcClient database;

    private Calls service;
    private final String name = "decided-" + UUID.randomUUID();
    private final String pixels = Arrays.toString(TestPictures.noise(8, 8, 4));

    @BeforeEach
    void connect() {
        service = new Calls(port);
    }

    private UUID train(String model, String more) {
        var job = service.postJson(
                "/api/v1/jobs",
                "{\"dataset\": \"digits\", \"model\": \"%s\", \"epochs\": 3, \"imbalance\": {\"ratio\": 5}%s}"
                        .formatted(model, more));
        assertThat(job.status()).as(job.toString()).isEqualTo(202);
        var id = job.json().path("id").asString();
        await().atMost(Duration.ofSeconds(90))
                .until(() -> service.get("/api/v1/jobs/" + id)
                        .json()
                        .path("state")
                        .asString()
                        .equals("SUCCEEDED"));
        return UUID.fromString(id);
    }

    private Calls.Answer predict(String query) {
        return service.postJson(
                "/api/v1/models/%s/predict?topK=10%s".formatted(name, query),
                "{\"instances\": [%s]}".formatted(pixels));
    }

    private JsonNode predicted(String query) {
        var answer = predict(query);
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        return answer.json();
    }

    private Calls.Answer infer(String parameters) {
        return service.postJson("/v2/models/%s/infer".formatted(name), """
                {"parameters": {%s}, "inputs": [{"name": "input", "datatype": "UINT8", "shape": [1, 1, 8, 8], "data": %s}]}
                """.formatted(parameters, pixels));
    }

    private String decision() {
        return "/api/v1/models/%s/versions/1/decision".formatted(name);
    }

    /** Of the only prediction, in the order of the classes. */
    private static double[] probabilities(JsonNode answer) {
        var probabilities = new double[10];
        answer.at("/predictions/0/top")
                .forEach(scored -> probabilities[scored.path("label").asInt()] =
                        scored.path("probability").asDouble());
        return probabilities;
    }

    private static double[] doubles(JsonNode array) {
        return IntStream.range(0, array.size())
                .mapToDouble(i -> array.get(i).asDouble())
                .toArray();
    }

    private static double[] softmax(double[] logits, double temperature, double[] factors) {
        var weights = IntStream.range(0, logits.length)
                .mapToDouble(k -> Math.exp(logits[k] / temperature) * factors[k])
                .toArray();
        double sum = Arrays.stream(weights).sum();
        return Arrays.stream(weights).map(weight -> weight / sum).toArray();
    }

    @Test
    void answersWithWhatIsAskedForAndAsBeforeWhenNothingIs() {
        var job = train(name, ", \"decision\": {\"name\": \"recall\", \"parameters\": {\"atLeast\": 0.8}}");
        var plain = predict("");
        assertThat(plain.toString()).doesNotContain("applied").doesNotContain("abstained");
        assertThat(predict("&calibrated=false").bytes()).isEqualTo(plain.bytes());

        var stored = service.get(decision()).json();
        assertThat(stored.at("/target/name").asString()).isEqualTo("recall");
        assertThat(stored.at("/chosenBy").asString()).isEqualTo("multipleOfThreshold");
        double temperature = stored.path("temperature").asDouble();
        assertThat(temperature)
                .isEqualTo(service.get("/api/v1/jobs/%s/evaluation?split=test".formatted(job))
                        .json()
                        .path("temperature")
                        .asDouble());
        var logits = doubles(infer("").json().at("/outputs/0/data"));
        var ones = new double[10];
        Arrays.fill(ones, 1);

        var calibrated = predicted("&calibrated=true");
        assertThat(calibrated.at("/applied/temperature").asDouble()).isEqualTo(temperature);
        assertThat(probabilities(calibrated)).containsExactly(softmax(logits, temperature, ones), within(1e-6));
        assertThat(calibrated.at("/predictions/0/label")).isEqualTo(plain.json().at("/predictions/0/label"));
        assertThat(probabilities(predicted("&prior=training")))
                .containsExactly(probabilities(calibrated), within(1e-6));

        var prior = IntStream.range(0, 10)
                .mapToDouble(k -> stored.at("/classes/%d/prior".formatted(k)).asDouble())
                .toArray();
        var uniform = predicted("&prior=uniform");
        assertThat(uniform.at("/applied/prior").asString()).isEqualTo("uniform");
        assertThat(probabilities(uniform))
                .containsExactly(
                        softmax(
                                logits,
                                temperature,
                                Arrays.stream(prior).map(share -> 1 / share).toArray()),
                        within(1e-6));
        var two =
                IntStream.range(0, 10).mapToObj(k -> k + ":" + (k < 2 ? 1 : 0)).collect(Collectors.joining(","));
        var given = probabilities(predicted("&prior=" + URLEncoder.encode(two, StandardCharsets.UTF_8)));
        assertThat(given[0] + given[1]).isCloseTo(1, within(1e-6));

        everyProtocolSaysTheSame(uniform);
        decidesByThresholds(stored, softmax(logits, temperature, ones));
        otherTargets(job);
    }

    private void everyProtocolSaysTheSame(JsonNode uniform) {
        var answer = infer("\"prior\": \"uniform\"").json();
        assertThat(answer.path("parameters")).isEqualTo(uniform.path("applied"));
        assertThat(doubles(answer.at("/outputs/1/data"))).containsExactly(probabilities(uniform), within(1e-7));
        var invoked = service.send(
                "POST",
                "/invocations?prior=uniform",
                "{\"instances\": [%s]}".formatted(pixels).getBytes(StandardCharsets.UTF_8),
                "Content-Type",
                "application/json",
                "X-Amzn-SageMaker-Target-Model",
                name);
        assertThat(invoked.json().at("/predictions/0/label")).isEqualTo(uniform.at("/predictions/0/label"));
        assertThat(invoked.json().path("applied")).isEqualTo(uniform.path("applied"));
    }

    private void decidesByThresholds(JsonNode stored, double[] probabilities) {
        int best = 0;
        for (int k = 0; k < 10; k++) {
            best = multiple(stored, probabilities, k) > multiple(stored, probabilities, best) ? k : best;
        }
        boolean abstains = multiple(stored, probabilities, best) < 1;
        var answer = predicted("&decision=thresholds");
        assertThat(answer.at("/applied/decision")).isEqualTo(stored.path("target"));
        assertThat(answer.at("/predictions/0/abstained").asBoolean()).isEqualTo(abstains);
        assertThat(answer.at("/predictions/0/label").asString("none"))
                .isEqualTo(abstains ? "none" : Integer.toString(best));

        var none = predicted("&abstainBelow=1");
        assertThat(none.at("/predictions/0").path("label").isNull()).isTrue();
        assertThat(none.at("/predictions/0/abstained").asBoolean()).isTrue();
        assertThat(none.at("/predictions/0/top")).hasSize(10);
        assertThat(none.at("/applied").toString()).isEqualTo("{\"abstainBelow\":1.0}");
        assertThat(predicted("&abstainBelow=0.0001")
                        .at("/predictions/0/abstained")
                        .asBoolean(true))
                .isFalse();

        var inferred = infer("\"abstainBelow\": 1, \"calibrated\": true").json();
        assertThat(inferred.at("/outputs/2/name").asString()).isEqualTo("decision");
        assertThat(inferred.at("/outputs/2/data/0").asInt()).isEqualTo(-1);
        var binary = infer("\"abstainBelow\": 1e-4, \"binary_data_output\": true");
        int head = Integer.parseInt(binary.header("Inference-Header-Content-Length"));
        assertThat(binary.bytes()).hasSize(head + 2 * 40 + 8);
        assertThat(ByteBuffer.wrap(binary.bytes(), head + 80, 8)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .getLong())
                .isEqualTo(predicted("").at("/predictions/0/label").asInt());
    }

    private static double multiple(JsonNode stored, double[] probabilities, int k) {
        var threshold = stored.at("/classes/%d/threshold".formatted(k));
        return threshold.isNull() ? 0 : probabilities[k] / threshold.asDouble();
    }

    private void otherTargets(UUID job) {
        var before = service.get(decision()).json();
        var change = "{\"target\": {\"name\": \"precision\", \"parameters\": {\"atLeast\": 0.9}}}";
        var changed = service.putJson(decision(), change);
        assertThat(changed.status()).as(changed.toString()).isEqualTo(200);
        assertThat(changed.json()).isEqualTo(service.get(decision()).json());
        assertThat(changed.json().path("temperature")).isEqualTo(before.path("temperature"));
        assertThat(changed.json().at("/classes/3/prior")).isEqualTo(before.at("/classes/3/prior"));
        assertThat(changed.json().at("/splits/test/decided/abstained").asDouble())
                .isPositive();
        assertThat(predicted("&decision=thresholds")
                        .at("/applied/decision/name")
                        .asString())
                .isEqualTo("precision");

        assertThat(service.putJson(decision(), "{\"target\": null}")
                        .json()
                        .path("target")
                        .isNull())
                .isTrue();
        refused(predict("&decision=thresholds"), 422, "/decision", "has no thresholds: PUT a target to " + decision());
        refused(service.putJson(decision(), "{}"), 400, "/target", "is required");
        refused(
                service.putJson(decision(), "{\"target\": {\"name\": \"recall\", \"parameters\": {\"atLeast\": 2}}}"),
                400,
                "/target/parameters/atLeast",
                "must be <= 1");

        database.sql(
                        "delete from model_version_decision where version_id = (select id from model_version where model = ?)")
                .param(name)
                .update();
        service.putJson(decision(), change); // of a version from before there were decisions
        assertThat(service.get(decision()).json().path("classes"))
                .isEqualTo(changed.json().path("classes"));
        storage.delete(database.sql("select key from job_output where job_id = ?")
                .param(job)
                .query(String.class)
                .single());
        assertThat(outputs.of(job)).isEmpty();
        refused(service.putJson(decision(), change), 422, "", "has no stored logits to fit on any more");
        assertThat(service.delete("/api/v1/models/%s/versions/1".formatted(name))
                        .status())
                .isEqualTo(204);
    }

    private static void refused(Calls.Answer answer, int status, String pointer, String detail) {
        assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
        assertThat(answer.json().at("/errors/0/pointer").asString("")).isEqualTo(pointer);
        assertThat(answer.toString()).contains(detail);
    }

    @Test
    void saysWhatIsWrongAndHowToGetIt() {
        new OnnxClassifier(List.of(1, 8, 8), 3, 1).register(models, storage, name);
        refused(
                predict("&calibrated=true"),
                422,
                "/calibrated",
                "has no decision: it was trained without a validation split");
        refused(
                predict("&prior=uniform"),
                422,
                "/prior",
                "PUT /api/v1/models/" + name + "/versions/1/decision fits one");
        refused(service.putJson(decision(), "{\"target\": null}"), 422, "", "was deleted, and its logits with it");
        assertThat(service.get(decision()).status()).isEqualTo(404);
        assertThat(predicted("&abstainBelow=0.99")
                        .at("/predictions/0/abstained")
                        .asBoolean())
                .isTrue();

        refused(predict("&decision=threshold"), 400, "/decision", "must be \\\"thresholds\\\"");
        refused(predict("&decision=thresholds&prior=uniform"), 400, "/decision", "leave one of them out");
        refused(predict("&prior=uniform&calibrated=false"), 400, "/calibrated", "leave it out");
        refused(predict("&abstainBelow=1.5"), 400, "/abstainBelow", "above 0 and at most 1, was 1.5");
        refused(predict("&abstainBelow=NaN"), 400, "/abstainBelow", "above 0 and at most 1");
        assertThat(predict("&calibrated=maybe").status()).isEqualTo(400);
        assertThat(infer("\"prior\": 3").status()).isEqualTo(400);
        assertThat(infer("\"prior\": 3").toString()).contains("prior: must be a text");
        assertThat(infer("\"calibrated\": true").status()).isEqualTo(422);
        assertThat(infer("\"calibrated\": false").bytes()).isEqualTo(infer("").bytes());
    }
}
