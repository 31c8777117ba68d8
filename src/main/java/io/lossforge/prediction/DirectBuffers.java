package io.lossforge.prediction;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;

/** Direct memory to use again, since allocating it is slow and freeing it waits for the garbage collector. Safe for several threads, none of which waits for another. */
final class DirectBuffers {

    /** Larger ones are not kept. */
    static final int LARGEST_KEPT = 1 << 20;

    private static final int SMALLEST = 1 << 16;

    private final int most;
    private final ConcurrentLinkedDeque<ByteBuffer> free = new ConcurrentLinkedDeque<>();
    private final AtomicInteger kept = new AtomicInteger();

    DirectBuffers(int most) {
        this.most = most;
    }

    /** An empty buffer in native byte order. */
    ByteBuffer take(int capacity) {
        if (capacity <= LARGEST_KEPT) {
            var last = free.poll();
            if (last != null) {
                kept.decrementAndGet();
                if (last.capacity() >= capacity) {
                    return last.clear();
                }
            }
        }
        return ByteBuffer.allocateDirect(Math.max(capacity, SMALLEST)).order(ByteOrder.nativeOrder());
    }

    /** Takes back a buffer that nobody uses any more. */
    void give(ByteBuffer buffer) {
        if (buffer.capacity() <= LARGEST_KEPT) {
            if (kept.incrementAndGet() <= most) {
                free.push(buffer);
            } else {
                kept.decrementAndGet();
            }
        }
    }
}
