package io.lossforge.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real datasets, where they lie beside the project; skipped elsewhere. */
class SharedDataTests {

    private static final Path DATA = Path.of("../shared/data");

    @TempDir
    Path directory;

    @Test
    void packsMnist() throws Exception {
        var mnist = existing("mnist");
        var result = new Packs(directory)
                .file("1", Files.readAllBytes(mnist.resolve("train-images-idx3-ubyte.gz")))
                .file("2", Files.readAllBytes(mnist.resolve("train-labels-idx1-ubyte.gz")))
                .file("3", Files.readAllBytes(mnist.resolve("t10k-images-idx3-ubyte.gz")))
                .file("4", Files.readAllBytes(mnist.resolve("t10k-labels-idx1-ubyte.gz")))
                .pack();

        assertThat(result.shape()).containsExactly(1, 28, 28);
        assertThat(result.perClass(Split.TRAIN))
                .containsExactly(5923L, 6742L, 5958L, 6131L, 5842L, 5421L, 5918L, 6265L, 5851L, 5949L);
        assertThat(result.perClass(Split.TEST))
                .containsExactly(980L, 1135L, 1032L, 1010L, 982L, 892L, 958L, 1028L, 974L, 1009L);
        assertThat(result.warnings()).isEmpty();
    }

    @Test
    void packsCifar10() throws Exception {
        var limits = new IngestLimits(
                100_000,
                1L << 30,
                200,
                10,
                io.lossforge.image.Limits.DEFAULT,
                Runtime.getRuntime().availableProcessors());
        var result = new Packs(directory, limits)
                .file("cifar10.zip", Files.readAllBytes(existing("cifar10-imagefolder.zip")))
                .pack();

        assertThat(result.shape()).containsExactly(3, 32, 32);
        assertThat(result.classes()).startsWith("airplane", "automobile").hasSize(10);
        assertThat(result.perClass(Split.TRAIN)).containsOnly(5000L);
        assertThat(result.perClass(Split.TEST)).containsOnly(1000L);
        assertThat(result.packed().bytes()).isEqualTo(60_000L * 3072 + 60_000L * 4 + 4 * 128);
    }

    private static Path existing(String name) {
        var path = DATA.resolve(name);
        assumeTrue(Files.exists(path), path + " is not there");
        return path;
    }
}
