package io.lossforge.worker;

import io.lossforge.training.TrainerEvent;
import io.lossforge.training.TrainerJson;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a trainer said and nobody has stored yet, in order: a few entries in memory, and when those become many, since the database is away,
 * the rest in a file of bounded size. When that is full too, or can't be written, nothing more is taken and training waits, so that nothing is lost. Safe for
 * one thread that offers and one that polls.
 */
final class Spool implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Spool.class);

    private static final int IN_MEMORY = 1_000;
    private static final int HEADER = Long.BYTES + Byte.BYTES + Integer.BYTES;

    private final Path file;
    private final long mostBytes;
    private final Deque<Entry> memory = new ArrayDeque<>();
    private @Nullable FileChannel channel;
    private long readAt;
    private long writeAt;
    private boolean ended;
    private boolean fullSaid;

    /**
     * One thing that was said.
     *
     * @param nanos when it came, by {@link System#nanoTime}
     * @param event null for a line of the log
     * @param line of the log; null for an event
     */
    record Entry(
            long nanos,
            @Nullable TrainerEvent event,
            @Nullable String line) {}

    /**
     * @param file made when it is needed
     * @param mostBytes of the file
     */
    Spool(Path file, long mostBytes) {
        this.file = file;
        this.mostBytes = mostBytes;
    }

    /** Takes an entry; false if there is no room for it now. */
    synchronized boolean offer(Entry entry) {
        if (readAt == writeAt && memory.size() < IN_MEMORY) {
            memory.add(entry);
        } else if (!write(entry)) {
            return false;
        }
        notifyAll();
        return true;
    }

    /** The next entry; null if none came in time. */
    synchronized @Nullable Entry poll(Duration timeout) throws InterruptedException {
        long end = System.nanoTime() + timeout.toNanos();
        while (isEmpty() && !ended) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                return null;
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        var first = memory.poll();
        return first != null || readAt == writeAt ? first : read();
    }

    /** Nothing more will be offered. */
    synchronized void end() {
        ended = true;
        notifyAll();
    }

    /** Whether nothing is left and nothing more will come. */
    synchronized boolean isOver() {
        return ended && isEmpty();
    }

    /** Bytes that wait in the file. */
    synchronized long bytesInFile() {
        return writeAt - readAt;
    }

    private boolean isEmpty() {
        return memory.isEmpty() && readAt == writeAt;
    }

    private boolean write(Entry entry) {
        var text = entry.event() == null ? String.valueOf(entry.line()) : TrainerJson.write(entry.event());
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        if (writeAt + HEADER + bytes.length > mostBytes) {
            return full("it has grown to %,d bytes".formatted(writeAt));
        }
        var record = ByteBuffer.allocate(HEADER + bytes.length)
                .putLong(entry.nanos())
                .put((byte) (entry.event() == null ? 0 : 1))
                .putInt(bytes.length)
                .put(bytes)
                .flip();
        try {
            long at = writeAt;
            while (record.hasRemaining()) {
                at += channel().write(record, at);
            }
            writeAt = at;
            return true;
        } catch (IOException e) {
            return full(e.getMessage()); // what was written of it is written over
        }
    }

    private boolean full(@Nullable String why) {
        if (!fullSaid) {
            log.warn("No more events fit into {}: {}; training waits until they can be stored", file, why);
            fullSaid = true;
        }
        return false;
    }

    private Entry read() {
        try {
            var header = read(HEADER);
            long nanos = header.getLong();
            boolean isEvent = header.get() == 1;
            var text = StandardCharsets.UTF_8.decode(read(header.getInt())).toString();
            if (readAt == writeAt) {
                readAt = 0;
                writeAt = 0;
                channel().truncate(0);
                fullSaid = false;
            }
            return isEvent ? new Entry(nanos, TrainerJson.readEvent(text), null) : new Entry(nanos, null, text);
        } catch (IOException e) {
            throw new IllegalStateException("events that wait on disk can't be read", e);
        }
    }

    private ByteBuffer read(int length) throws IOException {
        var bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining()) {
            int count = channel().read(bytes, readAt);
            if (count < 0) {
                throw new IOException("the file is cut short");
            }
            readAt += count;
        }
        return bytes.flip();
    }

    private FileChannel channel() throws IOException {
        if (channel == null) {
            channel = FileChannel.open(
                    file,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE);
        }
        return channel;
    }

    @Override
    public synchronized void close() {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            log.debug("closing {}", file, e);
        }
    }
}
