package io.lossforge.drift;

import java.util.concurrent.TimeUnit;

/** How many samples may be looked at: {@link #PER_SECOND} over time, {@link #AT_ONCE} at most, so that watching costs little under any load. Safe for many threads. */
final class Allowance {

    static final int PER_SECOND = 100;
    static final int AT_ONCE = 1000;

    private static final double PER_NANOSECOND = PER_SECOND / (double) TimeUnit.SECONDS.toNanos(1);

    private double left = AT_ONCE;
    private long asOf;

    /** @param now {@link System#nanoTime} */
    Allowance(long now) {
        asOf = now;
    }

    /** Of so many samples, how many may be looked at now. */
    synchronized int take(int samples, long now) {
        left = Math.min(AT_ONCE, left + Math.max(0, now - asOf) * PER_NANOSECOND);
        asOf = now;
        int taken = (int) Math.min(samples, left);
        left -= taken;
        return taken;
    }
}
