package io.lossforge.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossforge.training.MetricPoint;
import io.lossforge.training.TrainerEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolTests {

    @TempDir
    Path directory;

    private static Spool.Entry event(int step) {
        return new Spool.Entry(
                step, new TrainerEvent.Metrics(List.of(new MetricPoint("train", "loss", 1, step, 0.1 * step))), null);
    }

    @Test
    void keepsTheOrderThroughMemoryAndFileAndBack() throws Exception {
        var file = directory.resolve("spool");
        try (var spool = new Spool(file, 1 << 20)) {
            for (int round = 0; round < 2; round++) {
                var offered = new ArrayList<Spool.Entry>();
                for (int i = 0; i < 3_000; i++) {
                    var entry = i % 3 == 0 ? new Spool.Entry(i, null, "line ü\n" + i) : event(i);
                    assertThat(spool.offer(entry)).isTrue();
                    offered.add(entry);
                }
                assertThat(spool.bytesInFile()).isPositive();
                var polled = new ArrayList<Spool.Entry>();
                while (polled.size() < offered.size()) {
                    polled.add(spool.poll(Duration.ZERO));
                }
                assertThat(polled).isEqualTo(offered);
                assertThat(Files.size(file)).as("room is given back").isZero();
            }
            assertThat(spool.poll(Duration.ZERO)).isNull();
            assertThat(spool.isOver()).isFalse();
            spool.end();
            assertThat(spool.isOver()).isTrue();
        }
    }

    @Test
    void refusesWhatDoesNotFitAndLosesNothing() throws Exception {
        try (var spool = new Spool(directory.resolve("spool"), 10_000)) {
            int taken = 0;
            while (spool.offer(event(taken))) {
                taken++;
            }
            assertThat(spool.bytesInFile()).isLessThanOrEqualTo(10_000);
            for (int i = 0; i < taken; i++) {
                assertThat(spool.poll(Duration.ZERO)).isEqualTo(event(i));
            }
            assertThat(spool.offer(event(taken))).isTrue();
        }
    }

    @Test
    void aFileThatCannotBeWrittenIsAFullOne() throws IOException {
        try (var spool = new Spool(directory.resolve("missing/spool"), 10_000)) {
            int taken = 0;
            while (spool.offer(event(taken))) {
                taken++;
            }
            assertThat(taken).isEqualTo(1_000);
        }
    }
}
