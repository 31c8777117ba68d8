package io.lossforge.prediction;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** What has been asked of a model, and where the time went. Safe for many threads; what is read while others write may be of different moments. */
final class ModelStatistics {

    /** How often, and how long together. */
    static final class Total {

        private final LongAdder count = new LongAdder();
        private final LongAdder nanoseconds = new LongAdder();

        private void add(long took) {
            count.increment();
            nanoseconds.add(took);
        }

        long count() {
            return count.sum();
        }

        long nanoseconds() {
            return nanoseconds.sum();
        }
    }

    private final Total succeeded = new Total();
    private final Total failed = new Total();
    private final Total prepared = new Total();
    private final Total queued = new Total();
    private final Total runs = new Total();
    private final LongAdder samples = new LongAdder();
    private final Map<Integer, Total> bySamples = new ConcurrentHashMap<>();
    private volatile long lastEnded;

    void prepared(long nanoseconds) {
        prepared.add(nanoseconds);
    }

    void queued(long nanoseconds) {
        queued.add(nanoseconds);
    }

    /** A run of the engine with so many samples. */
    void ran(int samplesInIt, long nanoseconds) {
        runs.add(nanoseconds);
        samples.add(samplesInIt);
        bySamples.computeIfAbsent(samplesInIt, any -> new Total()).add(nanoseconds);
    }

    /** A request, in all. */
    void ended(boolean well, long nanoseconds) {
        (well ? succeeded : failed).add(nanoseconds);
        lastEnded = System.currentTimeMillis();
    }

    Total succeeded() {
        return succeeded;
    }

    Total failed() {
        return failed;
    }

    /** Reading of bodies. */
    Total prepared() {
        return prepared;
    }

    /** From a request's last byte until its first sample is in a run. */
    Total queued() {
        return queued;
    }

    Total runs() {
        return runs;
    }

    long samples() {
        return samples.sum();
    }

    /** Runs by the number of samples in them. */
    SortedMap<Integer, Total> bySamples() {
        return new TreeMap<>(bySamples);
    }

    /** When the last request ended, milliseconds since 1970; 0 for never. */
    long lastEnded() {
        return lastEnded;
    }
}
