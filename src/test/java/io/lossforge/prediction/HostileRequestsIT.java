package io.lossforge.prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lossforge.Calls;
import io.lossforge.ServiceTest;
import io.lossforge.model.Models;
import io.lossforge.storage.Storage;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import org.apache.commons.io.IOUtils;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

/**
 * Requests that are made to do harm, and their answers as docs/serving.md prints them. After each of them the service answers as before. Others that are
 * only wrong are in {@link RefusedPredictionIT}, {@link BinaryTensorIT} and {@link OpenInferenceIT}.
 */
@ServiceTest
class HostileRequestsIT {

    private static final String GOOD = "{\"instances\":[[1,2,3,4]]}";
    private static final String HEAD =
            "{\"inputs\":[{\"name\":\"input\",\"shape\":[1,2],\"datatype\":\"FP32\",\"parameters\":{\"binary_data_size\":8}}]%s}";

    @Autowired
    Models models;

    @Autowired
    Storage storage;

    @LocalServerPort
    int port;

    private final String name = "h-" + UUID.randomUUID();
    private final String features = name + "-features";
    private Calls service;
    private String answerBefore;

    @BeforeEach
    void answersWell() {
        service = new Calls(port);
        new OnnxClassifier(List.of(1, 2, 2), 2, 1).register(models, storage, name);
        new OnnxClassifier(List.of(2), 2, 2).register(models, storage, features);
        answerBefore = service.postJson(predict(), GOOD).toString();
        assertThat(answerBefore).startsWith("200 ");
    }

    @AfterEach
    void answersAsBefore() {
        assertThat(service.postJson(predict(), GOOD).toString()).isEqualTo(answerBefore);
        assertThat(service.get("/v2/health/ready").status()).isEqualTo(200);
    }

    @Test
    void pictureOfTwoHundredMillionPixelsInAFewBytes() throws IOException {
        var png = blackPng(20_000, 10_000, 1);
        assertThat(png.length).isLessThan(40_000);
        assertSaid(service.post(predict(), "image/png", png), 400, "20000×10000 pixels, at most 50000000 are read");
    }

