package io.lossforge.prediction;

import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Room for predictions: how many may be under way at a time. A thread may take a place before the rest of a request is looked at; the
 * prediction that it then makes has that place and takes no other. Safe for many threads.
 */
final class Places {

    private final int most;
    private final Semaphore free;
    private final ThreadLocal<@Nullable Place> reserved = new ThreadLocal<>();

    Places(int most) {
        this.most = most;
        this.free = new Semaphore(most);
    }

    /** One place. Closing it again does nothing. */
    final class Place implements AutoCloseable {

        private boolean taken = true;

        private Place() {}

        @Override
        public void close() {
            if (taken) {
                taken = false;
                free.release();
            }
        }
    }

    int most() {
        return most;
    }

    int taken() {
        return most - free.availablePermits();
    }

    /** Takes a place for the prediction that this thread makes before {@link #endReservation}; false if there is none. */
    boolean reserve() {
        if (!free.tryAcquire()) {
            return false;
        }
        reserved.set(new Place());
        return true;
    }

    /** Frees this thread's place if no prediction has taken it. */
    void endReservation() {
        var place = reserved.get();
        if (place != null) {
            reserved.remove();
            place.close();
        }
    }

    /** The place that this thread has reserved, else another; null if there is none. */
    @Nullable Place take() {
        var mine = reserved.get();
        if (mine != null) {
            reserved.remove();
            return mine;
        }
        return free.tryAcquire() ? new Place() : null;
    }
}
