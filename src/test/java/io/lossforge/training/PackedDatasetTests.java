package io.lossforge.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PackedDatasetTests {

    @TempDir
    Path directory;

    @BeforeEach
    void pack() throws IOException {
        PackedForTests.write(
                directory,
                "images",
                List.of(1, 2, 3),
                2,
                List.of(sample(1), sample(2), sample(3), sample(4), sample(5)),
                List.of(0, 1, 0, 1, 1),
                List.of(sample(9)),
                List.of(1));
    }

    private static byte[] sample(int value) {
        var sample = new byte[6];
        Arrays.fill(sample, (byte) value);
        return sample;
    }

    @Test
    void givesSamplesAndLabelsOfBothSplits() throws IOException {
        var dataset = PackedDataset.open(directory);

        assertThat(dataset.shape()).containsExactly(1, 2, 3);
        assertThat(dataset.classes()).containsExactly("0", "1");
        assertThat(dataset.train().labels()).containsExactly(0, 1, 0, 1, 1);
        assertThat(dataset.test().count()).isEqualTo(1);
        var read = new byte[6];
        dataset.test().read(0, read);
        assertThat(read).isEqualTo(sample(9));
    }

    @Test
    void readsAFileThatTakesSeveralMappings() throws IOException {
        var dataset = PackedDataset.open(directory, 13); // two samples of 6 bytes each

        var buffer = ByteBuffer.allocateDirect(30).order(ByteOrder.nativeOrder());
        for (int i = 0; i < 5; i++) {
            dataset.train().read(i, buffer, 6 * i);
        }
        for (int i = 0; i < 30; i++) {
            assertThat(buffer.get(i)).isEqualTo((byte) (i / 6 + 1));
        }
        assertThat(dataset.train().labels()).containsExactly(0, 1, 0, 1, 1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "|u1 ; 5, 1, 2, 3 ; 29 ; takes 30 bytes of data, the file has 29",
                "|u1 ; 5, 1, 2, 3 ; 31 ; takes 30 bytes of data, the file has 31",
                "<f4 ; 5, 1, 2, 3 ; 120 ; holds <f4, expected |u1",
                "|u1 ; 5, 1, 3, 2 ; 30 ; do not have the dataset's shape",
                "|u1 ; 5, 6 ; 30 ; do not have the dataset's shape",
                "|u1 ; 6, 1, 2, 3 ; 36 ; must count 5 samples; has 6 inputs and 5 labels",
                "|u1 ; 4000000000, 4000000000, 4000000000 ; 30 ; shape is too large",
                "|u1 ; 5, 0, 2, 3 ; 0 ; one row of 0 bytes",
                "|u1 ; 5, 1, 2, 999999999999999999 ; 0 ; can't be used",
                "|u1 ; -5, 1, 2, 3 ; 30 ; does not give descr, fortran_order and shape"
            })
    void refusesInputsThatAreNotWhatTheManifestSays(String descr, String shape, int bytes, String message)
            throws IOException {
        Files.write(
                directory.resolve("train-inputs.npy"),
                PackedForTests.npy(descr.strip(), shape.strip(), new byte[bytes]));

        assertThatThrownBy(() -> PackedDataset.open(directory))
                .isInstanceOf(MalformedDataset.class)
                .hasMessageContaining(message.strip());
    }

    @Test
    void refusesFilesThatAreNoArrays() throws IOException {
        for (var bytes : List.of(
                new byte[0],
                "no array at all".getBytes(),
                Arrays.copyOf(PackedForTests.npy("|u1", "5, 1, 2, 3", new byte[30]), 20),
                PackedForTests.npyWithHeader(
                        "{'descr': '|u1', 'fortran_order': True, 'shape': (5, 1, 2, 3), }", new byte[30]),
                PackedForTests.npyWithHeader(
                        "{'descr': [('a', '|u1')], 'fortran_order': False, 'shape': (5,), }", new byte[30]),
                new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 2, 0, -1, -1, -1, 127})) {
            Files.write(directory.resolve("train-inputs.npy"), bytes);

            assertThatThrownBy(() -> PackedDataset.open(directory))
                    .isInstanceOf(MalformedDataset.class)
                    .hasMessageStartingWith("dataset file train-inputs.npy: ")
                    .hasMessageNotContaining(directory.toString());
        }
    }

    @Test
    void refusesLabelsOutsideTheClasses() throws IOException {
        var labels = ByteBuffer.allocate(20).order(ByteOrder.LITTLE_ENDIAN);
        labels.putInt(16, 2);
        Files.write(directory.resolve("train-labels.npy"), PackedForTests.npy("<i4", "5,", labels.array()));

        assertThatThrownBy(() -> PackedDataset.open(directory)).hasMessageContaining("label 2 is outside 0 to 1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "train-inputs.npy | ../train-inputs.npy | must name its files",
                "train-inputs.npy | /etc/passwd | must name its files",
                "train-inputs.npy | other.npy | is missing",
                "lossforge-packed | zip | format must be lossforge-packed",
                "images | videos | kind must be images or features",
                "[1, 2, 3] | [6] | shape must be [channels, height, width]",
                "[1, 2, 3] | [1, -2, -3] | shape must be [channels, height, width]",
                "[1, 2, 3] | \"1x2x3\" | shape must be [channels, height, width]",
                "\"0\",\"1\" | \"0\" | must have 2 to 100000 classes"
            })
    void refusesAManifestThatLies(String text, String lie, String message) throws IOException {
        var manifest = directory.resolve("manifest.json");
        var changed = Files.readString(manifest).replace(text, lie);
        assertThat(changed).isNotEqualTo(Files.readString(manifest));
        Files.writeString(manifest, changed);

        assertThatThrownBy(() -> PackedDataset.open(directory))
                .isInstanceOf(MalformedDataset.class)
                .hasMessageContaining(message);
    }

    @Test
    void refusesADirectoryWithoutManifestAndOneThatIsNoJson() throws IOException {
        Files.writeString(directory.resolve("manifest.json"), "{\"format\"");
        assertThatThrownBy(() -> PackedDataset.open(directory)).hasMessage("dataset file manifest.json: is no JSON");

        Files.delete(directory.resolve("manifest.json"));
        assertThatThrownBy(() -> PackedDataset.open(directory)).hasMessage("dataset file manifest.json: is missing");
    }

    @Test
    void standardisesPixelsByTheSamplesTrainedOn() throws IOException {
        var preprocessing = Standardisation.of(PackedDataset.open(directory), new int[] {0, 2, 4}); // 1, 3, 5

        assertThat(preprocessing.pixels()).isTrue();
        assertThat(preprocessing.mean()).containsExactly((float) (3 / 255.0));
        assertThat(preprocessing.std()[0]).isEqualTo((float) (Math.sqrt(8 / 3.0) / 255));
    }

    @Test
    void standardisesFeaturesThatVaryLittleAroundALargeValueAndLeavesConstantOnes() throws IOException {
        var dataset = PackedDataset.open(PackedForTests.features(directory.resolve("features"), 14));
        var preprocessing = Standardisation.of(dataset, new int[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13});

        assertThat(preprocessing.pixels()).isFalse();
        assertThat(preprocessing.mean()[0]).isEqualTo(10_000.8f);
        assertThat(preprocessing.std()[0])
                .isCloseTo((float) Math.sqrt(0.25 + 0.04), org.assertj.core.data.Offset.offset(1e-3f));
        assertThat(preprocessing.mean()[2]).isEqualTo(7);
        assertThat(preprocessing.std()[2]).isEqualTo(1);
    }
}
