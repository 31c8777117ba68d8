package io.lossforge.prediction;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossforge.Calls;
import io.lossforge.ServiceTest;
import io.lossforge.model.Models;
import io.lossforge.storage.Storage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The extensions {@code binary_tensor_data} and {@code classification} of the Open Inference Protocol. */
@ServiceTest
class BinaryTensorIT {

    private static final float[] TWO_SAMPLES = {1, 2, 3, 4.5f, 5, 6};
    private static final String BINARY_INPUT =
            "{\"inputs\":[{\"name\":\"input\",\"datatype\":\"FP32\",\"shape\":[2,3],\"parameters\":{\"binary_data_size\":24}}]%s}";
    private static final String JSON_INPUT =
            "{\"inputs\":[{\"name\":\"input\",\"datatype\":\"FP32\",\"shape\":[2,3],\"data\":[1,2,3,4.5,5,6]}]%s}";

    @Autowired
    Models models;

    @Autowired
    Storage storage;

    @LocalServerPort
    int port;

    Calls service;
    String name = "b-" + UUID.randomUUID();

    @BeforeEach
    void register() {
        service = new Calls(port);
        new OnnxClassifier(List.of(3), 2, 3).register(models, storage, name);
    }

    /** An answer's JSON, and what is behind it. */
    private record Parts(JsonNode json, ByteBuffer behind) {

        static Parts of(Calls.Answer answer) {
            assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
            assertThat(answer.header("Content-Type")).isEqualTo("application/octet-stream");
            int head = Integer.parseInt(answer.header("Inference-Header-Content-Length"));
            return new Parts(
                    JsonMapper.shared().readTree(Arrays.copyOf(answer.bytes(), head)),
                    ByteBuffer.wrap(answer.bytes(), head, answer.bytes().length - head)
                            .slice()
                            .order(ByteOrder.LITTLE_ENDIAN));
        }
    }

    @Test
    void binaryAndJsonSayTheSame() {
        var json = service.postJson(infer(), JSON_INPUT.formatted("")).json();
        var fromBinary = binary(BINARY_INPUT.formatted(""), bytes(TWO_SAMPLES));
        assertThat(fromBinary.status()).as(fromBinary.toString()).isEqualTo(200);
        assertThat(fromBinary.json()).isEqualTo(json);

        var toBinary = Parts.of(
                binary(BINARY_INPUT.formatted(",\"parameters\":{\"binary_data_output\":true}"), bytes(TWO_SAMPLES)));
        for (int output = 0; output < 2; output++) {
            var shown = toBinary.json().at("/outputs/" + output);
            assertThat(shown.has("data")).isFalse();
            assertThat(shown.at("/parameters/binary_data_size").asInt()).isEqualTo(16);
            assertThat(shown.at("/shape").toString()).isEqualTo("[2,2]");
            for (int i = 0; i < 4; i++) {
                assertThat(toBinary.behind().getFloat())
                        .isEqualTo(json.at("/outputs/%d/data/%d".formatted(output, i))
                                .floatValue());
            }
        }
        assertThat(toBinary.behind().hasRemaining()).isFalse();
    }

    @Test
    void eachOutputHasItsOwnForm() {
        var asked = ",\"outputs\":[{\"name\":\"probabilities\",\"parameters\":{\"binary_data\":true}},"
                + "{\"name\":\"logits\",\"parameters\":{\"classification\":1}}]";
        var answer = Parts.of(service.postJson(infer(), JSON_INPUT.formatted(asked)));

        assertThat(answer.behind().remaining()).isEqualTo(16);
        var classes = answer.json().at("/outputs/1");
        assertThat(classes.at("/datatype").asString()).isEqualTo("BYTES");
        assertThat(classes.at("/shape").toString()).isEqualTo("[2,1]");
        assertThat(classes.at("/data")).hasSize(2);
    }

