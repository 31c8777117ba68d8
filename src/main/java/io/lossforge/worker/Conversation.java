package io.lossforge.worker;

import io.lossforge.job.EndReason;
import io.lossforge.training.TrainerCommand;
import io.lossforge.training.TrainerEvent;
import io.lossforge.worker.TrainerProcess.Output;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Listens to the trainer of one attempt until it is gone, has what it says stored, and passes orders on. Used by one thread. */
final class Conversation implements AutoCloseable {

    private static final double NEARLY_FREE_SECONDS = 3;

    private final JobRun run;
    private final TrainerProcess trainer;
    private final WorkerSettings settings;
    private final Consumer<TrainerEvent.Checkpoint> checkpoints;
    private final Runnable nearlyFree;
    private final Spool spool;
    private final Delivery delivery;
    private long killAt = Long.MAX_VALUE;
    private @Nullable EndReason obeyed;
    private @Nullable TrainerEvent last;
    private boolean nearlyFreeSaid;

    /**
     * @param directory for what can't be stored at once
     * @param checkpoints takes each checkpoint, at once
     * @param nearlyFree called once, when the end is a few seconds away
     */
    Conversation(
            JobRun run,
            TrainerProcess trainer,
            EventStore events,
            WorkerSettings settings,
            Path directory,
            Consumer<TrainerEvent.Checkpoint> checkpoints,
            Runnable nearlyFree) {
        this.run = run;
        this.trainer = trainer;
        this.settings = settings;
        this.checkpoints = checkpoints;
        this.nearlyFree = nearlyFree;
        spool = new Spool(
                directory.resolve("events.spool"), settings.spoolLimit().toBytes());
        delivery = new Delivery(run, spool, events, settings.flushInterval());
    }

    /**
     * Follows the trainer to its end, and until all that it said is stored.
     *
     * @param notes lines for the job's log before those of the trainer
     * @return its exit code
     * @throws io.lossforge.job.LeaseLost if the claim is no longer good; the trainer still runs then
     */
    int follow(List<String> notes) throws InterruptedException {
        for (var note : notes) {
            keep(null, note);
        }
        while (true) {
            obey();
            var output = trainer.poll(settings.pollInterval());
            if (output instanceof Output.Said said) {
                hear(said.event());
            } else if (output instanceof Output.Printed printed) {
                keep(null, printed.line());
            } else if (output instanceof Output.Exited exited) {
                for (var line : trainer.crashReport().lines().toList()) {
                    keep(null, line);
                }
                delivery.finish();
                return exited.code();
            }
        }
    }

    /** The {@code finished}, {@code predicted}, {@code failed} or {@code stopped} that it said at the end; null if it said none. */
    @Nullable TrainerEvent last() {
        return last;
    }

    private void hear(TrainerEvent event) throws InterruptedException {
        if (event instanceof TrainerEvent.Finished
                || event instanceof TrainerEvent.Predicted
                || event instanceof TrainerEvent.Failed
                || event instanceof TrainerEvent.Stopped) {
            last = event;
            return;
        }
        if (event instanceof TrainerEvent.Checkpoint checkpoint) {
            checkpoints.accept(checkpoint);
            return;
        }
        if (event instanceof TrainerEvent.Progress progress
                && !nearlyFreeSaid
                && progress.remainingSeconds() < NEARLY_FREE_SECONDS) {
            nearlyFreeSaid = true;
            nearlyFree.run();
        }
        keep(event, null);
    }

    /** While there is no room the trainer is not listened to, so it waits; orders still reach it. */
    private void keep(@Nullable TrainerEvent event, @Nullable String line) throws InterruptedException {
        var entry = new Spool.Entry(System.nanoTime(), event, line);
        while (!spool.offer(entry)) {
            obey();
            Thread.sleep(settings.pollInterval().toMillis());
        }
    }

    private void obey() {
        if (run.isLost()) {
            throw new Patience.GivenUp();
        }
        delivery.check();
        var order = run.order();
        if (order != null && order != obeyed) {
            trainer.send(order.goesOn() ? new TrainerCommand.Stop() : new TrainerCommand.Cancel());
            obeyed = order;
            if (killAt == Long.MAX_VALUE) {
                killAt = System.nanoTime() + settings.stopGrace().toNanos();
            }
        }
        if (obeyed != null && System.nanoTime() - killAt >= 0) {
            trainer.kill();
        }
    }

    @Override
    public void close() {
        delivery.close();
        spool.close();
    }
}
