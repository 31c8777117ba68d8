package io.lossforge.dataset;

import static io.lossforge.dataset.Uploads.bytes;
import static io.lossforge.dataset.Uploads.entries;
import static io.lossforge.dataset.Uploads.gzip;
import static io.lossforge.dataset.Uploads.tar;
import static io.lossforge.dataset.Uploads.tarHeader;
import static io.lossforge.dataset.Uploads.text;
import static io.lossforge.dataset.Uploads.zip;
import static io.lossforge.image.DrawnPictures.greyPng;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lossforge.image.DrawnPictures;
import io.lossforge.image.Limits;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What people may send to archives of class folders, and what they are told. */
class HostileUploadTests {

    private static final byte[] PICTURE = greyPng(4, 4, 9);

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(
            strings = {"../evil.png", "cat/../../evil.png", "/etc/cron.d/evil", "C:\\evil.png", "cat\\..\\..\\evil.png"
            })
    void refusesPathsThatLeadOut(String name) {
        for (var archive : new byte[][] {zip(entries(name, PICTURE)), tar(entries(name, PICTURE))}) {
            assertRefused(archive, "x.zip", "entry name", name);
        }
    }

    @Test
    void refusesLinksAndDevicesInTars() {
        for (var type : Map.of('1', "hard link", '2', "symbolic link", '3', "device", '4', "device", '6', "neither")
                .entrySet()) {
            var tar = new ByteArrayOutputStream();
            tar.writeBytes(tarHeader(text("cat/link"), type.getKey(), 0));
            tar.writeBytes(new byte[1024]);
            assertRefused(tar.toByteArray(), "cat/link", type.getValue());
        }
    }

    @Test
    void refusesSymbolicLinksInZips() {
        assertRefused(
                Uploads.rawZip(text("cat/link.png"), 0120777, text("/etc/passwd")), "cat/link.png", "symbolic link");
        assertRefused(
                Uploads.rawZip(text("cat/pipe"), 0010644, new byte[0]), "cat/pipe", "neither a file nor a folder");
    }

    @Test
    void refusesNamesThatAreNotUtf8() {
        byte[] latin1 = "cat/\u00e9.png".getBytes(StandardCharsets.ISO_8859_1);
        assertRefused(Uploads.rawZip(latin1, 0100644, PICTURE), "cat/\\xe9.png", "not UTF-8");

        var tar = new ByteArrayOutputStream();
        tar.writeBytes(tarHeader(latin1, '0', 0));
        tar.writeBytes(new byte[1024]);
        assertRefused(tar.toByteArray(), "cat/\\xe9.png", "not UTF-8");
    }

    @Test
    void refusesZipBombsByRatio() {
        var bomb = zip(entries("cat/1.png", new byte[100 << 20]));
        assertThat(bomb.length).isLessThan(200_000);
        var limits = new IngestLimits(10_000, 1L << 40, 200, 1000, new Limits(1000, 1 << 29), 1);

        assertThatThrownBy(() ->
                        new Packs(directory, limits).file("bomb.zip", bomb).pack())
                .isInstanceOf(RefusedUpload.class)
                .hasMessageContainingAll("bomb.zip", "more than 200 times its size");
    }

    @Test
    void refusesGzipBombs() {
        var bomb = gzip(new byte[100 << 20]);
        var table = gzip(text("1,2,3\n".repeat(20 << 20)));

        assertThatThrownBy(() -> new Packs(directory).file("bomb.gz", bomb).pack())
                .isInstanceOf(RefusedUpload.class);
        assertRefused(table, "more than 200 times its size");
    }

    @Test
    void refusesGzipInsideOfGzip() {
        assertRefused(gzip(gzip(tar(pets()))), "none of the formats");
    }

    @Test
    void refusesTooManyEntriesAndTooMuchInTotal() {
        var few = new IngestLimits(3, 1L << 30, 200, 1000, Limits.DEFAULT, 1);
        var small = new IngestLimits(100, 100, 200, 1000, Limits.DEFAULT, 1);
        for (var archive : new byte[][] {zip(pets()), tar(pets())}) {
            assertThatThrownBy(
                            () -> new Packs(directory, few).file("x", archive).pack())
                    .hasMessage("x: has more than 3 entries (lossforge.dataset.max-entries)");
            assertThatThrownBy(
                            () -> new Packs(directory, small).file("x", archive).pack())
                    .hasMessage("x: unpacks to more than 100 bytes (lossforge.dataset.max-unpacked)");
        }
    }

