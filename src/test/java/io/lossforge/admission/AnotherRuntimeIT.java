package io.lossforge.admission;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.onnxruntime.OrtEnvironment;
import io.lossforge.Calls;
import io.lossforge.ServiceTest;
import io.lossforge.architecture.LeNet;
import io.lossforge.architecture.Preprocessing;
import io.lossforge.architecture.Softmax;
import io.lossforge.model.Models;
import io.lossforge.model.NewModelVersion;
import io.lossforge.storage.Storage;
import java.io.File;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

/** A network of the project's own writer gives the same bits here, in another process's ONNX Runtime, and when it is brought back. */
@ServiceTest
class AnotherRuntimeIT {

    private static final int BATCH = 5;
    private static final int CLASSES = 10;

    @Autowired
    Models models;

    @Autowired
    Storage storage;

    @LocalServerPort
    int port;

    @TempDir
    Path directory;

    private final String name = "away-" + UUID.randomUUID();

    @Test
    void downloadedArtefactGivesTheSameBitsElsewhere() throws Exception {
        var service = new Calls(port);
        register(lenet());
        var artefact =
                service.get("/api/v1/models/%s/versions/1/onnx".formatted(name)).bytes();
        var pixels = new byte[BATCH * 28 * 28];
        new Random(5).nextBytes(pixels);
        var here = infer(service, pixels);
        assertThat(elsewhere(artefact, pixels)).containsExactly(here);

        var back = service.postForm("/api/v1/models", Map.of("name", name), Map.of("lenet.onnx", artefact));
        assertThat(back.status()).as(back.toString()).isEqualTo(201);
        assertThat(back.json().at("/version").asInt()).isEqualTo(2);
        assertThat(back.json().at("/classes/3").asString()).isEqualTo("class 3");
        assertThat(infer(service, pixels)).containsExactly(here);
    }

    private Path lenet() throws Exception {
        var network = new LeNet().network(new Shape(1, 28, 28), CLASSES);
        try (var manager = NDManager.newBaseManager()) {
            Engine.getEngine("PyTorch").setRandomSeed(7);
            var block = network.newBlock();
            block.initialize(manager, DataType.FLOAT32, new Shape(1, 1, 28, 28));
            var file = directory.resolve("lenet.onnx");
            network.write(
                    file,
                    block,
                    new Preprocessing(true, 1f / 255, new float[] {0.13f}, new float[] {0.31f}),
                    List.of(new Softmax()),
                    Map.of(
                            "lossforge.labels",
                            IntStream.range(0, CLASSES)
                                    .mapToObj("\"class %d\""::formatted)
                                    .toList()
                                    .toString()));
            return file;
        }
    }

    private void register(Path file) {
        var key = "models/%s.onnx".formatted(name);
        var stored = storage.put(key, file);
        models.register(new NewModelVersion(
                name,
                null,
                null,
                null,
                null,
                key,
                stored.sha256(),
                stored.bytes(),
                IntStream.range(0, CLASSES).mapToObj(k -> "class " + k).toList(),
                "images",
                List.of(1, 28, 28),
                "softmax",
                Map.of()));
    }

    /** Logits and then probabilities, by the newest version. */
    private float[] infer(Calls service, byte[] pixels) {
        var head = """
                {"inputs":[{"name":"input","datatype":"UINT8","shape":[%d,1,28,28],"parameters":{"binary_data_size":%d}}],\
                "outputs":[{"name":"logits"},{"name":"probabilities"}],"parameters":{"binary_data_output":true}}""".formatted(BATCH, pixels.length).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        var body = ByteBuffer.allocate(head.length + pixels.length)
                .put(head)
                .put(pixels)
                .array();
        var answer = service.send(
                "POST",
                "/v2/models/%s/infer".formatted(name),
                body,
                "Content-Type",
                "application/octet-stream",
                "Inference-Header-Content-Length",
                Integer.toString(head.length));
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        int json = Integer.parseInt(answer.header("Inference-Header-Content-Length"));
        return floats(ByteBuffer.wrap(answer.bytes(), json, answer.bytes().length - json)
                .slice()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer());
    }

    private float[] elsewhere(byte[] artefact, byte[] pixels) throws Exception {
        var model = Files.write(directory.resolve("downloaded.onnx"), artefact);
        var input = Files.write(directory.resolve("pixels"), pixels);
        var output = directory.resolve("scores");
        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-classpath",
                        classes() + File.pathSeparator + engine(),
                        AnotherRuntime.class.getName(),
                        model.toString(),
                        input.toString(),
                        output.toString(),
                        Integer.toString(BATCH),
                        "1",
                        "28",
                        "28")
                .inheritIO()
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
        return floats(ByteBuffer.wrap(Files.readAllBytes(output)).asFloatBuffer());
    }

    /** A directory with the other program's class alone. */
    private Path classes() throws Exception {
        var path = AnotherRuntime.class.getName().replace('.', '/') + ".class";
        var file = directory.resolve("classes").resolve(path);
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        try (var bytes =
                Objects.requireNonNull(AnotherRuntime.class.getClassLoader().getResourceAsStream(path))) {
            Files.copy(bytes, file);
        }
        return directory.resolve("classes");
    }

    private static Path engine() throws Exception {
        return Path.of(OrtEnvironment.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
    }

    private static float[] floats(FloatBuffer buffer) {
        var floats = new float[buffer.remaining()];
        buffer.get(floats);
        return floats;
    }
}
