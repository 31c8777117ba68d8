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
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lossforge.image.Limits;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What people may send as numbers, and what they are told. */
class HostileNumbersTests {

    private static final byte[] LABELS = npy("<i8", "(4,)", int64(0, 1, 0, 1));

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"NaN", "nan", "Infinity", "-inf", "1e999", "1e39", "abc", "0x10", "1f", "", "?", "1,5"})
    void refusesCellsThatAreNoFiniteNumbers(String cell) {
        var quoted = cell.contains(",") ? "\"" + cell + "\"" : cell;
        var csv = "a,b,kind\n1,2,x\n3,%s,y\n5,6,x\n".formatted(quoted);

        assertRefused(new Packs(directory).file("t.csv", text(csv)), "t.csv: line 3, column 1 (\"b\"):");
    }

    @Test
    void refusesRaggedRows() {
        assertRefused(
                new Packs(directory).file("t.csv", text("1,2,x\n3,4,y\n5,x\n")),
                "t.csv: line 3 has 2 columns, the first row has 3");
    }

    @Test
    void refusesLabelsThatAreMissingOrTooMany() {
        assertRefused(new Packs(directory).file("t.csv", text("1,2,x\n3,4,\n")), "line 2, column 2 (the label)");

        var limits = new IngestLimits(10, 1L << 30, 200, 3, Limits.DEFAULT, 1);
        assertRefused(
                new Packs(directory, limits).file("t.csv", text("1,a\n2,b\n3,c\n4,d\n")),
                "line 4",
                "more than 3 classes");
    }

    @Test
    void refusesTablesWithoutRowsOrWithOneColumn() {
        assertRefused(new Packs(directory).file("t.csv", text("a,b,c\n")), "has no rows");
        assertRefused(
                new Packs(directory).file("t.csv", text("1,x\n2,y\n3,x\n")).testFile("e.csv", text("a,b\n")),
                "e.csv: has no rows");
        assertRefused(new Packs(directory).file("t.csv", text("1,x\n2,x\n")), "one class only (\"x\")");
    }

    @Test
    void refusesTextsThatAreNotUtf8OrNeverEnd() {
        assertRefused(new Packs(directory).file("t.csv", bytes('1', ',', 0xe9, '\n', '2', ',', 'x')), "is not UTF-8");
        assertRefused(new Packs(directory).file("t.csv", text("1,x\n2,\"y\n3,x\n")), "quotation mark");
        assertRefused(new Packs(directory).file("t.csv", text("1,\"" + "y".repeat(9 << 20))), "a row of more than");
    }

    @Test
    void refusesLabelColumnsThatAreNotThere() {
        assertRefusedAt("/labelColumn", table().labelColumn("b"), "has no header", "0 to 2");
        assertRefusedAt("/labelColumn", table().labelColumn("3"), "0 to 2");
        assertRefusedAt(
                "/labelColumn",
                new Packs(directory).file("t.csv", text("a,b\n1,x\n")).labelColumn("c"),
                "has no column \"c\"");
        assertRefusedAt("/maxValue", table().maxValue(4), "needs imageSize");
        assertRefused(table().imageSize("3x3"), "has 2 columns beside the label, imageSize 3x3 needs 9");
    }

    private Packs table() {
        return new Packs(directory).file("t.csv", text("1,2,x\n3,4,y\n"));
    }

    @Test
    void refusesPixelsOutOfRange() {
        var table = text("0,300,x\n1,2,y\n");
        assertRefused(
                new Packs(directory).file("t.csv", table).imageSize("1x2"),
                "line 1, column 1: 300 is not between 0 and 255");

        assertRefused(
                new Packs(directory)
                        .file("x.npy", npy("<f4", "(2, 1, 2)", float32(0, .5f, 1, .2f)))
                        .file("y.npy", npy("|u1", "(2,)", bytes(0, 1))),
                "x.npy: all values are between 0 and 1: give maxValue=1");
    }

    @Test
    void refusesImagesAndLabelsThatDifferInNumber() {
        assertRefused(
                new Packs(directory).file("images", idx(new byte[12], 3, 2, 2)).file("labels", idx(bytes(0, 1), 2)),
                "inputs and labels differ in number: images has 3, labels has 2");
    }

    @Test
    void refusesPairsThatAreNotPairs() {
        assertRefused(
                new Packs(directory).file("images", idx(new byte[12], 3, 2, 2)),
                "inputs",
                "labels",
                "images [3, 2, 2]");
        assertRefused(
                new Packs(directory)
                        .file("a", idx(new byte[8], 2, 2, 2))
                        .file("b", idx(bytes(0, 1), 2))
                        .file("c", idx(new byte[8], 2, 2, 2))
                        .file("d", idx(bytes(0, 1), 2)),
                "which of these are for the test?");
    }

    @Test
    void refusesHeadersWithHugeNumbers() {
        assertRefused(withLabels(idx(new byte[4], 0x7fffffff, 0x7fffffff, 0x7fffffff)), "a sample may have");
        assertRefused(
                new Packs(directory).file("i", idx(new byte[64], -1, 1, 1)).file("l", idx(bytes(0, 1), -1)),
                "cut off: it ends in sample 64 of 4294967295");
        assertRefused(
                npyWithLabels("'<f4'", false, "(4, 9223372036854775807, 9223372036854775807)"), "a sample may have");
        assertRefused(npyWithLabels("'<f4'", false, "(4, 99999999999999999999)"), "has a dimension of");
        assertRefused(npyWithLabels("'<f4'", false, "(0, 3)"), "at least 1");
        assertRefused(npyWithLabels("'<f4'", false, "()"), "single number");
    }

    private Packs withLabels(byte[] images) {
        return new Packs(directory).file("images", images).file("labels", idx(bytes(0, 1), 2));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "'|O'; False; pickle",
                "'<f4'; True; Fortran order",
                "'<c16'; False; element type c16",
                "[('a', '<f4')]; False; array of records"
            })
    void refusesNumpyArraysThatAreNotPlainNumbers(String type, boolean fortran, String message) {
        assertRefused(npyWithLabels("'" + type.replaceAll("^'|'$", "") + "'", fortran, "(4, 1)"), message);
    }

    private Packs npyWithLabels(String type, boolean fortran, String shape) {
        var quoted = type.startsWith("'[") ? type.substring(1, type.length() - 1) : type;
        return new Packs(directory)
                .file("x.npy", npy(quoted, fortran, shape, new byte[32]))
                .file("y.npy", LABELS);
    }

    @Test
    void refusesNumpyHeadersThatAreNone() {
        var cut = Arrays.copyOf(LABELS, 40);
        assertRefused(new Packs(directory).file("x.npy", cut).file("y.npy", LABELS), "x.npy", "cut off");

        var endless = LABELS.clone();
        endless[6] = 2;
        ByteBuffer.wrap(endless).putInt(8, 0xffffff7f);
        assertRefused(new Packs(directory).file("x.npy", endless).file("y.npy", LABELS), "longer than");
    }

    @Test
    void refusesLabelsOutOfRange() {
        var inputs = npy("<f4", "(2, 2)", float32(1, 2, 3, 4));
        assertRefused(labelled(inputs, npy("<i8", "(2,)", int64(0, -1))), "sample 1: label -1 is out of range");
        assertRefused(labelled(inputs, npy("<i8", "(2,)", int64(0, 1_000_000))), "label 1000000 is out of range");
        assertRefused(labelled(inputs, npy("<f4", "(2,)", float32(0, 1.5f))), "label 1.5 is out of range");
        assertRefused(labelled(inputs, npy("<f4", "(2,)", float32(0, Float.NaN))), "label NaN is out of range");

        var records = new byte[3 * 3073];
        records[2 * 3073] = 10;
        assertRefused(
                new Packs(directory)
                        .file("data.bin", Arrays.copyOf(records, 2 * 3073))
                        .file("test.bin", lateBadLabel()),
                "test.bin: record 5: label 10 is out of range 0 to 9");
    }

    private static byte[] lateBadLabel() {
        var records = new byte[6 * 3073];
        records[5 * 3073] = 10;
        return records;
    }

    private Packs labelled(byte[] inputs, byte[] labels) {
        return new Packs(directory).file("x.npy", inputs).file("y.npy", labels);
    }

    @Test
    void refusesNonFiniteFeatures() {
        var inputs = npy("<f4", "(4, 2)", float32(1, 2, 3, Float.NaN, 5, 6, 7, 8));
        assertRefused(labelled(inputs, LABELS), "x.npy: sample 1, value 1: NaN is not a finite number");
    }

    @Test
    void refusesDataBeyondWhatTheHeaderSays() {
        assertRefused(
                new Packs(directory).file("i", idx(new byte[20], 3, 2, 2)).file("l", idx(bytes(0, 1, 0), 3)),
                "i: has more data than the 3 samples");
    }

    @Test
    void refusesAnNpzWhoseEntryIsNoArray() {
        assertRefused(
                new Packs(directory).file("d.npz", zip(entries("x.npy", text("hello"), "y.npy", LABELS))),
                "d.npz: x.npy: is not a NumPy file");
    }

    @Test
    void refusesTruncatedGzip() {
        var whole = gzip(text("1,x\n2,y\n".repeat(10_000)));
        assertRefused(new Packs(directory).file("t.csv.gz", Arrays.copyOf(whole, whole.length - 9)), "cut off");
    }

    private static void assertRefused(Packs packs, String... parts) {
        assertRefusedAt("/file", packs, parts);
    }

    private static void assertRefusedAt(String pointer, Packs packs, String... parts) {
        assertThatThrownBy(packs::pack)
                .isInstanceOfSatisfying(RefusedUpload.class, refused -> {
                    if (!pointer.equals("/file")) {
                        org.assertj.core.api.Assertions.assertThat(refused.pointer())
                                .isEqualTo(pointer);
                    }
                })
                .message()
                .contains(parts);
    }
}
