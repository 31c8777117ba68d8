package io.lossforge.job;

import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
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
    private final ClaimedJobs claimed;
    private final DatabaseClock clock;
    private final JdbcClient database;
    private final TransactionTemplate transaction;
    private final LeaseGrace grace = new LeaseGrace();
    private boolean databaseAway;

    JobReaper(
            Jobs jobs,
            Workers workers,
            ClaimedJobs claimed,
            DatabaseClock clock,
            JdbcClient database,
            TransactionTemplate transaction) {
        this.jobs = jobs;
        this.workers = workers;
        this.claimed = claimed;
        this.clock = clock;
        this.database = database;
        this.transaction = transaction;
    }

    @Scheduled(fixedDelay = 1000)
    void reap() {
        try {
            endMissedDeadlines();
            if (grace.isOverAt(System.nanoTime())) {
                endLostLeases();
            }
            databaseAway = false;
        } catch (DataAccessException | TransactionException e) {
            if (!databaseAway) {
                log.warn("Jobs without a worker can't be looked for; tried again every second: {}", e.getMessage());
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
                claimed.end(job, EndReason.LEASE_LOST, job.lastHeard());
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

    private List<UUID> lockedIds(String condition) {
        return database.sql("select id from training_job where " + condition + " for no key update skip locked limit "
                        + AT_ONCE)
                .query((row, number) -> row.getObject("id", UUID.class))
                .list();
    }
}
