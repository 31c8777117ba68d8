package io.lossforge.worker;

import io.lossforge.job.ClaimedJob;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/** Takes one job after another for a slot, and keeps a trainer ready while there is none. */
final class SlotLoop implements Runnable, Supervisor.TrainerSource {

    private static final Logger log = LoggerFactory.getLogger(SlotLoop.class);
    private static final Duration BEFORE_ANOTHER_STANDBY = Duration.ofSeconds(30);

    private final Slot slot;
    private final Worker worker;
    private final Trainers trainers;
    private final Supervisor supervisor;
    private final boolean keepsStandby;
    private @Nullable TrainerProcess standby;
    private long standbyNotBefore = System.nanoTime();
    private boolean databaseAway;

    SlotLoop(Slot slot, Worker worker, Trainers trainers, Supervisor supervisor, boolean keepsStandby) {
        this.slot = slot;
        this.worker = worker;
        this.trainers = trainers;
        this.supervisor = supervisor;
        this.keepsStandby = keepsStandby;
    }

    @Override
    public void run() {
        try {
            while (!worker.isStopping()) {
                var claimed = claim();
                if (claimed.isPresent()) {
                    var run = new JobRun(claimed.get(), slot);
                    worker.begin(run);
                    try {
                        supervisor.run(run, this);
                    } finally {
                        worker.end(run);
                    }
                } else {
                    prepareStandby();
                    worker.awaitWork();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            if (standby != null) {
                standby.close();
            }
        }
    }

    @Override
    public TrainerProcess take() throws IOException {
        var ready = standby;
        standby = null;
        if (ready != null && ready.isAlive()) {
            return ready;
        }
        if (ready != null) {
            ready.close();
        }
        return trainers.launch(slot);
    }

    @Override
    public TrainerProcess predictor() throws IOException {
        return trainers.launchPredictor(slot);
    }

    @Override
    public void nearlyFree() {
        prepareStandby();
    }

    private Optional<ClaimedJob> claim() {
        try {
            var claimed = worker.claim(slot);
            databaseAway = false;
            return claimed;
        } catch (DataAccessException | TransactionException e) {
            if (!databaseAway) {
                log.warn("The queue can't be read and is tried again: {}", e.getMessage());
                databaseAway = true;
            }
            return Optional.empty();
        }
    }

    private void prepareStandby() {
        if (!keepsStandby || System.nanoTime() - standbyNotBefore < 0) {
            return;
        }
        if (standby != null && !standby.isAlive()) {
            log.warn(
                    "The trainer kept ready for slot {} ended by itself; the next is started in {} s",
                    slot.number(),
                    BEFORE_ANOTHER_STANDBY.toSeconds());
            standby.close();
            standby = null;
            standbyNotBefore = System.nanoTime() + BEFORE_ANOTHER_STANDBY.toNanos();
            return;
        }
        if (standby == null) {
            try {
                standby = trainers.launch(slot);
            } catch (IOException e) {
                log.error("No trainer can be started for slot {}: {}", slot.number(), e.getMessage());
                standbyNotBefore = System.nanoTime() + BEFORE_ANOTHER_STANDBY.toNanos();
            }
        }
    }
}
