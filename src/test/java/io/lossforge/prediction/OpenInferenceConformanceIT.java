package io.lossforge.prediction;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossforge.Calls;
import io.lossforge.ServiceTest;
import io.lossforge.model.Models;
import io.lossforge.prediction.OpenInferenceSpecification.Operation;
import io.lossforge.storage.Storage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Every resource of the protocol and of its extensions, each request and answer held against what the specification demands. */
@ServiceTest
class OpenInferenceConformanceIT {

    private static final OpenInferenceSpecification SPECIFICATION = OpenInferenceSpecification.read();
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String INFER = "/v2/models/{name}/infer";
    private static final String TENSOR =
            "\"inputs\":[{\"name\":\"input\",\"shape\":[2,3],\"datatype\":\"FP32\",\"data\":[[1,2,3],[4,5,6]]}]";

    /** A body that is well for each operation that takes one. */
    private static final Map<String, String> BODIES = Map.of(
            "inferRequest", "{\"id\":\"42\",%s}".formatted(TENSOR),
            "indexRequest", "{\"ready\":true}",
            "repositoryRequest", "{\"parameters\":{}}");

    /** One that is not. */
    private static final Map<String, String> BROKEN = Map.of(
            "inferRequest", "{\"inputs\":[{\"name\":\"input\",\"shape\":[2],\"datatype\":\"FP32\",\"data\":[1]}]}",
            "indexRequest", "{\"ready\":",
            "repositoryRequest", "{}");

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
        new OnnxClassifier(List.of(3), 2, 3).register(models, storage, name);
    }

    @TestFactory
    Stream<DynamicTest> everyOperationAnswersAsSpecified() {
        return SPECIFICATION.operations().stream()
                .map(operation -> DynamicTest.dynamicTest(operation.toString(), () -> {
                    var body = operation.request() == null ? "" : BODIES.getOrDefault(operation.request(), "");
                    assertAnswered(operation, body);
                }));
    }

    @TestFactory
    Stream<DynamicTest> everyOperationSaysAsSpecifiedThatThereIsNoSuchModel() {
        return SPECIFICATION.operations().stream()
                .filter(operation -> operation.path().contains("{name}"))
                .map(operation -> DynamicTest.dynamicTest(operation.toString(), () -> {
                    var body = operation.request() == null ? "" : BODIES.getOrDefault(operation.request(), "");
                    assertError(404, call(operation, "absent-" + name, "1", body));
                    if (operation.path().contains("{version}")) {
                        assertError(404, call(operation, name, "99", body));
                        assertError(400, call(operation, name, "first", body));
                    }
                }));
    }

    @TestFactory
    Stream<DynamicTest> everyOperationRefusesAsSpecified() {
        return SPECIFICATION.operations().stream()
                .map(operation -> DynamicTest.dynamicTest(operation.toString(), () -> {
                    var path = path(operation, name, "1");
                    assertError(
                            405, service.send(operation.method().equals("GET") ? "PUT" : "DELETE", path, new byte[0]));
                    if (operation.request() != null && !operation.request().equals("repositoryRequest")) {
                        assertError(400, call(operation, name, "1", BROKEN.getOrDefault(operation.request(), "")));
                    }
                }));
    }

    /** The tensors of a request in all the ways that the specification has. */
    @TestFactory
    Stream<DynamicTest> takesEveryRequestOfTheSpecification() {
        return Stream.of(
                        "{%s}",
                        "{\"id\":\"\",%s}",
                        "{\"parameters\":{},%s}",
                        "{\"parameters\":{\"text\":\"x\",\"number\":1.5,\"truth\":true},%s}",
                        "{\"outputs\":[],%s}",
                        "{\"outputs\":[{\"name\":\"logits\"}],%s}",
                        "{\"outputs\":[{\"name\":\"logits\",\"parameters\":{\"unheardOf\":1}}],%s}",
                        "{\"outputs\":[{\"name\":\"logits\",\"parameters\":{\"classification\":2}}],%s}",
                        "{\"model_name\":\"whatever\",\"model_version\":\"1\",%s}")
                .map(body -> body.formatted(TENSOR))
                .map(body -> DynamicTest.dynamicTest(
                        body, () -> assertAnswered(SPECIFICATION.operation("POST", INFER), body)));
    }

    @Test
    void classificationAnswersWithTexts() {
        var answer = assertAnswered(
                SPECIFICATION.operation("POST", INFER),
                "{\"outputs\":[{\"name\":\"probabilities\",\"parameters\":{\"classification\":2}}],%s}"
                        .formatted(TENSOR));
        var output = answer.at("/outputs/0");
        assertThat(output.at("/datatype").stringValue()).isEqualTo("BYTES");
        assertThat(output.at("/shape").toString()).isEqualTo("[2,2]");
        assertThat(SPECIFICATION.faults("classes", output.get("data"))).isEmpty();
    }

    @Test
    void binaryTensorsStandBehindTheJsonOfRequestAndAnswer() {
        var json =
                "{\"inputs\":[{\"name\":\"input\",\"shape\":[2,3],\"datatype\":\"FP32\",\"parameters\":{\"binary_data_size\":24}}],"
                        + "\"parameters\":{\"binary_data_output\":true}}";
        assertThat(SPECIFICATION.faults("inferRequest", JSON.readTree(json))).isEmpty();
        var body = ByteBuffer.allocate(json.length() + 24).order(ByteOrder.LITTLE_ENDIAN);
        body.put(json.getBytes(StandardCharsets.UTF_8));
        for (float value : new float[] {1, 2, 3, 4, 5, 6}) {
            body.putFloat(value);
        }
        var answer = service.send(
                "POST",
                INFER.replace("{name}", name),
                body.array(),
                "Content-Type",
                "application/octet-stream",
                InferReader.HEADER_LENGTH,
                Integer.toString(json.length()));

        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).isEqualTo("application/octet-stream");
        int head = Integer.parseInt(answer.header(InferReader.HEADER_LENGTH));
        var said = JSON.readTree(Arrays.copyOf(answer.bytes(), head));
        assertThat(SPECIFICATION.faults("inferAnswer", said)).isEmpty();
        assertThat(said.get("outputs")
                        .valueStream()
                        .mapToInt(output ->
                                output.at("/parameters/binary_data_size").intValue())
                        .sum())
                .isEqualTo(answer.bytes().length - head);
    }

    @Test
    void announcesItsExtensions() {
        assertThat(service.get("/v2").json().get("extensions").valueStream().map(JsonNode::stringValue))
                .containsExactlyInAnyOrder("binary_tensor_data", "classification", "model_repository", "statistics");
    }

    @Test
    void statisticsOfAModelAreOfAllItsVersions() {
        new OnnxClassifier(List.of(3), 2, 4).register(models, storage, name);
        for (int version = 1; version <= 2; version++) {
            assertThat(service.get("/v2/models/%s/versions/%d/ready".formatted(name, version))
                            .status())
                    .isEqualTo(200);
        }
        assertThat(service.get("/v2/models/%s/stats".formatted(name)).json().findValuesAsString("version"))
                .containsExactly("2", "1");
    }

    /** The schemas can fail: an answer with a number for a name is none. */
    @Test
    void theSpecificationRefusesWhatIsWrong() {
        for (var wrong : List.of(
                "{\"model_name\":1,\"outputs\":[]}",
                "{\"outputs\":[]}",
                "{\"model_name\":\"a\",\"outputs\":[{\"name\":\"b\",\"shape\":[1],\"datatype\":\"FP32\"}]}",
                "{\"model_name\":\"a\",\"outputs\":[{\"name\":\"b\",\"shape\":[1],\"datatype\":\"float\",\"data\":[1]}]}")) {
            assertThat(SPECIFICATION.faults("inferAnswer", JSON.readTree(wrong)))
                    .as(wrong)
                    .isNotEmpty();
        }
    }

    private JsonNode assertAnswered(Operation operation, String body) {
        if (operation.request() != null) {
            assertThat(SPECIFICATION.faults(operation.request(), JSON.readTree(body)))
                    .as("request " + body)
                    .isEmpty();
        }
        var answer = call(operation, name, "1", body);
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        if (answer.bytes().length == 0) {
            assertThat(operation.answer()).isEqualTo("anything");
            return JSON.nullNode();
        }
        assertThat(answer.header("Content-Type")).isEqualTo("application/json");
        assertThat(SPECIFICATION.faults(operation.answer(), answer.json()))
                .as(answer.toString())
                .isEmpty();
        return answer.json();
    }

    private static void assertError(int status, Calls.Answer answer) {
        assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
        assertThat(answer.header("Content-Type")).startsWith("application/json");
        assertThat(SPECIFICATION.faults("error", answer.json()))
                .as(answer.toString())
                .isEmpty();
    }

    private Calls.Answer call(Operation operation, String model, String version, String body) {
        var path = path(operation, model, version);
        return body.isEmpty() ? service.send(operation.method(), path, new byte[0]) : service.postJson(path, body);
    }

    private static String path(Operation operation, String model, String version) {
        return operation.path().replace("{name}", model).replace("{version}", version);
    }
}
