package io.lossforge.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against Adobe's S3Mock, which the build places below {@code target/s3mock}. */
class S3StorageIT extends StorageContract {

    private static final long SMALLEST_PART = 5 << 20;

    @TempDir
    static Path directory;

    private static int port;
    private static Process server;
    private static S3Storage storage;

    @BeforeAll
    static void startServer() throws IOException {
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
        storage = new S3Storage(settings("lossforge"), SMALLEST_PART);
        await().atMost(Duration.ofMinutes(2)).until(S3StorageIT::answers);
    }

    private static boolean answers() {
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

    private static StorageSettings.S3 settings(String bucket) {
        return new StorageSettings.S3(
                bucket, "http://localhost:" + port, "us-east-1", true, "key-of-test", "secret-of-test");
    }

    @AfterAll
    static void stopServer() throws InterruptedException {
        storage.close();
        server.destroy();
        server.waitFor();
    }

    @Override
    Storage newStorage() {
        storage.list("").forEach(storage::delete);
        return storage;
    }

    @Test
    void namesItsBucket() {
        assertThat(storage.check()).isEqualTo("s3://lossforge");
    }

    @Test
    void saysWhenTheBucketIsNotThere() {
        try (var other = new S3Storage(settings("other"), SMALLEST_PART)) {
            assertThatThrownBy(other::check)
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("the object store failed");
        }
    }

    @Test
    void wantsABucket() {
        assertThatThrownBy(() -> new S3Storage(settings(""), SMALLEST_PART))
                .hasMessageContaining("lossforge.storage.s3.bucket must be set");
    }
}
