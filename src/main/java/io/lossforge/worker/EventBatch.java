package io.lossforge.worker;

import io.lossforge.training.MetricPoint;
import io.lossforge.training.TrainerEvent;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a trainer said since it was last stored, in order. Used by one thread. */
final class EventBatch {

    private static final int LONGEST_CHUNK = 16 << 10;
    private static final int MOST_LOG = 256 << 10;

    private final long firstPoint;
    private final List<Entry> entries = new ArrayList<>();
    private TrainerEvent.@Nullable Progress progress;
    private StringBuilder lines = new StringBuilder();
    private int points;
    private int logSize;
    private int linesLeftOut;
    private long lastSequence;

    /** @param firstPoint how many points the attempt had before this batch */
    EventBatch(long firstPoint) {
        this.firstPoint = firstPoint;
    }

    /** One thing to be stored under a number of the job's sequence. */
    sealed interface Entry {

        /** @param nanos when it came, by {@link System#nanoTime} */
        record Point(MetricPoint point, long nanos) implements Entry {}

        /** @param text whole lines */
        record Lines(String text) implements Entry {}
    }

    /**
     * Adds points; a value that is no finite number is left out, since JSON has none.
     *
     * @param nanos when they came, by {@link System#nanoTime}
     */
    void add(List<MetricPoint> measured, long nanos) {
        closeLines();
        for (var point : measured) {
            if (Double.isFinite(point.value())) {
                entries.add(new Entry.Point(point, nanos));
                points++;
            }
        }
    }

    /** Adds a line of the log; when too many come at once, some are left out and counted. */
    void add(String line) {
        if (logSize + line.length() > MOST_LOG) {
            linesLeftOut++;
            return;
        }
        logSize += line.length() + 1;
        lines.append(line.replace('\0', '\ufffd')).append('\n');
        if (lines.length() >= LONGEST_CHUNK) {
            closeLines();
        }
    }

    /** The newest position is all that counts. */
    void at(TrainerEvent.Progress now) {
        progress = now;
    }

    boolean isEmpty() {
        return entries.isEmpty() && lines.isEmpty() && linesLeftOut == 0 && progress == null;
    }

    int size() {
        return entries.size();
    }

    /** How many points of the attempt came before this batch. */
    long firstPoint() {
        return firstPoint;
    }

    /** How many points of the attempt there are with this batch. */
    long pointsAfter() {
        return firstPoint + points;
    }

    /** The number under which the last entry was to be stored, by the newest try; 0 before the first. */
    long lastSequence() {
        return lastSequence;
    }

    /** Notes under which number the last entry is about to be stored. */
    void numbered(long lastSequence) {
        this.lastSequence = lastSequence;
    }

    TrainerEvent.@Nullable Progress progress() {
        return progress;
    }

    /** Everything, in order. */
    List<Entry> entries() {
        if (linesLeftOut > 0) {
            lines.append("… %d lines left out: the trainer printed too fast%n".formatted(linesLeftOut));
            linesLeftOut = 0;
        }
        closeLines();
        return entries;
    }

    private void closeLines() {
        if (!lines.isEmpty()) {
            entries.add(new Entry.Lines(lines.toString()));
            lines = new StringBuilder();
        }
    }
}
