package io.lossforge.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every format keeps. A format's test gives one dataset in its form: ten training samples and two test samples of two classes.
 */
abstract class DatasetFormatContract {

    private static final int FLIPS = 50;

    @TempDir
    Path directory;

    /** The format's name. */
    abstract String format();

    /** The files, by name. */
    abstract Map<String, byte[]> files();

    /** What the files need to be said about them. */
    Packs options(Packs packs) {
        return packs;
    }

    private Packs packs(Map<String, byte[]> files) {
        var packs = options(new Packs(directory));
        files.forEach(packs::file);
        return packs;
    }

    @Test
    void isRecognisedByContentWhateverItsName() throws Exception {
        var renamed = new LinkedHashMap<String, byte[]>();
        files().forEach((name, content) -> renamed.put(name.replaceAll("\\.[a-z0-9.]+$", ".pdf"), content));

        assertThat(packs(renamed).pack().format()).isEqualTo(format());
    }

    @Test
    void packsBothSplits() throws Exception {
        var result = packs(files()).pack();
        var manifest = result.packed().manifest();

        assertThat(manifest.splits().train().count()).isEqualTo(10);
        assertThat(manifest.splits().test().count()).isEqualTo(2);
        assertThat(result.classes()).hasSize(2);
        assertThat(result.perClass(Split.TRAIN)).doesNotContain(0L);
        assertThat(result.labels(Split.TRAIN)).hasSize(10);
        assertThat(result.header("train-inputs.npy"))
                .contains("'shape': (10, "
                        + String.join(
                                ", ",
                                result.shape().stream().map(String::valueOf).toList()));
        try (var packed = Files.list(result.packed().directory())) {
            assertThat(packed.map(path -> String.valueOf(path.getFileName())))
                    .containsExactlyInAnyOrder(
                            "manifest.json",
                            "train-inputs.npy",
                            "train-labels.npy",
                            "test-inputs.npy",
                            "test-labels.npy");
        }
    }

    @Test
    void sameBytesGiveSameContent() throws Exception {
        assertThat(packs(files()).pack().packed().sha256())
                .isEqualTo(packs(files()).pack().packed().sha256());
    }

    @Test
    void refusesEveryFileCutOff() {
        files().forEach((cutName, whole) -> {
            for (int percent : new int[] {0, 1, 31, 61, 96}) {
                var files = new LinkedHashMap<>(files());
                var cut = Arrays.copyOf(whole, whole.length * percent / 100);
                files.put(cutName, cut);
                assertThatThrownBy(() -> packs(files).pack())
                        .as("%s cut to %d of %d bytes", cutName, cut.length, whole.length)
                        .isInstanceOf(RefusedUpload.class);
            }
        });
    }

    @Test
    void damageIsRefusedOrHarmless() throws Exception {
        var random = new Random(1);
        for (int i = 0; i < FLIPS; i++) {
            var files = new LinkedHashMap<>(files());
            files.replaceAll((name, content) -> {
                var damaged = content.clone();
                damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
                return damaged;
            });
            try {
                packs(files).pack();
            } catch (RefusedUpload e) {
                assertThat(e.detail()).isNotBlank();
                assertThat(e.pointer()).startsWith("/");
            }
        }
    }
}
