package io.lossforge.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Adobe's S3Mock, which the build places below {@code target/s3mock}, as a process of its own, with a bucket called {@code lossforge}. */
public final class ObjectStore {

    private static final long SMALLEST_PART = 5 << 20;

    private final int port;
    private final Process server;

    /** @param directory where it keeps what is stored, and its log */
    public ObjectStore(Path directory) throws IOException {
        port = freePort();
        server = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        "-jar",
                        "target/s3mock/s3mock.jar",
                        "--com.adobe.testing.s3mock.httpPort=" + port,
                        "--server.port=" + freePort(),
                        "--com.adobe.testing.s3mock.store.root=" + Files.createDirectory(directory.resolve("store")),
                        "--com.adobe.testing.s3mock.store.initialBuckets=lossforge")
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("s3mock.log").toFile())
                .start();
        try (var storage = client("lossforge")) {
            await().atMost(Duration.ofMinutes(2)).until(() -> answers(storage));
        }
    }

    private boolean answers(S3Storage storage) {
        assertThat(server.isAlive()).as("target/s3mock/s3mock.jar runs").isTrue();
        try {
            storage.check();
            return true;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    S3Storage client(String bucket) {
        return new S3Storage(
                new StorageSettings.S3(bucket, endpoint(), "us-east-1", true, "key-of-test", "secret-of-test"),
                SMALLEST_PART);
    }

    private String endpoint() {
        return "http://localhost:" + port;
    }

    /** Settings of a service that keeps its blobs here, each {@code name=value}. */
    public List<String> settings() {
        return List.of(
                "lossforge.storage.kind=s3",
                "lossforge.storage.s3.bucket=lossforge",
                "lossforge.storage.s3.endpoint=" + endpoint(),
                "lossforge.storage.s3.path-style=true",
                "lossforge.storage.s3.access-key=key-of-test",
                "lossforge.storage.s3.secret-key=secret-of-test");
    }

    public void stop() throws InterruptedException {
        server.destroy();
        server.waitFor();
    }
}
