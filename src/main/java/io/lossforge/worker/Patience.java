package io.lossforge.worker;

import java.io.UncheckedIOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.transaction.TransactionException;

/** Tries again while the database or the blob store is away. Training goes on meanwhile. */
final class Patience {

    private static final Logger log = LoggerFactory.getLogger(Patience.class);
    private static final Duration FIRST_WAIT = Duration.ofMillis(200);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);
    private static final int REFUSALS = 5;

    /** For the blob store, whose absence and whose refusal look alike. */
    private static final Duration FOR_STORAGE = Duration.ofMinutes(10);

    private Patience() {}

    /**
     * Does something until it succeeds.
     *
     * @throws GivenUp if the lease was lost or the worker stops meanwhile
     * @throws RuntimeException what the action throws, if waiting does not help
     */
    static void until(JobRun run, String what, Runnable action) throws InterruptedException {
        var wait = FIRST_WAIT;
        long begin = System.nanoTime();
        for (int failures = 1; ; failures++) {
            try {
                action.run();
                return;
            } catch (DataAccessException | TransactionException | UncheckedIOException e) {
                boolean giveUp = e instanceof UncheckedIOException
                        ? System.nanoTime() - begin > FOR_STORAGE.toNanos()
                        : !isAbsence(e) && failures >= REFUSALS;
                if (giveUp) {
                    throw e;
                }
                if (failures == 1) {
                    log.warn("{}: {} can't be done now and is tried again: {}", run.claim(), what, e.getMessage());
                }
            }
            if (run.isLost() || run.order() == io.lossforge.job.EndReason.WORKER_STOPPED && failures > REFUSALS) {
                throw new GivenUp();
            }
            Thread.sleep(wait.toMillis());
            wait = wait.multipliedBy(2).compareTo(LONGEST_WAIT) < 0 ? wait.multipliedBy(2) : LONGEST_WAIT;
        }
    }

    private static boolean isAbsence(RuntimeException e) {
        return e instanceof DataAccessResourceFailureException
                || e instanceof TransientDataAccessException
                || e instanceof RecoverableDataAccessException
                || e instanceof TransactionException;
    }

    /** There is nobody left to wait for. */
    static final class GivenUp extends RuntimeException {

        private static final long serialVersionUID = 1L;

        GivenUp() {
            super("given up: the lease was lost, or the worker stops");
        }
    }
}