    @Test
    void classificationNamesTheLikeliestClasses() {
        var asked = ",\"outputs\":[{\"name\":\"probabilities\",\"parameters\":{\"classification\":9%s}}]";
        var plain = service.postJson(infer(), JSON_INPUT.formatted("")).json();
        var texts = service.postJson(infer(), JSON_INPUT.formatted(asked.formatted("")))
                .json()
                .at("/outputs/0");
        assertThat(texts.at("/shape").toString()).isEqualTo("[2,2]");
        float first = plain.at("/outputs/1/data/0").floatValue();
        float second = plain.at("/outputs/1/data/1").floatValue();
        int likeliest = first >= second ? 0 : 1;
        assertThat(texts.at("/data/0").asString())
                .isEqualTo("%s:%d:class %d".formatted(Math.max(first, second), likeliest, likeliest));

        var behind = Parts.of(service.postJson(infer(), JSON_INPUT.formatted(asked.formatted(",\"binary_data\":true"))))
                .behind();
        for (var text : texts.at("/data")) {
            var bytes = new byte[behind.getInt()];
            behind.get(bytes);
            assertThat(new String(bytes, StandardCharsets.UTF_8)).isEqualTo(text.asString());
        }
        assertThat(behind.hasRemaining()).isFalse();
    }

    @Test
    void pixelsAreBytes() {
        new OnnxClassifier(List.of(1, 2, 2), 3, 4).register(models, storage, name + "p");
        var path = "/v2/models/%sp/infer".formatted(name);
        var input = "{\"inputs\":[{\"name\":\"input\",\"datatype\":\"UINT8\",\"shape\":[1,1,2,2],%s}]}";
        var json = service.postJson(path, input.formatted("\"data\":[0,127,128,255]"));
        var binary = binary(path, input.formatted("\"parameters\":{\"binary_data_size\":4}"), new byte[] {
            0, 127, (byte) 128, (byte) 255
        });
        assertThat(json.status()).as(json.toString()).isEqualTo(200);
        assertThat(binary.json()).isEqualTo(json.json());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0     | must be the length of the JSON in bytes
            -1    | must be the length of the JSON in bytes
            x     | must be the length of the JSON in bytes
            1000  | must be the length of the JSON in bytes
            5     | the body is not JSON
            107   | the body is not JSON
            """)
    void saysWhatIsWrongWithTheLengthOfTheJson(String length, String error) {
        var body = body(BINARY_INPUT.formatted(""), bytes(TWO_SAMPLES));
        var answer = send(infer(), body, length);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().at("/error").asString()).contains(error);
    }

    @Test
    void saysWhatIsWrongWithTheBytesBehind() {
        assertRefused(bytes(1, 2, 3, 4, 5), "the body ends before its binary data does");
        assertRefused(bytes(1, 2, 3, 4, 5, 6, 7), "the body goes on after its binary data");
        assertRefused(bytes(1, 2, 3, 4, 5, Float.NaN), "must hold finite float32 numbers, number 5 is NaN or infinite");
        assertRefused(
                BINARY_INPUT.formatted("").replace("24", "20"),
                bytes(1, 2, 3, 4, 5),
                "binary_data_size: must be 24 for that shape and datatype, was 20");
        assertRefused(
                BINARY_INPUT.formatted("").replace("[2,3]", "[2000,3]"), bytes(TWO_SAMPLES), "more than 1024 samples");
        assertRefused(JSON_INPUT.formatted(""), bytes(1), "is required: more than");
        assertRefused(
                BINARY_INPUT.formatted("").replace("\"shape\"", "\"data\":[1],\"shape\""),
                bytes(TWO_SAMPLES),
                "must not be given beside data");
    }

    private void assertRefused(byte[] behind, String error) {
        assertRefused(BINARY_INPUT.formatted(""), behind, error);
    }

    private void assertRefused(String json, byte[] behind, String error) {
        var answer = binary(json, behind);
        assertThat(answer.status()).as(answer.toString()).isIn(400, 413);
        assertThat(answer.json().at("/error").asString()).contains(error);
    }

    private String infer() {
        return "/v2/models/%s/infer".formatted(name);
    }

    private Calls.Answer binary(String json, byte[] behind) {
        return binary(infer(), json, behind);
    }

    private Calls.Answer binary(String path, String json, byte[] behind) {
        return send(path, body(json, behind), Integer.toString(json.length()));
    }

    private Calls.Answer send(String path, byte[] body, String length) {
        return service.send(
                "POST",
                path,
                body,
                "Content-Type",
                "application/octet-stream",
                "Inference-Header-Content-Length",
                length);
    }

    private static byte[] body(String json, byte[] behind) {
        return ByteBuffer.allocate(json.length() + behind.length)
                .put(json.getBytes(StandardCharsets.UTF_8))
                .put(behind)
                .array();
    }

    private static byte[] bytes(float... numbers) {
        var bytes = ByteBuffer.allocate(numbers.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(numbers);
        return bytes.array();
    }
}
