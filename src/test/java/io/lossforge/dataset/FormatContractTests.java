package io.lossforge.dataset;

import static io.lossforge.dataset.Uploads.bytes;
import static io.lossforge.dataset.Uploads.entries;
import static io.lossforge.dataset.Uploads.float32;
import static io.lossforge.dataset.Uploads.gzip;
import static io.lossforge.dataset.Uploads.idx;
import static io.lossforge.dataset.Uploads.int64;
import static io.lossforge.dataset.Uploads.npy;
import static io.lossforge.dataset.Uploads.tar;
import static io.lossforge.dataset.Uploads.zip;
import static org.assertj.core.api.Assertions.assertThat;

import io.lossforge.image.DrawnPictures;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The contract for every format that uploads come in. */
class FormatContractTests {

    private static final int[] TRAIN_LABELS = {0, 1, 0, 1, 0, 1, 0, 1, 0, 1};
    private static final int[] TEST_LABELS = {1, 0};

    @Test
    void everyFormatForUploadsIsUnderContract() {
        var tested = Stream.of(FormatContractTests.class.getDeclaredClasses())
                .map(Class::getSimpleName)
                .map(name -> name.toLowerCase(java.util.Locale.ROOT))
                .collect(Collectors.toSet());

        assertThat(Packs.formats().stream().map(DatasetFormat::name).filter(name -> !name.equals("folder")))
                .isSubsetOf(tested);
    }

    private static Map<String, byte[]> classFolders() {
        var files = new LinkedHashMap<String, byte[]>();
        for (int i = 0; i < 10; i++) {
            files.put("train/%s/%d.png".formatted(i % 2 == 0 ? "cat" : "dog", i), DrawnPictures.greyPng(5, 4, 20 * i));
        }
        files.put("test/dog/a.png", DrawnPictures.greyPng(5, 4, 7));
        files.put("test/cat/b.png", DrawnPictures.greyPng(5, 4, 8));
        return files;
    }

    private static byte[] count(int values) {
        var data = new byte[values];
        for (int i = 0; i < values; i++) {
            data[i] = (byte) (7 * i);
        }
        return data;
    }

    @Nested
    class Zip extends DatasetFormatContract {
        @Override
        String format() {
            return "zip";
        }

        @Override
        Map<String, byte[]> files() {
            return entries("pets.zip", zip(classFolders()));
        }
    }

    @Nested
    class Tar extends DatasetFormatContract {
        @Override
        String format() {
            return "tar";
        }

        @Override
        Map<String, byte[]> files() {
            return entries("pets.tar", tar(classFolders()));
        }
    }

    @Nested
    class GzippedTar extends DatasetFormatContract {
        @Override
        String format() {
            return "tar";
        }

        @Override
        Map<String, byte[]> files() {
            return entries("pets.tar.gz", gzip(tar(classFolders())));
        }
    }

    @Nested
    class Idx extends DatasetFormatContract {
        @Override
        String format() {
            return "idx";
        }

        @Override
        Map<String, byte[]> files() {
            return entries(
                    "train-images-idx3-ubyte", idx(count(120), 10, 4, 3),
                    "train-labels-idx1-ubyte", idx(bytes(TRAIN_LABELS), 10),
                    "t10k-images-idx3-ubyte", idx(count(24), 2, 4, 3),
                    "t10k-labels-idx1-ubyte", idx(bytes(TEST_LABELS), 2));
        }
    }

    @Nested
    class GzippedIdx extends DatasetFormatContract {
        @Override
        String format() {
            return "idx";
        }

        @Override
        Map<String, byte[]> files() {
            return entries(
                    "a.gz", gzip(idx(count(120), 10, 4, 3)),
                    "b.gz", gzip(idx(bytes(TRAIN_LABELS), 10)),
                    "c.gz", gzip(idx(count(24), 2, 4, 3)),
                    "d.gz", gzip(idx(bytes(TEST_LABELS), 2)));
        }
    }

    @Nested
    class Cifar10 extends DatasetFormatContract {
        @Override
        String format() {
            return "cifar10";
        }

        @Override
        Map<String, byte[]> files() {
            return entries(
                    "data_batch_1.bin", records(Arrays.copyOf(TRAIN_LABELS, 5)),
                    "data_batch_2.bin", records(Arrays.copyOfRange(TRAIN_LABELS, 5, 10)),
                    "test_batch.bin", records(TEST_LABELS));
        }
    }

    @Nested
    class Cifar10InTar extends DatasetFormatContract {
        @Override
        String format() {
            return "cifar10";
        }

        @Override
        Map<String, byte[]> files() {
            var inside = entries(
                    "cifar-10-batches-bin/", new byte[0],
                    "cifar-10-batches-bin/batches.meta.txt",
                            Uploads.text(
                                    String.join("\n", List.of("zero", "one", "2", "3", "4", "5", "6", "7", "8", "9"))),
                    "cifar-10-batches-bin/data_batch_1.bin", records(TRAIN_LABELS),
                    "cifar-10-batches-bin/test_batch.bin", records(TEST_LABELS));
            return entries("cifar-10-binary.tar.gz", gzip(tar(inside)));
        }

        @Test
        void takesNamesFromTheirFile() throws Exception {
            assertThat(new Packs(directory)
                            .file("x", files().get("cifar-10-binary.tar.gz"))
                            .pack()
                            .classes())
                    .containsExactly("one", "zero");
        }
    }

    private static byte[] records(int... labels) {
        var out = new ByteArrayOutputStream();
        for (int label : labels) {
            out.write(label);
            out.writeBytes(count(3072));
        }
        return out.toByteArray();
    }

    @Nested
    class Csv extends DatasetFormatContract {
        @Override
        String format() {
            return "csv";
        }

        @Override
        Map<String, byte[]> files() {
            var rows = new StringBuilder("length,width,kind\n");
            for (int i = 0; i < 10; i++) {
                rows.append("%d,%s,%s\n".formatted(i, i * .5, i % 2 == 0 ? "cat" : "dog"));
            }
            return entries("pets.csv.gz", gzip(Uploads.text(rows.toString())));
        }

        @Override
        Packs options(Packs packs) {
            return packs.testFile("test.csv", Uploads.text("length,width,kind\n1,2,cat\n3,4,dog\n"));
        }
    }

    @Nested
    class Npy extends DatasetFormatContract {
        @Override
        String format() {
            return "npy";
        }

        @Override
        Map<String, byte[]> files() {
            return entries(
                    "X_train.npy", npy("<f4", "(10, 3)", float32(new float[30])),
                    "y_train.npy", npy("<i8", "(10,)", int64(0, 1, 0, 1, 0, 1, 0, 1, 0, 1)),
                    "X_test.npy", npy("<f4", "(2, 3)", float32(1, 2, 3, 4, 5, 6)),
                    "y_test.npy", npy("<i8", "(2,)", int64(0, 1)));
        }

        @Override
        Packs options(Packs packs) {
            return packs;
        }
    }

    @Nested
    class Npz extends DatasetFormatContract {
        @Override
        String format() {
            return "npz";
        }

        @Override
        Map<String, byte[]> files() {
            return entries(
                    "data.npz",
                    zip(entries(
                            "x_train.npy", npy("|u1", "(10, 4, 3)", count(120)),
                            "y_train.npy", npy("|u1", "(10,)", bytes(TRAIN_LABELS)),
                            "x_test.npy", npy("|u1", "(2, 4, 3)", count(24)),
                            "y_test.npy", npy("|u1", "(2,)", bytes(TEST_LABELS)))));
        }
    }
}
