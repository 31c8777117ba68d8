package io.lossforge.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every storage does. A new one is tested by a subclass that makes it. */
abstract class StorageContract {

    private static final String SHA256_OF_ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    @TempDir
    Path local;

    private Storage storage;

    /** An empty storage. */
    abstract Storage newStorage() throws IOException;

    @BeforeEach
    void make() throws IOException {
        storage = newStorage();
    }

    @Test
    void givesBackWhatWasPut() throws IOException {
        var stored = storage.put("models/a.onnx", stream("abc"), 3);

        assertThat(stored).isEqualTo(new Stored("models/a.onnx", 3, SHA256_OF_ABC));
        assertThat(read("models/a.onnx")).isEqualTo("abc");
        assertThat(storage.exists("models/a.onnx")).isTrue();
    }

    @Test
    void takesFilesAndEmptyOnes() throws IOException {
        var file = Files.writeString(local.resolve("blob"), "abc");
        var empty = Files.createFile(local.resolve("empty"));

        assertThat(storage.put("a", file)).isEqualTo(new Stored("a", 3, SHA256_OF_ABC));
        assertThat(storage.put("b", empty).bytes()).isZero();
        assertThat(read("a")).isEqualTo("abc");
        assertThat(read("b")).isEmpty();
    }

    @Test
    void replacesWhatWasThere() throws IOException {
        storage.put("a", stream("a longer text than the next"), 100);
        storage.put("a", stream("abc"), 100);

        assertThat(read("a")).isEqualTo("abc");
        assertThat(storage.list("")).containsExactly("a");
    }

    @Test
    void keepsLargeBlobsByteByByte() throws IOException {
        var bytes = new byte[11 << 20];
        new Random(7).nextBytes(bytes);
        var file = Files.write(local.resolve("large"), bytes);

        var stored = storage.put("datasets/large.npy", file);
        storage.copyTo("datasets/large.npy", local.resolve("copy"));

        assertThat(stored.bytes()).isEqualTo(bytes.length);
        assertThat(Files.mismatch(file, local.resolve("copy"))).isEqualTo(-1);
    }

    @Test
    void refusesMoreBytesThanAllowedAndKeepsWhatWasThere() throws IOException {
        storage.put("a", stream("abc"), 3);

        assertThatThrownBy(() -> storage.put("a", stream("abcd"), 3))
                .isInstanceOfSatisfying(
                        BlobTooLarge.class, e -> assertThat(e.maxBytes()).isEqualTo(3));

        assertThat(read("a")).isEqualTo("abc");
    }

    @Test
    void keepsWhatWasThereWhenTheStreamBreaks() throws IOException {
        storage.put("a", stream("abc"), 3);
        var broken = new InputStream() {
            private int count;

            @Override
            public int read() throws IOException {
                if (count++ > 100_000) {
                    throw new IOException("the upload was cut off");
                }
                return 'x';
            }
        };

        assertThatThrownBy(() -> storage.put("a", broken, Long.MAX_VALUE)).hasMessageContaining("cut off");
        assertThatThrownBy(() -> storage.put("b", broken, Long.MAX_VALUE)).hasMessageContaining("cut off");

        assertThat(read("a")).isEqualTo("abc");
        assertThat(storage.list("")).containsExactly("a");
    }

    @Test
    void saysWhenThereIsNoSuchBlob() {
        storage.put("a/b", stream("abc"), 3);

        for (var key : List.of("c", "a", "a/b/c", "a/c")) {
            assertThatThrownBy(() -> storage.open(key))
                    .isInstanceOf(NoSuchBlob.class)
                    .hasMessageContaining(key);
            assertThatThrownBy(() -> storage.copyTo(key, local.resolve("copy"))).isInstanceOf(NoSuchBlob.class);
            assertThat(storage.exists(key)).isFalse();
        }
        assertThat(local.resolve("copy")).doesNotExist();
    }

