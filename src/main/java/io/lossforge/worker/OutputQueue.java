package io.lossforge.worker;

import io.lossforge.worker.TrainerProcess.Output;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a trainer said, until somebody takes it: bounded in number and in size. Whoever brings more waits, and so does training. Safe for
 * several threads.
 */
final class OutputQueue {

    static final int MOST = 1_000;
    static final long MOST_CHARACTERS = 4 << 20;

    private record Waiting(Output output, int characters) {}

    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private long characters;
    private boolean closed;

    /**
     * Waits for room, and adds. What is larger than all the room goes in alone; after {@link #close} everything is dropped.
     *
     * @param size of the output, in characters
     */
    synchronized void put(Output output, int size) throws InterruptedException {
        while (!closed && !hasRoom(size)) {
            wait();
        }
        if (!closed) {
            waiting.add(new Waiting(output, size));
            characters += size;
            notifyAll();
        }
    }

    /** The next one; null if none came in time. */
    synchronized @Nullable Output poll(Duration timeout) throws InterruptedException {
        long end = System.nanoTime() + timeout.toNanos();
        while (waiting.isEmpty()) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                return null;
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        var next = waiting.remove();
        characters -= next.characters();
        notifyAll();
        return next.output();
    }

    /** Drops what is there and what comes. */
    synchronized void close() {
        closed = true;
        waiting.clear();
        notifyAll();
    }

    private boolean hasRoom(int size) {
        return waiting.isEmpty() || waiting.size() < MOST && characters + size <= MOST_CHARACTERS;
    }
}
