package io.lossforge.worker;

import io.lossforge.job.EndReason;
import io.lossforge.training.TrainerCommand;
import io.lossforge.training.TrainerEvent;
import io.lossforge.worker.TrainerProcess.Output;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Listens to the trainer of one attempt until it is gone, stores what it says, and passes orders on. Used by one thread. */
final class Conversation {

    private static final int LARGE_BATCH = 2_000;
    private static final double NEARLY_FREE_SECONDS = 3;

    private final JobRun run;
    private final TrainerProcess trainer;
    private final EventStore events;
    private final WorkerSettings settings;
    private final Runnable nearlyFree;
    private EventBatch batch = new EventBatch(0);
    private long flushAt;
    private long killAt = Long.MAX_VALUE;
    private @Nullable EndReason obeyed;
    private @Nullable TrainerEvent last;
    private boolean nearlyFreeSaid;
    private boolean firstStepTold;

    /** @param nearlyFree called once, when the end is a few seconds away */
    Conversation(JobRun run, TrainerProcess trainer, EventStore events, WorkerSettings settings, Runnable nearlyFree) {
        this.run = run;
        this.trainer = trainer;
        this.events = events;
        this.settings = settings;
        this.nearlyFree = nearlyFree;
    }

    /**
     * Follows the trainer to its end.
     *
     * @return its exit code
     * @throws io.lossforge.job.LeaseLost if the claim is no longer good; the trainer still runs then
     */
    int follow() throws InterruptedException {
        scheduleFlush();
        while (true) {
            obey();
            var output = trainer.poll(Duration.ofNanos(
                    Math.max(1, Math.min(settings.pollInterval().toNanos(), flushAt - System.nanoTime()))));
            if (output instanceof Output.Said said) {
                hear(said.event());
            } else if (output instanceof Output.Printed printed) {
                batch.add(printed.line());
            } else if (output instanceof Output.Exited exited) {
                trainer.crashReport().lines().forEach(batch::add);
                flush();
                return exited.code();
            }
            if (System.nanoTime() - flushAt >= 0 || batch.size() >= LARGE_BATCH) {
                flush();
            }
        }
    }

    /** The {@code finished}, {@code failed} or {@code stopped} that it said at the end; null if it said none. */
    @Nullable TrainerEvent last() {
        return last;
    }

    private void hear(TrainerEvent event) throws InterruptedException {
        if (event instanceof TrainerEvent.Started started) {
            flush();
            Patience.until(run, "noting the start", () -> events.started(run.claim(), started));
        } else if (event instanceof TrainerEvent.Progress progress) {
            batch.at(progress);
            if (!firstStepTold) {
                firstStepTold = true;
                flush();
            }
            if (!nearlyFreeSaid && progress.remainingSeconds() < NEARLY_FREE_SECONDS) {
                nearlyFreeSaid = true;
                nearlyFree.run();
            }
        } else if (event instanceof TrainerEvent.Metrics metrics) {
            batch.add(metrics.points());
        } else if (event instanceof TrainerEvent.Finished
                || event instanceof TrainerEvent.Failed
                || event instanceof TrainerEvent.Stopped) {
            last = event;
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
        flushAt = System.nanoTime() + settings.flushInterval().toNanos();
    }

    private void obey() {
        if (run.isLost()) {
            throw new Patience.GivenUp();
        }
        var order = run.order();
        if (order != null && order != obeyed) {
            trainer.send(order.isBreak() ? new TrainerCommand.Stop() : new TrainerCommand.Cancel());
            obeyed = order;
            if (killAt == Long.MAX_VALUE) {
                killAt = System.nanoTime() + settings.stopGrace().toNanos();
            }
        }
        if (obeyed != null && System.nanoTime() - killAt >= 0) {
            trainer.kill();
        }
    }
}
