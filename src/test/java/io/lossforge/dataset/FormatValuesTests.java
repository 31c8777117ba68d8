package io.lossforge.dataset;

import static io.lossforge.dataset.Uploads.bytes;
import static io.lossforge.dataset.Uploads.entries;
import static io.lossforge.dataset.Uploads.float32;
import static io.lossforge.dataset.Uploads.gzip;
import static io.lossforge.dataset.Uploads.idx;
import static io.lossforge.dataset.Uploads.int64;
import static io.lossforge.dataset.Uploads.npy;
import static io.lossforge.dataset.Uploads.text;
import static io.lossforge.dataset.Uploads.zip;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which numbers come out of files of numbers. */
class FormatValuesTests {

    @TempDir
    Path directory;

    @Test
    void idxPixelsAreKeptAndPairsFoundBySize() throws Exception {
        var result = new Packs(directory)
                .file("a", idx(bytes(9, 8), 2))
                .file("b", idx(bytes(1, 2, 3, 4, 5, 6, 7, 8, 250, 251, 252, 253), 3, 2, 2))
                .file("c", idx(bytes(8, 9, 8), 3))
                .file("d", idx(bytes(11, 12, 13, 14, 15, 16, 17, 18), 2, 2, 2))
                .pack();

        assertThat(result.shape()).containsExactly(1, 2, 2);
        assertThat(result.classes()).containsExactly("8", "9");
        assertThat(result.pixels(Split.TRAIN)).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 250, 251, 252, 253);
        assertThat(result.labels(Split.TRAIN)).containsExactly("8", "9", "8");
        assertThat(result.pixels(Split.TEST)).containsExactly(11, 12, 13, 14, 15, 16, 17, 18);
        assertThat(result.labels(Split.TEST)).containsExactly("9", "8");
        assertThat(result.header("train-inputs.npy"))
                .isEqualTo("{'descr': '|u1', 'fortran_order': False, 'shape': (3, 1, 2, 2), }");
        assertThat(result.header("train-labels.npy"))
                .isEqualTo("{'descr': '<i4', 'fortran_order': False, 'shape': (3,), }");
        assertThat(result.warnings()).isEmpty();
    }

    @Test
    void idxOfTwoDimensionsAreFeatures() throws Exception {
        var result = new Packs(directory)
                .file("x", idx(bytes(1, 200, 3, 4), 2, 2))
                .file("y", idx(bytes(0, 1), 2))
                .testFile("x", idx(bytes(5, 6), 1, 2))
                .testFile("y", idx(bytes(1), 1))
                .pack();

        assertThat(result.packed().manifest().kind()).isEqualTo("features");
        assertThat(result.features(Split.TRAIN)).containsExactly(1, 200, 3, 4);
        assertThat(result.header("test-inputs.npy"))
                .isEqualTo("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }");
        assertThat(result.warnings()).containsExactly("1 classes have no test sample: 0");
    }

    @ParameterizedTest
    @ValueSource(strings = {",", ";", "\t"})
    void csvSeparatorsAreFound(String separator) throws Exception {
        var csv = "a,b,kind\n1,-2.5,x\n+3,4e-1,y\n".replace(",", separator);
        var result = new Packs(directory)
                .file("t", text(csv))
                .testFile("e", text(csv))
                .pack();

        assertThat(result.features(Split.TRAIN)).containsExactly(1, -2.5f, 3, .4f);
        assertThat(result.classes()).containsExactly("x", "y");
        assertThat(result.warnings()).containsExactly("2 of 2 test samples occur in the training split too");
    }

    @ParameterizedTest
    @ValueSource(strings = {"kind", "1", "-2"})
    void csvLabelColumnIsFoundByNameOrIndex(String column) throws Exception {
        var csv = text("\ufeff\"a\",kind,b\r\n1,x,2\r\n\r\n3,y,4\r\n");
        var result = new Packs(directory)
                .file("t", csv)
                .testFile("e", csv)
                .labelColumn(column)
                .pack();

        assertThat(result.features(Split.TRAIN)).containsExactly(1, 2, 3, 4);
        assertThat(result.labels(Split.TRAIN)).containsExactly("x", "y");
    }

    @Test
    void csvNeedsNoHeader() throws Exception {
        var csv = text("1,2,10\n3,4,9\n");
        var result =
                new Packs(directory).file("t", gzip(csv)).testFile("e", csv).pack();

        assertThat(result.classes()).containsExactly("9", "10");
        assertThat(result.labels(Split.TRAIN)).containsExactly("10", "9");
        assertThat(result.features(Split.TRAIN)).containsExactly(1, 2, 3, 4);
    }

    @Test
    void csvRowsBecomePixels() throws Exception {
        var csv = text("0,8,16,4,a\n16,0,1,2,b\n");
        var result = new Packs(directory)
                .file("t", csv)
                .testFile("e", csv)
                .imageSize("2x2")
                .maxValue(16)
                .pack();

        assertThat(result.shape()).containsExactly(1, 2, 2);
        assertThat(result.pixels(Split.TRAIN)).containsExactly(0, 128, 255, 64, 255, 0, 16, 32);
    }

    @Test
    void csvRowsOfThreePlanesAreColour() throws Exception {
        var csv = text("1,2,3,a\n4,5,6,b\n");
        var result = new Packs(directory)
                .file("t", csv)
                .testFile("e", csv)
                .imageSize("3x1x1")
                .pack();

        assertThat(result.shape()).containsExactly(3, 1, 1);
        assertThat(result.pixels(Split.TRAIN)).containsExactly(1, 2, 3, 4, 5, 6);
    }

    @Test
    void npyChannelsLastBecomeChannelsFirst() throws Exception {
        var images = npy("|u1", "(2, 2, 1, 3)", bytes(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12));
        var result = new Packs(directory)
                .file("y.npy", npy("<i8", "(2,)", int64(3, 1)))
                .file("x.npy", images)
                .testFile("x.npy", images)
                .testFile("y.npy", npy("<i8", "(2, 1)", int64(1, 3)))
                .pack();

        assertThat(result.shape()).containsExactly(3, 2, 1);
        assertThat(result.pixels(Split.TRAIN)).containsExactly(1, 4, 2, 5, 3, 6, 7, 10, 8, 11, 9, 12);
        assertThat(result.labels(Split.TRAIN)).containsExactly("3", "1");
    }

    @Test
    void npyOfBigEndianAndTextLabels() throws Exception {
        var labels = "a\0ab".getBytes(java.nio.charset.Charset.forName("UTF-32BE"));
        var result = new Packs(directory)
                .file("x.npy", npy(">i2", "(2, 2)", bytes(0, 1, 1, 0, 0xff, 0xff, 0, 2)))
                .file("y.npy", npy(">U2", "(2,)", labels))
                .testFile("x.npy", npy("<f8", "(1, 2)", new byte[16]))
                .testFile("y.npy", npy("<U1", "(1,)", "a".getBytes(java.nio.charset.Charset.forName("UTF-32LE"))))
                .pack();

        assertThat(result.features(Split.TRAIN)).containsExactly(1, 256, -1, 2);
        assertThat(result.classes()).containsExactly("a", "ab");
    }

    @Test
    void npyFloatsBecomePixelsByTheirMaxValue() throws Exception {
        var result = new Packs(directory)
                .file("x.npy", npy("<f4", "(2, 1, 2)", float32(0, .5f, 1, .2f)))
                .file("y.npy", npy("|b1", "(2,)", bytes(0, 1)))
                .testFile("x.npy", npy("|b1", "(1, 1, 2)", bytes(0, 1)))
                .testFile("y.npy", npy("|b1", "(1,)", bytes(1)))
                .maxValue(1)
                .pack();

        assertThat(result.pixels(Split.TRAIN)).containsExactly(0, 128, 255, 51);
        assertThat(result.pixels(Split.TEST)).containsExactly(0, 255);
        assertThat(result.classes()).containsExactly("0", "1");
    }

    @Test
    void npyFlatRowsBecomeImagesOfAGivenSize() throws Exception {
        var result = new Packs(directory)
                .file("x.npy", npy("|u1", "(2, 4)", bytes(1, 2, 3, 4, 5, 6, 7, 8)))
                .file("y.npy", npy("|u1", "(2,)", bytes(0, 1)))
                .testFile("x.npy", npy("|u1", "(1, 4)", bytes(9, 9, 9, 9)))
                .testFile("y.npy", npy("|u1", "(1,)", bytes(0)))
                .imageSize("2x2")
                .pack();

        assertThat(result.shape()).containsExactly(1, 2, 2);
        assertThat(result.pixels(Split.TRAIN)).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
    }

    @Test
    void npzValidationJoinsTrainingWhereThereIsATest() throws Exception {
        var result = new Packs(directory)
                .file(
                        "medical.npz",
                        zip(entries(
                                "train_images.npy", npy("|u1", "(2, 1, 1)", bytes(1, 2)),
                                "val_images.npy", npy("|u1", "(1, 1, 1)", bytes(3)),
                                "test_images.npy", npy("|u1", "(1, 1, 1)", bytes(4)),
                                "train_labels.npy", npy("|u1", "(2, 1)", bytes(0, 1)),
                                "val_labels.npy", npy("|u1", "(1, 1)", bytes(1)),
                                "test_labels.npy", npy("|u1", "(1, 1)", bytes(0)))))
                .pack();

        assertThat(result.format()).isEqualTo("npz");
        assertThat(result.pixels(Split.TRAIN)).containsExactly(1, 2, 3);
        assertThat(result.labels(Split.TRAIN)).containsExactly("0", "1", "1");
        assertThat(result.pixels(Split.TEST)).containsExactly(4);
        assertThat(result.warnings()).anyMatch(warning -> warning.contains("validation arrays joined"));
    }

    @Test
    void manifestHoldsTheHashesOfItsFiles() throws Exception {
        var csv = text("1,x\n2,y\n3,x\n");
        var packed =
                new Packs(directory).file("t", csv).testFile("e", csv).pack().packed();

        assertThat(packed.sha256()).isEqualTo(Sha256.of(packed.directory().resolve("manifest.json")));
        assertThat(packed.manifest().files()).hasSize(4);
        for (var entry : packed.manifest().files().entrySet()) {
            var path = packed.directory().resolve(entry.getKey());
            assertThat(entry.getValue().sha256()).isEqualTo(Sha256.of(path));
            assertThat(entry.getValue().bytes()).isEqualTo(java.nio.file.Files.size(path));
        }
        assertThat(java.nio.file.Files.readString(packed.directory().resolve("manifest.json"), StandardCharsets.UTF_8))
                .contains("\"formatVersion\":1");
    }
}
