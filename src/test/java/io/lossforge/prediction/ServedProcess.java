package io.lossforge.prediction;

import static org.awaitility.Awaitility.await;

import io.lossforge.Calls;
import io.lossforge.Lossforge;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** The whole service in a process of its own with the defaults, and a network that it has trained. */
final class ServedProcess implements AutoCloseable {

    /** Predictions that may be under way. */
    static final int PLACES = 64;

    private static final Duration SOON = Duration.ofMinutes(3);
    private static final String MODEL = "load";
    private static final int SIDE = 28;
    private static final int CLASSES = 10;
    private static final int IMAGES_PER_CLASS = 20;

    private final Process process;
    private final int port;
    private final Calls calls;

    private ServedProcess(Process process, int port) {
        this.process = process;
        this.port = port;
        this.calls = new Calls(port);
    }

    static ServedProcess start(Path data) throws IOException {
        int port;
        try (var socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        var command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx1g"));
        Arrays.stream(System.getProperty("load.jvm", "").split(" "))
                .filter(option -> !option.isEmpty())
                .forEach(command::add);
        command.addAll(
                List.of(Lossforge.class.getName(), "--server.port=" + port, "--lossforge.data-directory=" + data));
        var builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(data.resolve("service.log").toFile());
        builder.environment()
                .put(
                        "CLASSPATH",
                        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                                .filter(entry -> !entry.contains("test-classes"))
                                .collect(Collectors.joining(File.pathSeparator)));
        var service = new ServedProcess(builder.start(), port);
        await().atMost(SOON)
                .ignoreExceptions()
                .until(() -> service.calls.get("/v2/health/ready").status() == 200);
        return service;
    }

    long pid() {
        return process.pid();
    }

    int port() {
        return port;
    }

    /**
     * Trains a network on noise, since what it costs does not depend on what it knows.
     *
     * @return the model's artefact
     */
    byte[] lenet() throws IOException {
        require(201, calls.postForm("/api/v1/datasets", Map.of("name", MODEL), Map.of("noise.zip", noise())));
        require(202, calls.postJson("/api/v1/jobs", """
                {"dataset": "%s", "architecture": {"name": "lenet"}, "epochs": 1}""".formatted(MODEL)));
        var artefact = "/api/v1/models/%s/versions/1/onnx".formatted(MODEL);
        await().atMost(SOON).until(() -> calls.get(artefact).status() == 200);
        return calls.get(artefact).bytes();
    }

    private static void require(int status, Calls.Answer answer) {
        if (answer.status() != status) {
            throw new IllegalStateException(answer.toString());
        }
    }

    private static byte[] noise() throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            for (int i = 0; i < CLASSES * IMAGES_PER_CLASS; i++) {
                zip.putNextEntry(new ZipEntry("%d/%d.png".formatted(i % CLASSES, i)));
                zip.write(TestPictures.grey(SIDE, SIDE, TestPictures.noise(SIDE, SIDE, i), "png"));
            }
        }
        return bytes.toByteArray();
    }

    LoadRequest request(LoadForm form, int samples) {
        return form.request(MODEL, SIDE, samples);
    }

    /** Memory of the process; 0 where the system does not tell. */
    long residentBytes() throws IOException {
        var status = Path.of("/proc/%d/status".formatted(process.pid()));
        if (!Files.exists(status)) {
            return 0;
        }
        return Files.readAllLines(status, StandardCharsets.UTF_8).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                .findFirst()
                .orElse(0);
    }

    @Override
    public void close() {
        process.destroy();
        Objects.requireNonNull(process.onExit()).join();
    }
}
