package io.lossforge.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lossforge.ServiceTest;
import io.lossforge.storage.NoSuchBlob;
import io.lossforge.storage.Storage;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;

@ServiceTest
class PackedCacheIT {

    @Autowired
    Storage storage;

    @Autowired
    Datasets datasets;

    @TempDir
    Path root;

    @Test
    void manyAtOnceGetOneWholeCopy() throws Exception {
        var sha256 = datasets.resolve("digits").sha256();
        var threads = Executors.newFixedThreadPool(8);
        try {
            var tasks = IntStream.range(0, 8)
                    .mapToObj(i ->
                            (Callable<Path>) () -> new PackedCache(storage, root).materialise(sha256)) // as processes
                    .toList();
            for (var directory : threads.invokeAll(tasks)) {
                assertThat(directory.get()).isEqualTo(root.resolve(sha256));
            }
        } finally {
            threads.shutdown();
        }
        try (var children = Files.list(root)) {
            assertThat(children).containsExactly(root.resolve(sha256));
        }
        try (var files = Files.list(root.resolve(sha256))) {
            assertThat(files).hasSize(5);
        }
    }

    @Test
    void refusesWhatIsNotWhatWasStored() throws Exception {
        var original = datasets.materialise(datasets.resolve("digits"));
        var manifest = Files.readAllBytes(original.resolve("manifest.json"));
        var sha256 = Sha256.of(manifest);
        var other = "0".repeat(64);
        try {
            storage.put(PackedContents.key(other, "manifest.json"), new ByteArrayInputStream(manifest), 1 << 20);
            assertThatThrownBy(() -> new PackedCache(storage, root).materialise(other))
                    .isInstanceOf(DamagedDataset.class)
                    .hasMessageContainingAll("manifest.json", sha256);
            assertThat(root).isEmptyDirectory();
        } finally {
            storage.delete(PackedContents.key(other, "manifest.json"));
        }
        assertThatThrownBy(() -> new PackedCache(storage, root).materialise(other))
                .isInstanceOf(NoSuchBlob.class);
        assertThat(root).isEmptyDirectory();
    }

    @Test
    void forgetsCopiesOfWhatWasDeletedElsewhere() throws Exception {
        var copy = datasets.materialise(datasets.resolve("digits"));
        var deleted = Files.createDirectories(copy.resolveSibling("f".repeat(64)));
        Files.createFile(deleted.resolve("manifest.json"));

        datasets.forgetDeleted();

        assertThat(deleted).doesNotExist();
        assertThat(copy).isDirectory();
    }

    @Test
    void forgetsACopy() {
        var cache = new PackedCache(storage, root);
        var sha256 = datasets.resolve("digits").sha256();
        cache.materialise(sha256);

        cache.forget(sha256);
        cache.forget(sha256);

        assertThat(root).isEmptyDirectory();
    }
}
