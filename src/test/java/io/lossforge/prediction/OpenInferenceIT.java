package io.lossforge.prediction;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossforge.Calls;
import io.lossforge.ServiceTest;
import io.lossforge.model.Models;
import io.lossforge.storage.Storage;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

@ServiceTest
class OpenInferenceIT {

    @Autowired
    Models models;

    @Autowired
    Storage storage;

    @LocalServerPort
    int port;

    Calls service;
    String name = "o-" + UUID.randomUUID();

    @BeforeEach
    void connect() {
        service = new Calls(port);
    }

    @Test
    void saysWhatItIsAndThatItIsReady() {
        assertThat(service.get("/v2").json().at("/name").asString()).isEqualTo("lossforge");
        assertThat(service.get("/v2").json().at("/extensions").toString())
                .isEqualTo("[\"binary_tensor_data\",\"classification\",\"model_repository\",\"statistics\"]");
        assertThat(service.get("/v2/health/live").toString()).isEqualTo("200 {\"live\":true}");
        assertThat(service.get("/v2/health/ready").toString()).isEqualTo("200 {\"ready\":true}");
    }

    @Test
    void describesAModelAndItsVersions() {
        new OnnxClassifier(List.of(1, 2, 3), 4, 1).register(models, storage, name);
        new OnnxClassifier(List.of(5), 2, 2).register(models, storage, name);
        var newest = service.get("/v2/models/" + name).json();
        assertThat(newest.toString())
                .isEqualTo(("{\"name\":\"%s\",\"versions\":[\"2\",\"1\"],\"platform\":\"onnx_onnxv1\","
                                + "\"inputs\":[{\"name\":\"input\",\"datatype\":\"FP32\",\"shape\":[-1,5]}],"
                                + "\"outputs\":[{\"name\":\"logits\",\"datatype\":\"FP32\",\"shape\":[-1,2]},"
                                + "{\"name\":\"probabilities\",\"datatype\":\"FP32\",\"shape\":[-1,2]}]}")
                        .formatted(name));
        var first = service.get("/v2/models/%s/versions/1".formatted(name)).json();
        assertThat(first.at("/versions").toString()).isEqualTo("[\"1\"]");
        assertThat(first.at("/inputs/0").toString())
                .isEqualTo("{\"name\":\"input\",\"datatype\":\"UINT8\",\"shape\":[-1,1,2,3]}");
        assertThat(service.get("/v2/models/%s/ready".formatted(name)).toString())
                .isEqualTo("200 {\"name\":\"%s\",\"ready\":true}".formatted(name));
        assertThat(service.get("/v2/models/%s/versions/1/ready".formatted(name)).status())
                .isEqualTo(200);
    }

