package io.lossforge.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lossforge.Calls;
import io.lossforge.ServiceTest;
import io.lossforge.storage.DataDirectory;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

@ServiceTest
class AdmissionIT {

    private static final String MODELS = "/api/v1/models";

    @Autowired
    DataDirectory data;

    @LocalServerPort
    int port;

    Calls service;
    String name = "own-" + UUID.randomUUID();

    @BeforeEach
    void connect() {
        service = new Calls(port);
    }

    @Test
    void broughtModelIsServedLikeAnyOther() {
        var file = OnnxFiles.bytes(OnnxFiles.linear(3 * 4 * 2, 3, "batch", 3, 4, 2));
        var brought = bring(file, Map.of("labels", "cat\ndog\neel\n", "logits", "output", "scale", "1/255"));
        assertThat(brought.status()).as(brought.toString()).isEqualTo(201);
        var self = MODELS + "/" + name + "/versions/1";
        assertThat(brought.header("Location")).endsWith(self);
        assertThat(brought.json().at("/file/name").asString()).isEqualTo("brought.onnx");
        assertThat(brought.json().at("/findings/operators").toString()).isEqualTo("[\"Flatten\",\"MatMul\"]");
        var version = service.get(self).json();
        assertThat(version.at("/classes").toString()).isEqualTo("[\"cat\",\"dog\",\"eel\"]");
        assertThat(version.at("/input").toString()).isEqualTo("{\"kind\":\"images\",\"shape\":[3,4,2]}");
        assertThat(version.at("/lineage/job").isNull()).isTrue();

        var pixels = IntStream.range(0, 24).map(i -> 10 * i).toArray();
        var logits = OnnxFiles.logits(
                IntStream.of(pixels).mapToDouble(pixel -> pixel / 255.0).toArray(), 3);
        var infer = service.postJson(
                "/v2/models/%s/infer".formatted(name),
                "{\"inputs\":[{\"name\":\"input\",\"datatype\":\"UINT8\",\"shape\":[1,3,4,2],\"data\":%s}]}"
                        .formatted(IntStream.of(pixels).boxed().toList()));
        for (int k = 0; k < 3; k++) {
            assertThat(infer.json().at("/outputs/0/data/" + k).asDouble()).isCloseTo(logits[k], within(1e-4));
        }
        var predicted = service.postJson(
                MODELS + "/" + name + "/predict",
                "{\"instances\":[%s]}".formatted(IntStream.of(pixels).boxed().toList()));
        int best = logits[0] > Math.max(logits[1], logits[2]) ? 0 : logits[1] > logits[2] ? 1 : 2;
        assertThat(predicted.json().at("/predictions/0/label").asString())
                .isEqualTo(new String[] {"cat", "dog", "eel"}[best]);

        var from =
                service.postJson("/api/v1/jobs", "{\"dataset\": \"digits\", \"initialModel\": \"%s\"}".formatted(name));
        assertThat(from.status()).isEqualTo(422);
        assertThat(from.toString()).contains("which layers it has is not known");
    }

    @Test
    void theSameFileIsTheSameVersion() {
        var file = OnnxFiles.bytes(OnnxFiles.linear(4, 3, "batch", 4));
        var fields = Map.of("labels", "[\"a\", \"b\", \"c\"]", "logits", "output");
        assertThat(bring(file, fields).status()).isEqualTo(201);
        var again = bring(file, fields);
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.json().at("/version").asInt()).isEqualTo(1);
        var other = bring(file, Map.of("labels", "[\"a\", \"b\", \"d\"]", "logits", "output"));
        assertThat(other.json().at("/version").asInt()).isEqualTo(2);
        assertThat(service.delete(MODELS + "/" + name + "/versions/1").status()).isEqualTo(204);
        assertThat(bring(file, fields).json().at("/version").asInt()).isEqualTo(3);
    }

    @Test
    void ofWhatIsRefusedNothingIsLeft() throws IOException {
        var refused = bring(
                OnnxFiles.bytes(OnnxFiles.linear(4, 3, "batch", 4).addInput(OnnxFiles.value("more", 1, "batch", 2))),
                Map.of("labels", "a\nb\nc", "logits", "output"));
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.json().at("/errors/0/pointer").asString()).isEqualTo("/file");
        assertThat(refused.json().at("/errors/0/detail").asString()).contains("takes 2 inputs");
        assertThat(service.get(MODELS + "/" + name).status()).isEqualTo(404);
        try (var left = Files.list(data.resolve("admission"))) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void fieldsThatMakeNoSenseAreNamed() {
        var file = OnnxFiles.bytes(OnnxFiles.linear(4, 3, "batch", 4));
        assertPointer("/name", service.postForm(MODELS, Map.of("name", "Not!Good"), Map.of("a.onnx", file)));
        assertPointer("/name", service.postForm(MODELS, Map.of(), Map.of("a.onnx", file)));
        assertPointer("/file", service.postForm(MODELS, Map.of("name", name), Map.of()));
        assertPointer("/labels", bring(file, Map.of("labels", "[1, 2")));
        assertPointer("/labels", bring(file, Map.of("labels", "[1, 2, 3]")));
        assertPointer("/scale", bring(file, Map.of("scale", "1/0")));
        assertPointer("/mean", bring(file, Map.of("mean", "0.5,half")));
        assertPointer("/layout", bring(file, Map.of("layout", "CHWN")));
        assertPointer("/activation", bring(file, Map.of("activation", "relu")));
    }

    @Test
    void whatIsTooLargeIsRefusedBeforeItIsRead() throws IOException {
        try (var socket = new Socket("127.0.0.1", port)) {
            socket.getOutputStream()
                    .write(("POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: multipart/form-data; boundary=b\r\n"
                                    + "Content-Length: 400000000\r\n\r\n")
                            .formatted(MODELS)
                            .getBytes(StandardCharsets.US_ASCII));
            var status = new byte[12];
            socket.setSoTimeout(10_000);
            assertThat(socket.getInputStream().readNBytes(status, 0, 12)).isEqualTo(12);
            assertThat(new String(status, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 413");
        }
    }

    private Calls.Answer bring(byte[] file, Map<String, String> fields) {
        var all = new HashMap<>(fields);
        all.put("name", name);
        return service.postForm(MODELS, all, Map.of("brought.onnx", file));
    }

    private static void assertPointer(String pointer, Calls.Answer answer) {
        assertThat(answer.status()).as(answer.toString()).isEqualTo(400);
        assertThat(answer.json()
                        .at("/errors")
                        .valueStream()
                        .map(error -> error.at("/pointer").asString())
                        .collect(Collectors.toList()))
                .containsExactly(pointer);
    }
}
