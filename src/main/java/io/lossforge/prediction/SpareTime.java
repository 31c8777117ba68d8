package io.lossforge.prediction;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Whether the engine has time to spare: it did at most half of what it can for the last tenth of a second. For one thread. */
final class SpareTime {

    private static final long LOOKED_BACK = TimeUnit.MILLISECONDS.toNanos(100);
    private static final double MOST_BUSY = 0.5;

    private final LongSupplier busyNanoseconds;
    private final int atATime;
    private long asOf;
    private long busyThen;
    private double load;

    /**
     * @param busyNanoseconds of all predictions that have ended, together
     * @param atATime predictions that the engine can run side by side
     * @param now {@link System#nanoTime}
     */
    SpareTime(LongSupplier busyNanoseconds, int atATime, long now) {
        this.busyNanoseconds = busyNanoseconds;
        this.atATime = atATime;
        asOf = now;
        busyThen = busyNanoseconds.getAsLong();
    }

    boolean isLeft(long now) {
        if (now - asOf >= LOOKED_BACK) {
            long busy = busyNanoseconds.getAsLong();
            load = (busy - busyThen) / ((double) (now - asOf) * atATime);
            asOf = now;
            busyThen = busy;
        }
        return load <= MOST_BUSY;
    }
}
