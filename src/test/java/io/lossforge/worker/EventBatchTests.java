package io.lossforge.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossforge.training.MetricPoint;
import io.lossforge.training.TrainerEvent;
import io.lossforge.worker.EventBatch.Entry;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventBatchTests {

    private static final MetricPoint LOSS = new MetricPoint("train", "loss", 1, 10, 0.5);

    @Test
    void keepsTheOrderOfPointsAndLines() {
        var batch = new EventBatch(5);
        batch.add("one");
        batch.add("two");
        batch.add(List.of(LOSS), 0);
        batch.add("three");
        var entries = batch.entries();
        assertThat(entries).hasSize(3);
        assertThat(entries.get(0)).isEqualTo(new Entry.Lines("one\ntwo\n"));
        assertThat(entries.get(1))
                .isInstanceOfSatisfying(
                        Entry.Point.class, point -> assertThat(point.point()).isEqualTo(LOSS));
        assertThat(entries.get(2)).isEqualTo(new Entry.Lines("three\n"));
        assertThat(batch.pointsAfter()).isEqualTo(6);
    }

    @Test
    void leavesOutValuesThatAreNoNumbers() {
        var batch = new EventBatch(0);
        batch.add(List.of(new MetricPoint("train", "loss", 1, 10, Double.NaN), LOSS), 0);
        assertThat(batch.entries()).hasSize(1);
        assertThat(batch.pointsAfter()).isEqualTo(1);
    }

    @Test
    void onlyTheNewestProgressCounts() {
        var batch = new EventBatch(0);
        assertThat(batch.isEmpty()).isTrue();
        batch.at(new TrainerEvent.Progress(1, 9, 1, 90, 0.01, 1, 1));
        var newest = new TrainerEvent.Progress(1, 9, 2, 90, 0.02, 1, 1);
        batch.at(newest);
        assertThat(batch.isEmpty()).isFalse();
        assertThat(batch.progress()).isEqualTo(newest);
    }

    @Test
    void staysSmallWhenATrainerPrintsWithoutEnd() {
        var batch = new EventBatch(0);
        for (int i = 0; i < 100_000; i++) {
            batch.add("x".repeat(100));
        }
        var text = new StringBuilder();
        batch.entries().forEach(entry -> text.append(((Entry.Lines) entry).text()));
        assertThat(text.length()).isLessThan(300_000);
        assertThat(text.toString()).endsWith("97405 lines left out: the trainer printed too fast\n");
    }

    @Test
    void textIsWhatTheDatabaseTakes() {
        var batch = new EventBatch(0);
        batch.add("a\0b");
        assertThat(batch.entries()).containsExactly(new Entry.Lines("a\ufffdb\n"));
    }
}
