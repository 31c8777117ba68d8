package io.lossforge.dataset;

import static io.lossforge.dataset.Uploads.entries;
import static io.lossforge.dataset.Uploads.gzip;
import static io.lossforge.dataset.Uploads.tar;
import static io.lossforge.dataset.Uploads.zip;
import static io.lossforge.image.DrawnPictures.colourPng;
import static io.lossforge.image.DrawnPictures.greyPng;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What folders mean, and which pixels come out of them. */
class ClassFoldersTests {

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"", "pets/", "a/b/pets/"})
    void foldersAreClassesBelowAnySingleFolderAroundThem(String around) throws Exception {
        var result = pack(entries(
                around + "dog/1.png", greyPng(2, 1, 10),
                around + "cat/1.png", greyPng(2, 1, 20),
                around + "dog/deeper/2.png", greyPng(2, 1, 30),
                around + "cat/2.png", greyPng(2, 1, 40)));

        assertThat(result.classes()).containsExactly("cat", "dog");
        assertThat(result.perClass(Split.TRAIN)).containsExactly(1L, 1L);
        assertThat(result.perClass(Split.TEST)).containsExactly(1L, 1L);
        assertThat(result.shape()).containsExactly(1, 1, 2);
    }

    @ParameterizedTest
    @CsvSource({"train,test", "Train,TEST", "training,testing", "data/train,data/test"})
    void foldersOnTopAreSplits(String train, String test) throws Exception {
        var result = pack(entries(
                train + "/dog/1.png", greyPng(1, 1, 10),
                test + "/dog/2.png", greyPng(1, 1, 20),
                train + "/cat/3.png", greyPng(1, 1, 30),
                test + "/cat/4.png", greyPng(1, 1, 40)));

        assertThat(result.pixels(Split.TRAIN)).containsExactly(10, 30);
        assertThat(result.labels(Split.TRAIN)).containsExactly("dog", "cat");
        assertThat(result.pixels(Split.TEST)).containsExactly(20, 40);
        assertThat(result.labels(Split.TEST)).containsExactly("dog", "cat");
        assertThat(result.warnings()).isEmpty();
    }

    @Test
    void aValidationFolderBecomesTheTestWhereThereIsNone() throws Exception {
        var result = pack(entries(
                "train/dog/1.png", greyPng(1, 1, 1),
                "train/cat/1.png", greyPng(1, 1, 2),
                "val/dog/1.png", greyPng(1, 1, 3),
                "val/cat/1.png", greyPng(1, 1, 4)));

        assertThat(result.pixels(Split.TEST)).containsExactly(3, 4);
        assertThat(result.warnings()).anyMatch(warning -> warning.contains("validation folder became the test split"));
    }

    @Test
    void classesMayBeCalledLikeSplits() throws Exception {
        var result = pack(entries(
                "train/1.png",
                greyPng(1, 1, 1),
                "plane/1.png",
                greyPng(1, 1, 2),
                "train/2.png",
                greyPng(1, 1, 3),
                "plane/2.png",
                greyPng(1, 1, 4)));

        assertThat(result.classes()).containsExactly("plane", "train");
    }

    @Test
    void whatFileManagersLeaveBehindIsLeftOutAndSaid() throws Exception {
        var result = pack(entries(
                "pets/README.txt", new byte[1],
                "pets/dog/1.png", greyPng(1, 1, 1),
                "pets/dog/.DS_Store", new byte[1],
                "__MACOSX/pets/dog/._1.png", new byte[1],
                "pets/cat/Thumbs.db", new byte[1],
                "pets/cat/1.png", greyPng(1, 1, 2),
                "pets/cat/2.png", greyPng(1, 1, 3),
                "top.txt", new byte[1]));

        assertThat(result.classes()).containsExactly("cat", "dog");
        assertThat(result.warnings())
                .contains(
                        "2 files outside of a class folder were left out: pets/README.txt, top.txt",
                        "3 hidden files were left out: pets/dog/.DS_Store, __MACOSX/pets/dog/._1.png, pets/cat/Thumbs.db");
    }

    @Test
    void greyPicturesBecomeColourWhereOneIsColoured() throws Exception {
        var result = pack(entries(
                "train/cat/1.png", greyPng(2, 1, 7),
                "train/dog/1.png", greyPng(2, 1, 8),
                "test/cat/1.png", greyPng(2, 1, 9),
                "train/dog/2.png", colourPng(2, 1, 0xff010203),
                "test/dog/1.png", greyPng(2, 1, 10)));

        assertThat(result.shape()).containsExactly(3, 1, 2);
        assertThat(result.pixels(Split.TRAIN)).containsExactly(7, 7, 7, 7, 7, 7, 8, 8, 8, 8, 8, 8, 1, 1, 2, 2, 3, 3);
        assertThat(result.pixels(Split.TEST)).containsExactly(9, 9, 9, 9, 9, 9, 10, 10, 10, 10, 10, 10);
    }

    @Test
    void picturesAreBroughtToTheSizeAskedFor() throws Exception {
        var pets = zip(entries(
                "train/cat/1.png", greyPng(30, 20, 50),
                "train/dog/1.png", colourPng(3, 3, 0xffffffff),
                "test/cat/2.png", greyPng(1, 1, 60),
                "test/dog/2.png", greyPng(4, 4, 70)));

        var colour = new Packs(directory).file("x", pets).imageSize("4x5").pack();
        var grey = new Packs(directory).file("x", pets).imageSize("1x4x5").pack();

        assertThat(colour.shape()).containsExactly(3, 4, 5);
        assertThat(grey.shape()).containsExactly(1, 4, 5);
        assertThat(grey.pixels(Split.TRAIN)).hasSize(2 * 20).containsOnly(50, 255);
    }

    @Test
    void trainAndTestMayComeInTwoArchives() throws Exception {
        var result = new Packs(directory)
                .file("train.zip", zip(entries("cat/1.png", greyPng(1, 1, 1), "dog/1.png", greyPng(1, 1, 2))))
                .testFile(
                        "test.zip", zip(entries("top/dog/1.png", greyPng(1, 1, 3), "top/cat/1.png", greyPng(1, 1, 4))))
                .pack();

        assertThat(result.pixels(Split.TRAIN)).containsExactly(1, 2);
        assertThat(result.pixels(Split.TEST)).containsExactly(3, 4);
    }

    @Test
    void longAndForeignNamesOfTarsAreRead() throws Exception {
        var cat = "pets/" + "x".repeat(120) + "/katze-ü.png";
        var dog = "pets/" + "y".repeat(60) + "/hund.png";
        var tar = new ByteArrayOutputStream();
        writeNamed(tar, 'L', (cat + "\0").getBytes(StandardCharsets.UTF_8), greyPng(1, 1, 5));
        writeNamed(tar, 'x', paxPath(dog), greyPng(1, 1, 6));
        writeNamed(tar, 'x', paxPath(dog + "2"), greyPng(1, 1, 7));
        tar.writeBytes(new byte[1024]);

        var result = new Packs(directory).file("t.tgz", gzip(tar.toByteArray())).pack();

        assertThat(result.classes()).containsExactly("x".repeat(120), "y".repeat(60));
        assertThat(result.perClass(Split.TRAIN)).containsExactly(1L, 1L);
    }

    private static void writeNamed(ByteArrayOutputStream tar, char type, byte[] extension, byte[] content) {
        tar.writeBytes(Uploads.tarHeader("extended".getBytes(StandardCharsets.US_ASCII), type, extension.length));
        tar.writeBytes(extension);
        tar.writeBytes(new byte[(512 - extension.length % 512) % 512]);
        tar.writeBytes(Uploads.tarHeader("short".getBytes(StandardCharsets.US_ASCII), '0', content.length));
        tar.writeBytes(content);
        tar.writeBytes(new byte[(512 - content.length % 512) % 512]);
    }

    private static byte[] paxPath(String path) {
        int length = path.length() + " path=\n".length() + 2;
        return "%d path=%s\n".formatted(length, path).getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void packsServerSideFoldersInTheOrderOfNames() throws Exception {
        for (var file : Map.of("dog/b.png", 1, "dog/a.png", 2, "cat/c.png", 3, "cat/d.png", 4)
                .entrySet()) {
            var path = directory.resolve("pets").resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.write(path, greyPng(1, 1, file.getValue()));
        }
        var first = new Packs(directory).folder(directory.resolve("pets")).pack();

        assertThat(first.format()).isEqualTo("folder");
        assertThat(first.classes()).isEqualTo(List.of("cat", "dog"));
        assertThat(new Packs(directory)
                        .folder(directory.resolve("pets"))
                        .pack()
                        .packed()
                        .sha256())
                .isEqualTo(first.packed().sha256());
    }

    @Test
    void zipAndTarOfTheSameFoldersAreTheSameDataset() throws Exception {
        var pets = entries(
                "cat/1.png",
                greyPng(1, 1, 1),
                "dog/1.png",
                greyPng(1, 1, 2),
                "cat/2.png",
                greyPng(1, 1, 3),
                "dog/2.png",
                greyPng(1, 1, 4));

        assertThat(new Packs(directory).file("x", tar(pets)).pack().packed().sha256())
                .isEqualTo(pack(pets).packed().sha256());
    }

    private Packs.Result pack(Map<String, byte[]> files) throws Exception {
        return new Packs(directory).file("pets.zip", zip(files)).pack();
    }
}
