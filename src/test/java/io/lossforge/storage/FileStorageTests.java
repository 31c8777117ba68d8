package io.lossforge.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileStorageTests extends StorageContract {

    @TempDir
    Path root;

    @TempDir
    Path elsewhere;

    @Override
    Storage newStorage() {
        return new FileStorage(root);
    }

    @Test
    void followsNoLinkOutOfItsDirectory() throws IOException {
        var storage = newStorage();
        Files.writeString(elsewhere.resolve("secret"), "secret");
        Files.createSymbolicLink(root.resolve("link"), elsewhere);
        Files.createSymbolicLink(root.resolve("file"), elsewhere.resolve("secret"));

        assertThatThrownBy(() -> storage.open("link/secret")).isInstanceOf(UncheckedIOException.class);
        assertThatThrownBy(() -> storage.open("file")).isInstanceOf(UncheckedIOException.class);
        assertThatThrownBy(() -> storage.put("link/new", stream("x"), 1)).isInstanceOf(UncheckedIOException.class);
        assertThatThrownBy(() -> storage.delete("link/secret")).isInstanceOf(UncheckedIOException.class);
        assertThat(storage.list("")).isEmpty();
        try (var files = Files.list(elsewhere)) {
            assertThat(files).containsExactly(elsewhere.resolve("secret"));
        }
    }

    /** Not part of the contract test: S3 promises the same, the mock of it does not keep to it. */
    @Test
    void readersSeeOneWriterOrTheOtherAndNeverAMixture() throws Exception {
        var storage = newStorage();
        var texts = List.of("a".repeat(300_000), "b".repeat(200_000));
        storage.put("contended", stream(texts.get(0)), 1 << 20);
        var threads = Executors.newFixedThreadPool(4);
        try {
            var tasks = IntStream.range(0, 40)
                    .<Callable<String>>mapToObj(i -> () -> {
                        if (i % 2 == 0) {
                            storage.put("contended", stream(texts.get(i / 2 % 2)), 1 << 20);
                        }
                        try (var bytes = storage.open("contended")) {
                            return new String(bytes.readAllBytes(), UTF_8);
                        }
                    })
                    .toList();
            for (var seen : threads.invokeAll(tasks)) {
                assertThat(texts.contains(seen.get())).isTrue();
            }
        } finally {
            threads.shutdown();
        }
    }

    private static ByteArrayInputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(UTF_8));
    }

    @Test
    void leavesNothingBesidesItsBlobs() throws IOException {
        var storage = newStorage();
        storage.put("a/b/c", stream("x"), 1);
        assertThatThrownBy(() -> storage.put("d", stream("xy"), 1)).isInstanceOf(BlobTooLarge.class);
        storage.delete("a/b/c");

        try (var files = Files.walk(root)) {
            assertThat(files.filter(Files::isRegularFile)).isEmpty();
        }
        assertThat(root.resolve("a")).doesNotExist();
    }

    @Test
    void removesWhatADeadWriterLeftHalfWrittenAndNotWhatIsBeingWritten() throws IOException {
        var storage = newStorage();
        var dead = Files.createTempFile(root.resolve("~temporary"), "blob", "");
        Files.setLastModifiedTime(dead, FileTime.from(Instant.now().minusSeconds(7200)));
        var alive = Files.createTempFile(root.resolve("~temporary"), "blob", "");

        storage.removeUnfinished(Instant.now().minusSeconds(3600));

        assertThat(dead).doesNotExist();
        assertThat(alive).exists();
    }

    @Test
    void dataDirectoryIsMadeForItsOwnerAndKeepsToItself() {
        var directory = new DataDirectory(root.resolve("new/data"));

        assertThat(directory.resolve("cache/datasets"))
                .isDirectory()
                .isEqualTo(root.resolve("new/data/cache/datasets"));
        assertThat(directory.root().toFile().canRead()).isTrue();
        assertThatThrownBy(() -> directory.resolve("../outside")).isInstanceOf(IllegalArgumentException.class);
    }
}