    @Test
    void refusesAZipWhoseDirectoryLies() {
        var zip = ByteBuffer.wrap(zip(pets())).order(ByteOrder.LITTLE_ENDIAN);
        zip.putShort(zip.capacity() - 12, (short) 60_000);
        assertRefused(zip.array(), "more than 10000 entries");

        zip.putShort(zip.capacity() - 12, (short) 9_000);
        assertRefused(zip.array(), "the directory of this zip can't be read");

        zip.putInt(zip.capacity() - 6, 0x7fffffff);
        assertRefused(zip.array(), "the directory of this zip can't be read");
    }

    @Test
    void refusesEncryptedZips() {
        var zip = Uploads.rawZip(text("cat/1.png"), 0100644, PICTURE);
        int central = new String(zip, StandardCharsets.ISO_8859_1).indexOf("PK\u0001\u0002");
        zip[central + 8] |= 1;

        assertRefused(zip, "cat/1.png", "encrypted");
    }

    @Test
    void refusesAPictureThatClaimsToBeHuge() {
        var pets = pets();
        pets.put("cat/huge.png", DrawnPictures.claimingPng(60_000, 60_000));

        assertRefused(zip(pets), "1 of 5 files", "cat/huge.png", "60000×60000 pixels");
    }

    @Test
    void refusesRenamedAndTruncatedPictures() {
        var pets = pets();
        pets.put("dog/paper.png", text("%PDF-1.7 and so on"));
        assertRefused(zip(pets), "dog/paper.png", "not a PNG", "%PDF");

        pets = pets();
        pets.put("dog/cut.png", Arrays.copyOf(PICTURE, PICTURE.length - 20));
        assertRefused(tar(pets), "dog/cut.png", "PNG cut off");
    }

    @Test
    void leavesOutUnreadablePicturesUpToOneInAHundred() throws Exception {
        var pets = entries();
        for (int i = 0; i < 199; i++) {
            pets.put("%s/%d.png".formatted(i % 2 == 0 ? "cat" : "dog", i), greyPng(2, 2, i));
        }
        pets.put("dog/broken.png", text("no picture"));
        pets.put("dog/broken too.png", text("no picture"));

        var result = new Packs(directory).file("pets.zip", zip(pets)).pack();

        assertThat(result.warnings())
                .contains("2 unreadable pictures were left out: dog/broken.png, dog/broken too.png");
        pets.put("dog/third.png", text("no picture"));
        assertRefused(zip(pets), "3 of 202 files", "dog/broken.png");
    }

    @Test
    void refusesAnEmptyClassFolder() {
        var pets = pets();
        pets.put("mouse/", new byte[0]);
        for (var archive : new byte[][] {zip(pets), tar(pets)}) {
            assertRefused(archive, "mouse", "is an empty class folder");
        }
        pets.put("mouse/.hidden", new byte[0]);
        assertRefused(zip(pets), "mouse", "is an empty class folder");
    }

    @Test
    void refusesOneClassOnly() {
        assertRefused(zip(entries("cat/1.png", PICTURE, "cat/2.png", PICTURE)), "one class only", "\"cat\"");
    }

    @Test
    void refusesAClassWithoutTrainingSamples() {
        var pets = entries(
                "train/cat/1.png", PICTURE,
                "train/dog/2.png", PICTURE,
                "test/cat/3.png", PICTURE,
                "test/mouse/4.png", PICTURE);
        assertRefused(zip(pets), "class \"mouse\" has 1 test samples and none to train on");
    }

    @Test
    void refusesClassNamesThatAreOneOnOtherMachines() {
        var pets = pets();
        pets.put("Cat/3.png", PICTURE);
        assertRefused(zip(pets), "\"cat\" and \"Cat\"", "differ only in case");

        pets = pets();
        pets.put("caf\u00e9/3.png", PICTURE);
        pets.put("cafe\u0301/3.png", PICTURE);
        assertRefused(tar(pets), "how an accent is encoded");
    }

