package io.lossforge.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import io.lossforge.analysis.SplitLogits;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputsTests {

    @TempDir
    Path directory;

    @Test
    void comesBackAsItWasWritten() throws IOException {
        var outputs = new Outputs(
                List.of(
                        new SplitLogits("train", new float[] {1, -2, 3, 4}, new int[] {1, 0}, 20),
                        new SplitLogits("test", new float[] {0.5f, 0}, new int[] {1}, 3)),
                new int[] {0, 1, 1},
                new int[] {1, 1, 0});
        SafeTensors.Written written;
        try (var manager = NDManager.newBaseManager()) {
            written = outputs.write(directory, manager);
        }
        var bytes = Files.readAllBytes(directory.resolve(Outputs.FILE));
        assertThat(written.bytes()).isEqualTo(bytes.length);
        assertThat(written.sha256()).isEqualTo(Digests.sha256(bytes));
        assertThat(Outputs.read(new ByteArrayInputStream(bytes)))
                .usingRecursiveComparison()
                .isEqualTo(outputs);
        assertThat(Outputs.testCorrect(directory.resolve(Outputs.FILE))).isEqualTo(BitSet.valueOf(new long[] {0b010}));
        for (int length : new int[] {0, 7, 40, bytes.length - 1}) {
            var part = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> Outputs.read(new ByteArrayInputStream(part)))
                    .as("%d bytes", length)
                    .isInstanceOf(IOException.class);
            Files.write(directory.resolve("part"), part);
            assertThatThrownBy(() -> Outputs.testCorrect(directory.resolve("part")))
                    .as("%d bytes", length)
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void withoutATestSplitThereIsNothingRightOrWrong() throws IOException {
        var outputs = new Outputs(
                List.of(new SplitLogits("train", new float[] {1, 2}, new int[] {1}, 1)), new int[0], new int[0]);
        try (var manager = NDManager.newBaseManager()) {
            outputs.write(directory, manager);
        }
        assertThat(Outputs.testCorrect(directory.resolve(Outputs.FILE))).isNull();
    }

    @Test
    void keepsTheSamePartOfEachClass() {
        var labels = IntStream.range(0, 1000).map(i -> i % 10 == 0 ? 1 : 0).toArray();
        labels[999] = 2;
        var kept = new KeptLogits("train", labels, 3, 600);
        for (int i = 0; i < labels.length; i++) {
            kept.add(i, labels[i], new float[] {9, i, labels[i], -i}, 1);
        }
        var logits = kept.logits();
        assertThat(logits.samples()).isEqualTo(1000);
        assertThat(Arrays.stream(logits.labels()).filter(label -> label == 0)).hasSize(179);
        assertThat(Arrays.stream(logits.labels()).filter(label -> label == 1)).hasSize(20);
        assertThat(Arrays.stream(logits.labels()).filter(label -> label == 2)).hasSize(1);
        for (int i = 0; i < logits.labels().length; i++) {
            assertThat(logits.logits()[3 * i + 1]).isEqualTo(logits.labels()[i]);
            assertThat(logits.logits()[3 * i + 2]).isEqualTo(-logits.logits()[3 * i]);
        }
    }

    @Test
    void countsTheStepsThatMeetEachClass() {
        var draws = Draws.of(new int[] {0, 1, 2, 3, 0, 4}, new int[] {0, 0, 1, 2, 2}, 4, new Timetable(6, 2, 1));
        assertThat(draws.samples()).containsExactly(3, 1, 2, 0);
        assertThat(draws.presence()).containsExactly(2 / 3.0, 1 / 3.0, 2 / 3.0, 0);
    }
}
