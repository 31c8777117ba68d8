package io.lossforge.retention;

import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import io.lossforge.storage.BlobsReleased;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.event.TransactionPhase;
import org.springframework.transaction.event.TransactionalEventListener;

/**
 * Sweeps now and then, and at once when blobs were released by this process. On a thread of its own, since a sweep may take long; any number of
 * processes may do so at once.
 */
@Component
@ConditionalOnRole(Role.SERVER)
class Sweeper implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(Sweeper.class);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(10);

    private final Sweep sweep;
    private final Duration every;
    private final Semaphore news = new Semaphore(0);
    private volatile boolean running;
    private boolean away;

    Sweeper(Sweep sweep, RetentionSettings settings) {
        this.sweep = sweep;
        this.every = settings.sweepEvery();
    }

    @TransactionalEventListener(phase = TransactionPhase.AFTER_COMMIT)
    void on(BlobsReleased released) {
        news.release();
    }

    @Override
    public void start() {
        running = true;
        var thread = new Thread(this::run, "retention");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void stop() {
        running = false;
        news.release();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    private void run() {
        try {
            long next = System.nanoTime() + LOOK_EVERY.toNanos(); // the start has enough to do
            while (running) {
                news.tryAcquire(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
                news.drainPermits();
                boolean due = System.nanoTime() - next >= 0;
                look(due);
                if (due) {
                    next = System.nanoTime() + every.toNanos();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look(boolean all) {
        try {
            if (all) {
                sweep.all(this::isRunning);
            } else {
                sweep.leaving(this::isRunning);
            }
            away = false;
        } catch (DataAccessException | TransactionException | UncheckedIOException e) {
            if (!away && running) {
                log.warn("Nothing is removed until database and storage answer: {}", e.getMessage());
                away = true;
            }
        } catch (RuntimeException e) {
            log.error("A sweep failed; the next one tries again", e);
        }
    }
}