    @Test
    void refusesMixedSizesUnlessASizeIsGiven() throws Exception {
        var pets = pets();
        pets.put("dog/large.png", greyPng(8, 6, 100));

        assertRefused(zip(pets), "dog/large.png", "is 6x8 pixels where cat/1.png is 4x4", "imageSize");
        assertThat(new Packs(directory)
                        .file("x", zip(pets))
                        .imageSize("4x4")
                        .pack()
                        .shape())
                .containsExactly(1, 4, 4);
    }

    @Test
    void refusesArchivesWithoutClassFolders() {
        assertRefused(zip(entries("1.png", PICTURE, "2.png", PICTURE)), "no class folders");
        assertRefused(zip(Map.of()), "empty");
        assertRefused(zip(entries(".DS_Store", new byte[9])), "empty");
    }

    @Test
    void refusesTooManyClassesAndOddNames() {
        var limits = new IngestLimits(10_000, 1L << 30, 200, 2, Limits.DEFAULT, 1);
        var pets = pets();
        pets.put("mouse/1.png", PICTURE);
        assertThatThrownBy(
                        () -> new Packs(directory, limits).file("x", zip(pets)).pack())
                .hasMessage("x: more than 2 classes (lossforge.dataset.max-classes)");

        assertRefused(zip(entries("a\u0007b/1.png", PICTURE, "c/1.png", PICTURE)), "printable", "a\\u0007b");
    }

    @Test
    void refusesATarWithAnEndlessName() {
        var tar = new ByteArrayOutputStream();
        tar.writeBytes(tarHeader(text("././@LongLink"), 'L', 1L << 30));
        tar.writeBytes(new byte[1 << 20]);

        assertRefused(tar.toByteArray(), "a header of 1073741824 bytes");
    }

    @Test
    void refusesATarEntryOfNegativeOrAbsurdSize() {
        var tar = new ByteArrayOutputStream();
        tar.writeBytes(tarHeader(text("cat/1.png"), '0', 077777777777L));
        tar.writeBytes(new byte[512]);

        assertRefused(tar.toByteArray(), "cat/1.png", "cut off");
    }

    @Test
    void refusesUnknownFormatsAndListsTheKnown() {
        assertRefused(
                bytes('%', 'P', 'D', 'F', '-', '1', '.', '7', '\n', 1, 2),
                "starts with \"%PDF-1.7",
                "CSV",
                "zip of class folders");
        assertRefused(text("<html>not found, sorry</html>"), "none of the formats");
        assertRefused(bytes('R', 'a', 'r', '!', 0x1a, 7, 0), "none of the formats");
        assertRefused(new byte[0], "is empty");
    }

    @Test
    void refusesFilesOfTwoFormats() {
        assertThatThrownBy(() -> new Packs(directory)
                        .file("a.zip", zip(pets()))
                        .file("b.csv", text("1,2\n3,4\n"))
                        .pack())
                .hasMessage("b.csv: is csv where a.zip is zip; the files of one dataset must have one format");
    }

    @Test
    void refusesLinksInServerSideFolders() throws Exception {
        var folder = Files.createDirectories(directory.resolve("pets/cat")).getParent();
        Files.write(folder.resolve("cat/1.png"), PICTURE);
        Files.createSymbolicLink(folder.resolve("cat/2.png"), Path.of("/etc/passwd"));

        assertThatThrownBy(() -> new Packs(directory).folder(folder).pack())
                .isInstanceOf(RefusedUpload.class)
                .hasMessageContainingAll("cat/2.png", "symbolic link");
    }

    private static Map<String, byte[]> pets() {
        return entries(
                "cat/1.png",
                PICTURE,
                "dog/1.png",
                PICTURE,
                "cat/2.png",
                greyPng(4, 4, 1),
                "dog/2.png",
                greyPng(4, 4, 2));
    }

    private void assertRefused(byte[] upload, String... parts) {
        assertThatThrownBy(() -> new Packs(directory).file("x.zip", upload).pack())
                .isInstanceOf(RefusedUpload.class)
                .message()
                .contains(parts);
    }
}
