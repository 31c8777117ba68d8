package io.lossforge.worker;

import io.lossforge.job.JobCheckpoints;
import io.lossforge.job.LeaseLost;
import io.lossforge.storage.Blobs;
import io.lossforge.storage.NoSuchBlob;
import io.lossforge.storage.Storage;
import io.lossforge.training.TrainerEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * Brings the checkpoints of one attempt from the trainer's directory into the blob storage, in a thread of its own: training waits for neither
 * storage nor database. Only the newest counts; one that a newer follows before it is stored is left out.
 */
final class CheckpointUploads implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(CheckpointUploads.class);
    private static final long FIRST_WAIT_MILLIS = 50;
    private static final long LONGEST_WAIT_MILLIS = 2_000;

    private final JobRun run;
    private final JobCheckpoints checkpoints;
    private final Blobs blobs;
    private final Storage storage;
    private final Path output;
    private final int threads;
    private final Thread thread;
    private TrainerEvent.@Nullable Checkpoint newest;
    private boolean busy;
    private boolean over;
    private boolean awaySaid;

    /**
     * @param output the trainer's directory
     * @param threads of the trainer's engine
     */
    CheckpointUploads(JobRun run, JobCheckpoints checkpoints, Blobs blobs, Storage storage, Path output, int threads) {
        this.run = run;
        this.checkpoints = checkpoints;
        this.blobs = blobs;
        this.storage = storage;
        this.output = output;
        this.threads = threads;
        thread = new Thread(this::upload, "checkpoints of " + run.claim());
        thread.setDaemon(true);
        thread.start();
    }

    /** Takes the newest checkpoint. */
    synchronized void offer(TrainerEvent.Checkpoint checkpoint) {
        newest = checkpoint;
        notifyAll();
    }

    /**
     * Waits until the newest is stored.
     *
     * @return false if it is not, but time is up or the lease was lost
     */
    synchronized boolean await(Duration timeout) throws InterruptedException {
        long end = System.nanoTime() + timeout.toNanos();
        while ((newest != null || busy) && !over) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        return newest == null && !busy;
    }

    private void upload() {
        try {
            while (true) {
                store(take());
                done();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (LeaseLost e) {
            log.debug("{}: its checkpoints are not stored any more", run.claim());
        } catch (RuntimeException e) {
            log.error("{}: its checkpoints can't be stored; training goes on without them", run.claim(), e);
        } finally {
            over();
        }
    }

    private synchronized void over() {
        over = true;
        notifyAll();
    }

    private synchronized TrainerEvent.Checkpoint take() throws InterruptedException {
        while (newest == null) {
            wait();
        }
        var taken = newest;
        newest = null;
        busy = true;
        return taken;
    }

    private synchronized void done() {
        busy = false;
        notifyAll();
    }

    private synchronized boolean isSuperseded() {
        return newest != null;
    }

    private void store(TrainerEvent.Checkpoint checkpoint) throws InterruptedException {
        long wait = FIRST_WAIT_MILLIS;
        while (!isSuperseded()) {
            try {
                if (tryToStore(checkpoint)) {
                    awaySaid = false;
                    return;
                }
            } catch (DataAccessException | TransactionException | UncheckedIOException e) {
                if (!Files.exists(output.resolve(checkpoint.file()))) {
                    return; // two newer ones are there
                }
                if (!awaySaid) {
                    log.warn(
                            "{}: its checkpoint after step {} can't be stored now and is tried again: {}",
                            run.claim(),
                            checkpoint.step(),
                            e.getMessage());
                    awaySaid = true;
                }
            }
            Thread.sleep(wait);
            wait = Math.min(LONGEST_WAIT_MILLIS, 2 * wait);
        }
    }

    private boolean tryToStore(TrainerEvent.Checkpoint checkpoint) {
        var key = JobCheckpoints.key(run.claim(), checkpoint.sha256());
        if (!storage.exists(key)) {
            var stored = blobs.put(key, output.resolve(checkpoint.file()));
            if (!stored.sha256().equals(checkpoint.sha256())) {
                storage.delete(key);
                throw new UncheckedIOException(new IOException("the file on disk is not what the trainer wrote"));
            }
        }
        try {
            return checkpoints.add(run.claim(), checkpoint, run.slot().deviceName(), threads);
        } catch (NoSuchBlob e) { // it waited for its points longer than bytes wait for their row
            return false;
        } catch (LeaseLost e) {
            storage.delete(key);
            throw e;
        }
    }

    @Override
    public void close() {
        end();
    }

    /** Ends it, whatever it is doing. Again is fine. */
    void end() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
