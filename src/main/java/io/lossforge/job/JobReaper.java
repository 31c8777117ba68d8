package io.lossforge.job;

import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/** Ends what nobody owns any more: leases that ran out, jobs whose deadline passed while they waited. Any number of processes may do so at once. */
@Component
class JobReaper {

    private static final Logger log = LoggerFactory.getLogger(JobReaper.class);
    private static final int AT_ONCE = 100;

    private final Jobs jobs;
    private final Workers workers;
    private final JobSettings settings;
    private final DatabaseClock clock;
    private final JdbcClient database;
    private final TransactionTemplate transaction;
    private final ApplicationEventPublisher events;
    private boolean databaseAway;

    JobReaper(
            Jobs jobs,
            Workers workers,
            JobSettings settings,
            DatabaseClock clock,
            JdbcClient database,
            TransactionTemplate transaction,
            ApplicationEventPublisher events) {
        this.jobs = jobs;
        this.workers = workers;
        this.settings = settings;
        this.clock = clock;
        this.database = database;
        this.transaction = transaction;
        this.events = events;
    }

    @Scheduled(fixedDelay = 1000)
    void reap() {
        try {
            endLostLeases();
            endMissedDeadlines();
            databaseAway = false;
        } catch (DataAccessException | TransactionException e) {
            if (!databaseAway) {
                log.warn("The database does not answer; jobs without a worker are looked for again every second", e);
                databaseAway = true;
            }
        }
    }

    @Scheduled(fixedDelay = 3_600_000, initialDelay = 60_000)
    void forgetDeadWorkers() {
        workers.forgetTheDead();
    }

    void endLostLeases() {
        transaction.executeWithoutResult(status -> {
            for (var id : lockedIds("state in ('STARTING', 'RUNNING') and lease_until < now()")) {
                var job = jobs.findAndLockById(id).orElseThrow();
                endAttempt(job, "the worker was not heard of for as long as its lease");
            }
        });
    }

    void endMissedDeadlines() {
        transaction.executeWithoutResult(status -> {
            for (var id : lockedIds("state in ('QUEUED', 'PAUSED') and deadline_at <= now()")) {
                jobs.findAndLockById(id).orElseThrow().missedDeadline(clock.instant());
                log.info("job {} failed: its deadline passed while it waited", id);
            }
        });
    }

    /** Ends the running attempt of a job whose row is locked, for want of a worker. */
    void endAttempt(TrainingJob job, String message) {
        var attempt = job.attempt;
        job.attemptEnded(EndReason.LEASE_LOST, message, settings.backoff(job.failures + 1), clock.instant());
        log.warn("job {}, attempt {}: {}; the job is {} now", job.id(), attempt, message, job.state);
        if (job.state == JobState.QUEUED) {
            events.publishEvent(new JobQueued());
        }
    }

    private List<UUID> lockedIds(String condition) {
        return database.sql("select id from training_job where " + condition + " for no key update skip locked limit "
                        + AT_ONCE)
                .query(UUID.class)
                .list();
    }
}
