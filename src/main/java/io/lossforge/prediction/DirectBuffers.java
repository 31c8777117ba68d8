package io.lossforge.prediction;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.ArrayBlockingQueue;

/** Direct memory to use again, since allocating it is slow and freeing it waits for the garbage collector. Safe for several threads. */
final class DirectBuffers {

    /** Larger ones are not kept. */
    static final int LARGEST_KEPT = 1 << 20;

    private static final int SMALLEST = 1 << 16;

    private final ArrayBlockingQueue<ByteBuffer> free;

    DirectBuffers(int most) {
        free = new ArrayBlockingQueue<>(most);
    }

    /** An empty buffer in native byte order. */
    ByteBuffer take(int capacity) {
        if (capacity <= LARGEST_KEPT) {
            var kept = free.poll();
            if (kept != null && kept.capacity() >= capacity) {
                return kept.clear();
            }
        }
        return ByteBuffer.allocateDirect(Math.max(capacity, SMALLEST)).order(ByteOrder.nativeOrder());
    }

    /** Takes back a buffer that nobody uses any more. */
    void give(ByteBuffer buffer) {
        if (buffer.capacity() <= LARGEST_KEPT) {
            free.offer(buffer);
        }
    }
}