    /** 49 million pixels, just what is taken, 1,000 times as large as their file: costs its time and no more memory than one at a time does. */
    @Test
    void picturesThatUnpackToAThousandTimesTheirSize() throws IOException {
        var png = blackPng(7_000, 7_000, 8);
        assertThat(png.length).isLessThan(49_000_000 / 900);
        long before = memory();
        for (int i = 0; i < 3; i++) {
            assertThat(service.post(predict(), "image/png", png).status()).isEqualTo(200);
        }
        assertMemoryIsBackAt(before);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"instances": [[1, 2], [1, NaN]]}          | must hold finite float32 numbers, number 1 is NaN
            {"instances": [[1, -Infinity]]}            | must hold finite float32 numbers, number 1 is -Infinity
            {"instances": [[1, 2]], "instances": []}   | Duplicate
            {"instances": [[1, 2, 3]]}                 | has shape [3], must be 2 numbers
            """)
    void numbersAndKeysThatAreNone(String body, String detail) {
        assertSaid(service.postJson("/api/v1/models/%s/predict".formatted(features), body), 400, detail);
    }

    @Test
    void depthAndNumberWithoutEnd() {
        assertSaid(service.postJson(predict(), "{\"instances\":" + "[".repeat(1_000_000)), 400, "nested");
        assertSaid(
                service.postJson(predict(), "{\"instances\":[" + "[1,2,3,4],".repeat(1_000_000) + "[1,2,3,4]]}"),
                413,
                "more than 1024 instances");
        assertSaid(service.postJson(infer(features), "{\"x\":".repeat(1_000_000)), 400, "x");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-5", "99999999999999999999", "100000", "0", "1e2", "16, 16"})
    void lengthOfTheJsonThatIsNone(String length) {
        var answer = binary(HEAD.formatted(""), length, floats(1, 2));
        assertSaid(answer, 400, "Inference-Header-Content-Length: must be the length of the JSON in bytes");
    }

    @Test
    void lengthOfTheJsonWithinACharacterOrLeftOut() {
        var json = HEAD.formatted(",\"id\":\"é\"");
        int within = json.substring(0, json.indexOf('é')).length() + 1;
        assertSaid(binary(json, Integer.toString(within), floats(1, 2)), 400, "the body is not JSON that is taken");
        assertSaid(binary(json, null, floats(1, 2)), 400, "Inference-Header-Content-Length");
    }

    @Test
    void tensorsOfAnotherSizeOrType() {
        var json = HEAD.formatted("");
        var length = Integer.toString(json.length());
        assertSaid(binary(json, length, floats(1)), 400, "the body ends before its binary data does");
        assertSaid(binary(json, length, floats(1, 2, 3)), 400, "the body goes on after its binary data");
        assertSaid(binary(json, length, floats(1, Float.POSITIVE_INFINITY)), 400, "number 1 is NaN or infinite");
        var huge = json.replace("[1,2]", "[4611686018427387905,2]");
        assertSaid(binary(huge, Integer.toString(huge.length()), floats(1, 2)), 413, "more than 1024 samples");
        var integers = json.replace("FP32", "INT8");
        assertSaid(binary(integers, length, floats(1, 2)), 400, "inputs[0].datatype: must be FP32, was INT8");
    }

    @Test
    void bytesThatAreNoText() {
        var body = "{\"id\":\"??\",\"inputs\":[]}".getBytes(StandardCharsets.ISO_8859_1);
        body[7] = (byte) 0xff;
        body[8] = (byte) 0xc0;
        assertSaid(service.post(infer(features), "application/json", body), 400, "the body is not JSON that is taken");
    }

    @Test
    void aGigabyteThatIsAnnounced() throws IOException {
        try (var socket = send("Content-Length: 1073741824")) {
            assertThat(answer(socket)).startsWith("HTTP/1.1 413 ").contains("the body has more than 16777216 bytes");
        }
    }

    @Test
    void aBodyWithoutEnd() throws IOException {
        long sent = 0;
        var chunk = ("10000\r\n" + " ".repeat(0x10000) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        try (var socket = send("Transfer-Encoding: chunked")) {
            while (socket.getInputStream().available() == 0 && sent < 1L << 30) {
                socket.getOutputStream().write(chunk);
                sent += chunk.length;
            }
            assertThat(sent).as("bytes that it took").isLessThan(64 << 20);
            assertThat(answer(socket)).startsWith("HTTP/1.1 413 ").contains("the body has more than 16777216 bytes");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "..%2f..%2fetc%2fpasswd",
                "..",
                "%2e%2e",
                "a%00b",
                "a%0d%0aX: y",
                "a;b=c",
                "%ff",
                "a%5c..%5cb",
                "digits:99999999999999999999",
                "digits:-1",
                "digits@",
                "@",
                ":",
                "%25%32%66",
                "%F0%9F%92%A9"
            })
    void namesThatAreNone(String model) {
        for (var path : List.of("/api/v1/models/%s/predict", "/v2/models/%s/infer")) {
            var answer = raw("POST " + path.formatted(model.replace(" ", "%20")) + " HTTP/1.1\r\n");
            assertThat(answer).matches("(?s)HTTP/1.1 (400|404|405) .*").doesNotContain("Exception", "/blobs", ".java");
        }
        assertThat(raw("POST /v2/models/" + "a".repeat(5_000) + "/infer HTTP/1.1\r\n"))
                .matches("(?s)HTTP/1.1 (400|404|414) .*");
    }

    /** What is left of what came is nothing. */
    @Test
    void memoryStaysAsItWas() throws IOException {
        harm();
        long before = memory();
        for (int i = 0; i < 5; i++) {
            harm();
        }
        assertMemoryIsBackAt(before);
    }

    private void harm() throws IOException {
        depthAndNumberWithoutEnd();
        aBodyWithoutEnd();
        aGigabyteThatIsAnnounced();
        tensorsOfAnotherSizeOrType();
        pictureOfTwoHundredMillionPixelsInAFewBytes();
    }

    /** Once what has to be cleaned up is. */
    private static void assertMemoryIsBackAt(long before) {
        await().untilAsserted(() -> assertThat(memory()).isLessThan(before + (32 << 20)));
    }

    /** Bytes of the heap that are in use, and of direct buffers, of this process, which is the service. */
    private static long memory() {
        System.gc();
        long direct = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
        return direct + ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static void assertSaid(Calls.Answer answer, int status, String said) {
        assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
        assertThat(answer.toString()).contains(said).doesNotContain("Exception", "Source:", "jackson");
    }

    private String predict() {
        return "/api/v1/models/%s/predict".formatted(name);
    }

    private static String infer(String model) {
        return "/v2/models/%s/infer".formatted(model);
    }

    /** @param length of the JSON, as the header says; null for no header */
    private Calls.Answer binary(String json, @Nullable String length, byte[] behind) {
        var body = new ByteArrayOutputStream();
        body.writeBytes(json.getBytes(StandardCharsets.UTF_8));
        body.writeBytes(behind);
        var headers = new ArrayList<>(List.of("Content-Type", "application/octet-stream"));
        if (length != null) {
            headers.addAll(List.of(InferReader.HEADER_LENGTH, length));
        }
        return service.send("POST", infer(features), body.toByteArray(), headers.toArray(String[]::new));
    }

    private static byte[] floats(float... values) {
        var bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return bytes.array();
    }

    /** A connection on which a prediction is announced whose body is still to come. */
    private Socket send(String length) throws IOException {
        var socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout(30_000);
        write(socket, "POST %s HTTP/1.1\r\nContent-Type: application/json\r\n%s\r\n".formatted(predict(), length));
        return socket;
    }

    private void write(Socket socket, String head) throws IOException {
        socket.getOutputStream()
                .write((head + "Host: localhost:%d\r\n\r\n".formatted(port)).getBytes(StandardCharsets.US_ASCII));
    }

    /** The answer to a request without a body, on a connection of its own. */
    private String raw(String head) {
        try (var socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(30_000);
            write(socket, head + "Connection: close\r\nContent-Type: application/json\r\nContent-Length: 0\r\n");
            return IOUtils.toString(socket.getInputStream(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(head, e);
        }
    }

    private static String answer(Socket socket) throws IOException {
        var bytes = new byte[1 << 16];
        int read = socket.getInputStream().read(bytes);
        return new String(bytes, 0, Math.max(0, read), StandardCharsets.UTF_8);
    }

    /** Of one channel, with so many bits for a pixel. */
    private static byte[] blackPng(int width, int height, int bits) throws IOException {
        var bytes = new ByteArrayOutputStream();
        bytes.write(new byte[] {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10});
        var header = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(header)) {
            out.writeInt(width);
            out.writeInt(height);
            out.write(new byte[] {(byte) bits, 0, 0, 0, 0});
        }
        chunk(bytes, "IHDR", header.toByteArray());
        var pixels = new ByteArrayOutputStream();
        var row = new byte[1 + (width * bits + 7) / 8];
        try (var deflater = new DeflaterOutputStream(pixels)) {
            for (int y = 0; y < height; y++) {
                deflater.write(row);
            }
        }
        chunk(bytes, "IDAT", pixels.toByteArray());
        chunk(bytes, "IEND", new byte[0]);
        return bytes.toByteArray();
    }

    private static void chunk(ByteArrayOutputStream png, String type, byte[] content) throws IOException {
        var out = new DataOutputStream(png);
        var crc = new CRC32();
        crc.update(type.getBytes(StandardCharsets.US_ASCII));
        crc.update(content);
        out.writeInt(content.length);
        out.writeBytes(type);
        out.write(content);
        out.writeInt((int) crc.getValue());
    }
}