    @Test
    void infersWithTheOutputsAskedForAndEchoesTheId() {
        new OnnxClassifier(List.of(3), 2, 3).register(models, storage, name);
        var answer = infer("{\"id\": \"a7\", \"parameters\": {\"x\": {\"y\": [1]}, \"timeout\": 5000000},"
                + "\"inputs\": [{\"data\": [[1, 2, 3], [4.5, 5, 6]], \"shape\": [2, 3], \"datatype\": \"FP32\","
                + "\"name\": \"input\", \"parameters\": {}}],"
                + "\"outputs\": [{\"name\": \"probabilities\", \"parameters\": {\"binary_data\": false}}]}");
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        var json = answer.json();
        assertThat(json.at("/id").asString()).isEqualTo("a7");
        assertThat(json.at("/model_name").asString()).isEqualTo(name);
        assertThat(json.at("/model_version").asString()).isEqualTo("1");
        assertThat(json.at("/outputs")).hasSize(1);
        assertThat(json.at("/outputs/0/name").asString()).isEqualTo("probabilities");
        assertThat(json.at("/outputs/0/shape").toString()).isEqualTo("[2,2]");
        assertThat(json.at("/outputs/0/datatype").asString()).isEqualTo("FP32");
        assertThat(json.at("/outputs/0/data")).hasSize(4);

        var all = infer(tensor("FP32", "[1, 3]", "[1, 2, 3]"));
        assertThat(all.json().has("id")).isFalse();
        assertThat(all.json().at("/outputs").findValuesAsString("name")).containsExactly("logits", "probabilities");
        var byVersion = service.postJson(
                "/v2/models/%s/versions/1/infer".formatted(name), tensor("FP32", "[1, 3]", "[1, 2, 3]"));
        assertThat(byVersion.json()).isEqualTo(all.json());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            UINT8 | [1, 3]    | [1, 2, 3]       | inputs[0].datatype: must be FP32, was UINT8
            FP32  | [3]       | [1, 2, 3]       | inputs[0].shape: must be [-1, 3]
            FP32  | [1, 4]    | [1, 2, 3]       | inputs[0].shape: must be [-1, 3]
            FP32  | [0, 3]    | []              | inputs[0].shape: must be [-1, 3]
            FP32  | [-1, 3]   | [1, 2, 3]       | inputs[0].shape: must be [-1, 3]
            FP32  | []        | [1, 2, 3]       | inputs[0].shape: must be [-1, 3]
            FP32  | [1.5, 3]  | [1, 2, 3]       | inputs[0].shape: must be an array of at most 8 whole numbers
            FP32  | [2, 3]    | [1, 2, 3]       | inputs[0].data: has shape [3], must be [2, 3] or 6 numbers in a row
            FP32  | [1, 3]    | [[1], [2], [3]] | inputs[0].data: has shape [3, 1], must be [1, 3]
            FP32  | [1, 3]    | [1, 2, "x"]     | inputs[0].data: must hold numbers only, has a text
            FP32  | [1, 3]    | [1, 2, NaN]     | inputs[0].data: must hold finite float32 numbers, number 2 is NaN
            FP32  | [1, 3]    | 7               | inputs[0].data: must be an array of numbers
            """)
    void saysWhatIsWrongWithATensor(String datatype, String shape, String data, String error) {
        new OnnxClassifier(List.of(3), 2, 3).register(models, storage, name);
        var answer = infer(tensor(datatype, shape, data));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().propertyNames()).containsExactly("error");
        assertThat(answer.json().at("/error").asString()).contains(error);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {}                                                        | inputs: is required
            {"inputs": []}                                            | inputs: is required
            {"inputs": [{"name": "input"}]}                           | inputs[0]: must have name, datatype, shape and data
            {"inputs": [{"nam": "input"}]}                            | did you mean "name"?
            {"outputs": [{"name": "labels"}]}                         | outputs[0].name: must be one of "logits", "probabilities"
            {"outputs": [{"name": "logits"}, {"name": "logits"}]}     | outputs[1].name: must be one of
            {"parameters": {"timeout": "1s"}}                         | parameters.timeout: must be a whole number
            {"parameters": {"binary_data_output": 1}}                 | parameters.binary_data_output: must be true or false
            {"outputs": [{"name": "logits", "parameters": {"classification": -3}}]} | outputs[0].parameters.classification: must be a whole
            {"inputs": [{"name": "input", "datatype": "FP32", "shape": [1, 3], "parameters": {"binary_data_size": 12}}]} | needs the header Inference
            {"id": 7}                                                 | id: must be a text
            [                                                         | the body must be an object
            {                                                         | the body is not JSON
            """)
    void saysWhatIsWrongWithARequest(String body, String error) {
        new OnnxClassifier(List.of(3), 2, 3).register(models, storage, name);
        var answer = infer(body);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().at("/error").asString()).contains(error);
    }

    @Test
    void otherFailuresHaveTheFormOfTheProtocolToo() {
        new OnnxClassifier(List.of(3), 2, 3).register(models, storage, name);
        var unknown = service.get("/v2/models/%sx".formatted(name));
        assertThat(unknown.status()).isEqualTo(404);
        assertThat(unknown.json().at("/error").asString()).contains("did you mean \"%s\"".formatted(name));
        assertThat(service.get("/v2/models/%sx/ready".formatted(name)).status()).isEqualTo(404);
        assertThat(service.get("/v2/models/%s/versions/2".formatted(name)).status())
                .isEqualTo(404);
        assertThat(service.get("/v2/models/%s/infer".formatted(name)).status()).isEqualTo(405);
        var text = service.post("/v2/models/%s/infer".formatted(name), "text/plain", new byte[] {1});
        assertThat(text.status()).isEqualTo(415);
        assertThat(text.json().has("error")).isTrue();
        var binary = service.send(
                "POST",
                "/v2/models/%s/infer".formatted(name),
                new byte[] {'{', '}'},
                "Content-Type",
                "application/json",
                "Inference-Header-Content-Length",
                "2");
        assertThat(binary.status()).isEqualTo(400);
        assertThat(binary.json().at("/error").asString()).contains("inputs: is required");
        var many = infer(tensor("FP32", "[1025, 3]", "[" + "1,".repeat(3 * 1025 - 1) + "1]"));
        assertThat(many.status()).isEqualTo(413);
    }

    @Test
    void countsWhatWasAskedOfAModelInMemory() {
        new OnnxClassifier(List.of(3), 2, 3).register(models, storage, name);
        var path = "/v2/models/%s/stats".formatted(name);
        var unload = "/v2/repository/models/%s/unload".formatted(name);
        assertThat(service.post(unload, "application/json", new byte[0]).status())
                .isEqualTo(200);
        assertThat(service.get(path).json().at("/model_stats")).isEmpty();
        assertThat(state()).isEqualTo("UNAVAILABLE");

        var load = service.post("/v2/repository/models/%s/load".formatted(name), "application/json", new byte[0]);
        assertThat(load.status()).as(load.toString()).isEqualTo(200);
        assertThat(state()).isEqualTo("READY");
        infer(tensor("FP32", "[2, 3]", "[1, 2, 3, 4, 5, 6]"));
        infer(tensor("FP32", "[1, 3]", "[1, 2, 3]"));
        infer(tensor("FP32", "[1, 3]", "[1, 2]"));

        var seen = service.get(path).json().at("/model_stats/0");
        assertThat(seen.at("/name").asString()).isEqualTo(name);
        assertThat(seen.at("/version").asString()).isEqualTo("1");
        assertThat(seen.at("/inference_count").asInt()).isEqualTo(3);
        assertThat(seen.at("/execution_count").asInt()).isEqualTo(2);
        assertThat(seen.at("/inference_stats/success/count").asInt()).isEqualTo(2);
        assertThat(seen.at("/inference_stats/fail/count").asInt()).isEqualTo(1);
        assertThat(seen.at("/inference_stats/compute_infer/ns").asLong()).isPositive();
        assertThat(seen.at("/inference_stats/success/ns").asLong())
                .isGreaterThan(seen.at("/inference_stats/compute_infer/ns").asLong());
        assertThat(seen.at("/batch_stats").findValuesAsString("batch_size")).containsExactly("1", "2");
        assertThat(seen.at("/last_inference").asLong()).isPositive();
        assertThat(service.get("/v2/models/%s/versions/1/stats".formatted(name))
                        .json()
                        .at("/model_stats"))
                .hasSize(1);
        assertThat(service.get("/v2/models/stats").json().at("/model_stats").findValuesAsString("name"))
                .contains(name);

        service.post(unload, "application/json", new byte[0]);
        assertThat(state()).isEqualTo("UNAVAILABLE");
        assertThat(infer(tensor("FP32", "[1, 3]", "[1, 2, 3]")).status()).isEqualTo(200);
        assertThat(service.post("/v2/repository/models/%sx/load".formatted(name), "application/json", new byte[0])
                        .status())
                .isEqualTo(404);
    }

    private String state() {
        for (var entry : service.postJson("/v2/repository/index", "{}").json()) {
            if (entry.at("/name").asString().equals(name)) {
                return entry.at("/state").asString();
            }
        }
        throw new AssertionError(name);
    }

    private Calls.Answer infer(String body) {
        return service.postJson("/v2/models/%s/infer".formatted(name), body);
    }

    private static String tensor(String datatype, String shape, String data) {
        return "{\"inputs\": [{\"name\": \"input\", \"shape\": %s, \"datatype\": \"%s\", \"data\": %s}]}"
                .formatted(shape, datatype, data);
    }
}