    @Test
    void copiesAWholeFileInPlaceOfAnother() throws IOException {
        storage.put("a", stream("abc"), 3);
        Files.writeString(local.resolve("copy"), "something longer");

        storage.copyTo("a", local.resolve("copy"));
        storage.copyTo("a", local.resolve("deeper/copy"));

        assertThat(local.resolve("copy")).hasContent("abc");
        assertThat(local.resolve("deeper/copy")).hasContent("abc");
        try (var files = Files.list(local)) {
            assertThat(files).containsExactlyInAnyOrder(local.resolve("copy"), local.resolve("deeper"));
        }
    }

    @Test
    void deletesAndDoesNotMindWhatIsNotThere() {
        storage.put("a/b", stream("abc"), 3);
        storage.put("a/c", stream("abc"), 3);

        storage.delete("a/b");
        storage.delete("a/b");
        storage.delete("a");

        assertThat(storage.list("")).containsExactly("a/c");
    }

    @Test
    void listsByPrefixInOrder() {
        for (var key : List.of("b", "a/2", "a/10", "a/deep/er", "ab", "A")) {
            storage.put(key, stream("abc"), 3);
        }

        assertThat(storage.list("")).containsExactly("A", "a/10", "a/2", "a/deep/er", "ab", "b");
        assertThat(storage.list("a")).containsExactly("a/10", "a/2", "a/deep/er", "ab");
        assertThat(storage.list("a/")).containsExactly("a/10", "a/2", "a/deep/er");
        assertThat(storage.list("a/d")).containsExactly("a/deep/er");
        assertThat(storage.list("c/")).isEmpty();
    }

    @Test
    void scansKeysSizesAndTimes() {
        storage.put("a/b", stream("abc"), 3);
        storage.put("a/c/d", stream("abcd"), 4);
        storage.put("b", stream("x"), 1);
        var found = new ArrayList<Blob>();

        storage.scan("a/", found::add);

        assertThat(found)
                .extracting(blob -> blob.key() + " " + blob.bytes())
                .containsExactlyInAnyOrder("a/b 3", "a/c/d 4");
        assertThat(found)
                .allSatisfy(
                        blob -> assertThat(blob.modifiedAt()).isCloseTo(Instant.now(), within(1, ChronoUnit.MINUTES)));
    }

    @Test
    void removingWhatIsUnfinishedLeavesBlobs() {
        storage.put("a", stream("abc"), 3);

        storage.removeUnfinished(Instant.now().plusSeconds(60));

        assertThat(storage.list("")).containsExactly("a");
    }

    @Test
    void streamMayBeClosedEarly() throws IOException {
        storage.put("a", stream("x".repeat(1 << 20)), 1 << 20);

        try (var bytes = storage.open("a")) {
            assertThat(bytes.read()).isEqualTo('x');
        }

        assertThat(read("a")).hasSize(1 << 20);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "/", "/a", "a/", "a//b", "..", ".", "../a", "a/../b", "a/./b", "a b", "a\\b", "a\0", "ä", "~a",
                "a:b"
            })
    void refusesKeysThatCouldEscape(String key) {
        assertThatThrownBy(() -> storage.put(key, stream("abc"), 3)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> storage.open(key)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> storage.copyTo(key, local.resolve("copy")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> storage.exists(key)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> storage.delete(key)).isInstanceOf(IllegalArgumentException.class);
        assertThat(storage.list("")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "../", "a/../", "a//", "."})
    void refusesPrefixesThatNoKeyHas(String prefix) {
        assertThatThrownBy(() -> storage.list(prefix)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesAKeyOfEndlessLength() {
        assertThatThrownBy(() -> storage.exists("a".repeat(513))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void saysWhereItIs() {
        assertThat(storage.check()).isNotBlank();
    }

    private static InputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(UTF_8));
    }

    private String read(String key) throws IOException {
        try (var bytes = storage.open(key)) {
            return new String(bytes.readAllBytes(), UTF_8);
        }
    }
}
