package io.lossforge.worker;

import io.lossforge.training.TrainerEvent;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Stores what waits in the spool, in a thread of its own: batches in the order in which things were said, again and again while the database is
 * away. Training and the conversation with the trainer go on meanwhile.
 */
final class Delivery implements AutoCloseable {

    private static final int LARGE_BATCH = 2_000;

    private final JobRun run;
    private final Spool spool;
    private final EventStore events;
    private final Duration flushInterval;
    private final Thread thread;
    private EventBatch batch = new EventBatch(0);
    private long flushAt;
    private boolean firstStepTold;
    private volatile @Nullable RuntimeException failure;

    Delivery(JobRun run, Spool spool, EventStore events, Duration flushInterval) {
        this.run = run;
        this.spool = spool;
        this.events = events;
        this.flushInterval = flushInterval;
        thread = new Thread(this::deliver, "events of " + run.claim());
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Does nothing while all is well.
     *
     * @throws io.lossforge.job.LeaseLost if the claim is no longer good
     * @throws Patience.GivenUp if the lease was lost, or the worker stops while the database is away
     */
    void check() {
        if (failure != null) {
            throw failure;
        }
    }

    /** Waits until all is stored; throws what {@link #check} does. */
    void finish() throws InterruptedException {
        spool.end();
        thread.join();
        check();
    }

    private void deliver() {
        try {
            scheduleFlush();
            while (!spool.isOver()) {
                var entry = spool.poll(Duration.ofNanos(Math.max(1, flushAt - System.nanoTime())));
                if (entry != null) {
                    take(entry);
                }
                if (System.nanoTime() - flushAt >= 0 || batch.size() >= LARGE_BATCH) {
                    flush();
                }
            }
            flush();
        } catch (RuntimeException e) {
            failure = e;
        } catch (InterruptedException e) {
            failure = new Patience.GivenUp();
        }
    }

    private void take(Spool.Entry entry) throws InterruptedException {
        var event = entry.event();
        if (event instanceof TrainerEvent.Started started) {
            flush();
            Patience.until(run, "noting the start", () -> events.started(run.claim(), started));
            var resumed = started.resumed();
            batch = new EventBatch(resumed == null ? 0 : resumed.points());
        } else if (event instanceof TrainerEvent.Predicting predicting) {
            flush();
            Patience.until(run, "noting the start", () -> events.predicting(run.claim(), predicting));
        } else if (event instanceof TrainerEvent.Progress progress) {
            batch.at(progress);
            if (!firstStepTold) {
                firstStepTold = true;
                flush();
            }
        } else if (event instanceof TrainerEvent.Metrics metrics) {
            batch.add(metrics.points(), entry.nanos());
        } else if (entry.line() != null) {
            batch.add(entry.line());
        }
    }

    private void flush() throws InterruptedException {
        if (!batch.isEmpty()) {
            Patience.until(run, "storing events", () -> events.store(run.claim(), batch));
            batch = new EventBatch(batch.pointsAfter());
        }
        scheduleFlush();
    }

    private void scheduleFlush() {
        flushAt = System.nanoTime() + flushInterval.toNanos();
    }

    /** Ends it, whatever it is doing. */
    @Override
    public void close() {
        spool.end();
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
