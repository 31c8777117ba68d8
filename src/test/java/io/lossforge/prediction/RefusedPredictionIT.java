package io.lossforge.prediction;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossforge.Calls;
import io.lossforge.ServiceTest;
import io.lossforge.model.Models;
import io.lossforge.model.NewModelVersion;
import io.lossforge.storage.Storage;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

@ServiceTest
class RefusedPredictionIT {

    @Autowired
    Models models;

    @Autowired
    Storage storage;

    @LocalServerPort
    int port;

    Calls service;
    String name = "x-" + UUID.randomUUID();

    @BeforeEach
    void connect() {
        service = new Calls(port);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            [[1,2],[3,4],[5,6]]           | /instances/0 | has shape [3, 2], must be [1, 2, 2] (channels, height, width), [2, 2] or 4 numbers in a row
            [1,2,3,4],[1,2,3]             | /instances/1 | has shape [3], must be [1, 2, 2]
            [1,2,3,4],[[1,2],[3,4,5]]     | /instances/1 | arrays of different lengths side by side: 2 and 3
            [1,2,3,4],[1,2,3,256]         | /instances/1 | pixels are 0 to 255, number 3 is 256
            [1,2,3,-1]                    | /instances/0 | pixels are 0 to 255, number 3 is -1
            [1,2,3,99999999999999999999]  | /instances/0 | pixels are 0 to 255, number 3 is 99999999999999999999
            [1,2,3,1e400]                 | /instances/0 | pixels are 0 to 255, number 3 is 1e400
            [1,NaN,3,4]                   | /instances/0 | pixels are 0 to 255, number 1 is NaN
            [1,null,3,4]                  | /instances/0 | must hold numbers only, has null
            [1,"2",3,4]                   | /instances/0 | must hold numbers only, has a text
            [1,2,3,true]                  | /instances/0 | must hold numbers only, has true or false
            [1,2,[3],4]                   | /instances/0 | mixes numbers and arrays
            [[1],2]                       | /instances/0 | mixes numbers and arrays
            [[[[[[1]]]]]]                 | /instances/0 | is nested more than 5 deep
            []                            | /instances/0 | has shape [0], must be
            [[],[]]                       | /instances/0 | has shape [2, 0], must be
            1,2                           | /instances/0 | must be an array of [1, 2, 2]
            {}                            | /instances/0/b64 | is required
            {"b64":7}                     | /instances/0/b64 | must be a text
            {"b64":"%%%"}                 | /instances/0/b64 | is not base64 of a picture's bytes
            {"b64":"aGVsbG8="}            | /instances/0/b64 | not a PNG
            {"b46":"aGVsbG8="}            | /instances/0/b46 | did you mean "b64"?
            {"b64":"iVBORw0=","x":1}      | /instances/0 |
            ``                            | /instances   | must have at least one sample
            """)
    void saysWhichInstanceIsWrongAndWhatItMustBe(String instances, String pointer, String detail) {
        new OnnxClassifier(List.of(1, 2, 2), 2, 1).register(models, storage, name);
        var answer = service.postJson(predict(), "{\"instances\": [%s]}".formatted(instances));
        assertThat(answer.status()).as(answer.toString()).isEqualTo(400);
        assertThat(answer.json().at("/errors/0/pointer").asString()).startsWith(pointer);
        if (detail != null) {
            assertThat(answer.json().at("/errors/0/detail").asString()).contains(detail);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            [1,NaN]                  | must hold finite float32 numbers, number 1 is NaN
            [1,-Infinity]            | must hold finite float32 numbers, number 1 is -Infinity
            [1,1e39]                 | must hold finite float32 numbers, number 1 is 1e39
            [1,2,3]                  | has shape [3], must be 2 numbers
            [[1],[2]]                | has shape [2, 1], must be 2 numbers
            """)
    void takesFiniteFeaturesOnly(String instance, String detail) {
        new OnnxClassifier(List.of(2), 2, 1).register(models, storage, name);
        var answer = service.postJson(predict(), "{\"instances\": [%s]}".formatted(instance));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().at("/errors/0/pointer").asString()).isEqualTo("/instances/0");
        assertThat(answer.json().at("/errors/0/detail").asString()).contains(detail);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            `[[1,2,3,4]]`                          | the body must be {"instances"
            `{}`                                   | {"instances"
            `{"instances": {}}`                    | must be an array of samples
            `{"instance": [[1,2,3,4]]}`            | did you mean "instances"?
            `{"instances": [[1,2,3,4]], "a": 1}`   | key "a" is not known
            `{"instances": [[1,2,3,4]]`            | the body is not JSON
            `{"instances": [[1,2,3,4]]} {}`        | the body goes on after its JSON value
            `{"instances": [[1,2,3,4]], "instances": []}` | Duplicate
            `instances`                            | the body is not JSON
            ``                                     | the body must be {"instances"
            """)
    void refusesOtherJson(String body, String detail) {
        new OnnxClassifier(List.of(1, 2, 2), 2, 1).register(models, storage, name);
        var answer = service.postJson(predict(), body);
        assertThat(answer.status()).as(answer.toString()).isEqualTo(400);
        assertThat(answer.json().at("/detail").asString() + answer.json().at("/errors"))
                .contains(detail.replace(
                        "\"", answer.json().at("/detail").asString().contains("\"") ? "\"" : "\\\""));
        assertThat(answer.toString()).doesNotContain("jackson", "Source:", "StreamRead");
    }

    @Test
    void refusesDeepAndLongJson() {
        new OnnxClassifier(List.of(1, 2, 2), 2, 1).register(models, storage, name);
        var deep = service.postJson(predict(), "{\"instances\":" + "[".repeat(100_000));
        assertThat(deep.status()).isEqualTo(400);
        var digits = service.postJson(predict(), "{\"instances\":[[" + "1".repeat(100_000) + "]]}");
        assertThat(digits.status()).isEqualTo(400);
        var many = service.postJson(predict(), "{\"instances\":[" + "[1,2,3,4],".repeat(1024) + "[1,2,3,4]]}");
        assertThat(many.status()).isEqualTo(413);
        assertThat(many.json().at("/detail").asString()).contains("more than 1024 instances");
    }

    @Test
    void refusesLargeBodiesBeforeTheyAreSent() throws IOException {
        new OnnxClassifier(List.of(1, 2, 2), 2, 1).register(models, storage, name);
        assertThat(announce("application/json", "Content-Length: 17000000")).startsWith("HTTP/1.1 413 ");
        assertThat(announce("multipart/form-data; boundary=b", "Content-Length: 68000000"))
                .startsWith("HTTP/1.1 413 ");
        assertThat(announce("multipart/form-data; boundary=b", "Transfer-Encoding: chunked"))
                .startsWith("HTTP/1.1 400 ");
    }

    /** Sends the head of a request without its body, and gives the status line of the answer. */
    private String announce(String type, String length) throws IOException {
        try (var socket = new Socket("127.0.0.1", port)) {
            socket.getOutputStream()
                    .write("POST %s HTTP/1.1\r\nHost: localhost:%d\r\nContent-Type: %s\r\n%s\r\n\r\n"
                            .formatted(predict(), port, type, length)
                            .getBytes(StandardCharsets.US_ASCII));
            return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
                    .readLine();
        }
    }

    @Test
    void refusesWhatIsNoPicture() throws IOException {
        new OnnxClassifier(List.of(1, 2, 2), 2, 1).register(models, storage, name);
        var png = TestPictures.grey(40, 40, TestPictures.noise(40, 40, 1), "png");
        assertRefused(service.post(predict(), "image/png", "hello".getBytes(StandardCharsets.UTF_8)), "");
        assertRefused(service.post(predict(), "image/png", Arrays.copyOf(png, png.length / 2)), "");
        assertRefused(service.post(predict(), "image/png", new byte[0]), "");
        assertRefused(service.post(predict(), "image/svg+xml", "<svg/>".getBytes(StandardCharsets.UTF_8)), "");
        var huge = service.post(predict(), "image/png", emptyPng(60_000, 60_000));
        assertRefused(huge, "");
        assertThat(huge.json().at("/detail").asString()).contains("pixels");
        var files = new LinkedHashMap<String, byte[]>();
        files.put("good.png", png);
        files.put("bad.png", new byte[] {1, 2, 3});
        assertRefused(service.postFiles(predict(), files), "/file/1");
        assertRefused(service.postFiles(predict(), Map.of()), "/file");
        var b64 = Base64.getEncoder().encodeToString(emptyPng(60_000, 60_000));
        assertRefused(
                service.postJson(predict(), "{\"instances\":[{\"b64\":\"%s\"}]}".formatted(b64)), "/instances/0/b64");
    }

    @Test
    void refusesOtherTypesAndNamesThoseTaken() {
        new OnnxClassifier(List.of(2), 2, 1).register(models, storage, name);
        var text = service.post(predict(), "text/plain", new byte[] {1});
        assertThat(text.status()).isEqualTo(415);
        assertThat(text.json().at("/detail").asString()).contains("application/json", "image/*", "multipart/form-data");
        var form = service.post(predict(), "application/x-www-form-urlencoded", new byte[] {1});
        assertThat(form.status()).isEqualTo(415);
        var none = service.send("POST", predict(), new byte[] {1});
        assertThat(none.status()).isEqualTo(415);
        var png = TestPictures.grey(2, 2, TestPictures.noise(2, 2, 1), "png");
        var picture = service.post(predict(), "image/png", png);
        assertThat(picture.status()).isEqualTo(415);
        assertThat(picture.json().at("/detail").asString()).contains("2 numbers", "application/json");
        assertThat(service.postFiles(predict(), Map.of("a.png", png)).status()).isEqualTo(415);
        assertThat(service.get(predict()).status()).isEqualTo(405);
    }

    @Test
    void refusesQueriesOutOfRange() {
        new OnnxClassifier(List.of(2), 2, 1).register(models, storage, name);
        for (var topK : List.of("0", "-1", "many")) {
            var answer = service.postJson(predict() + "?topK=" + topK, "{\"instances\":[[1,2]]}");
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.json().at("/errors/0/pointer").asString()).isEqualTo("/topK");
        }
        var all = service.postJson(predict() + "?topK=1000", "{\"instances\":[[1,2]]}");
        assertThat(all.json().at("/predictions/0/top")).hasSize(2);
    }

    @Test
    void suggestsAModelWhenTheNameIsNotKnown() {
        new OnnxClassifier(List.of(2), 2, 1).register(models, storage, name);
        var answer = service.postJson("/api/v1/models/%sx/predict".formatted(name), "{\"instances\":[[1,2]]}");
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.json().at("/detail").asString()).contains("did you mean \"%s\"".formatted(name));
        assertThat(service.postJson("/api/v1/models/%s:9/predict".formatted(name), "{}")
                        .status())
                .isEqualTo(404);
        assertThat(service.postJson("/api/v1/models/%s@blue/predict".formatted(name), "{}")
                        .status())
                .isEqualTo(404);
    }

    @Test
    void aDamagedArtefactIsTheServicesFaultAndTellsNothingOfIt() {
        var good = new OnnxClassifier(List.of(2), 2, 77).register(models, storage, name);
        storage.put(good.artefactKey(), new ByteArrayInputStream(new byte[100]), 100);
        assertUnusable();
        storage.delete(good.artefactKey());
        assertUnusable();

        var noOnnx = "no ONNX".getBytes(StandardCharsets.UTF_8);
        register(noOnnx, List.of(2), 2);
        assertUnusable();
        register(new OnnxClassifier(List.of(2), 2, 78).onnx(), List.of(3), 2);
        assertUnusable();
        register(new OnnxClassifier(List.of(2), 2, 79).onnx(), List.of(2), 3);
        assertUnusable();
    }

    private void assertUnusable() {
        var answer = service.postJson(predict(), "{\"instances\":[[1,2]]}");
        assertThat(answer.status()).as(answer.toString()).isEqualTo(500);
        assertThat(answer.json().at("/code").asString()).isEqualTo("artefact-unusable");
        assertThat(answer.toString()).doesNotContain(".onnx", "blobs", "ai.onnxruntime", "Exception");
        assertThat(service.get("/v2/models/%s/ready".formatted(name)).status()).isEqualTo(503);
    }

    private void register(byte[] artefact, List<Integer> shape, int classes) {
        var key = "models/%s.onnx".formatted(UUID.randomUUID());
        var stored = storage.put(key, new ByteArrayInputStream(artefact), artefact.length);
        models.register(new NewModelVersion(
                name,
                null,
                null,
                null,
                null,
                key,
                stored.sha256(),
                stored.bytes(),
                new OnnxClassifier(shape, classes, 0).labels(),
                "features",
                shape,
                "softmax",
                Map.of()));
    }

    private static void assertRefused(Calls.Answer answer, String pointer) {
        assertThat(answer.status()).as(answer.toString()).isEqualTo(400);
        assertThat(answer.json().at("/errors/0/pointer").asString()).isEqualTo(pointer);
    }

    private String predict() {
        return "/api/v1/models/%s/predict".formatted(name);
    }

    /** A well-formed PNG of a few bytes that claims a size. */
    private static byte[] emptyPng(int width, int height) throws IOException {
        var bytes = new ByteArrayOutputStream();
        bytes.write(new byte[] {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10});
        var header = new ByteArrayOutputStream();
        var out = new DataOutputStream(header);
        out.writeInt(width);
        out.writeInt(height);
        out.write(new byte[] {8, 0, 0, 0, 0});
        chunk(bytes, "IHDR", header.toByteArray());
        var data = new ByteArrayOutputStream();
        try (var deflater = new DeflaterOutputStream(data)) {
            deflater.write(new byte[1000]);
        }
        chunk(bytes, "IDAT", data.toByteArray());
        chunk(bytes, "IEND", new byte[0]);
        return bytes.toByteArray();
    }

    private static void chunk(ByteArrayOutputStream to, String type, byte[] data) throws IOException {
        var out = new DataOutputStream(to);
        var content = new ByteArrayOutputStream();
        content.write(type.getBytes(StandardCharsets.US_ASCII));
        content.write(data);
        var crc = new CRC32();
        crc.update(content.toByteArray());
        out.writeInt(data.length);
        out.write(content.toByteArray());
        out.writeInt((int) crc.getValue());
    }
}
