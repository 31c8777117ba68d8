package io.lossforge.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class S3StorageIT extends StorageContract {

    @TempDir
    static Path directory;

    private static ObjectStore server;
    private static S3Storage storage;

    @BeforeAll
    static void startServer() throws IOException {
        server = new ObjectStore(directory);
        storage = server.client("lossforge");
    }

    @AfterAll
    static void stopServer() throws InterruptedException {
        storage.close();
        server.stop();
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
        try (var other = server.client("other")) {
            assertThatThrownBy(other::check)
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("the object store failed");
        }
    }

    @Test
    void wantsABucket() {
        assertThatThrownBy(() -> server.client("")).hasMessageContaining("lossforge.storage.s3.bucket must be set");
    }
}
