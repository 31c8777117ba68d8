package io.lossforge.job;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
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

/** Takes slots from preemptible jobs when jobs of higher priority wait and none is free. */
@Component
class Preemption {

    private static final Logger log = LoggerFactory.getLogger(Preemption.class);
    private static final int LOOKED_AT = 100;

    private final Jobs jobs;
    private final QueueSnapshots snapshots;
    private final JobSettings settings;
    private final JdbcClient database;
    private final TransactionTemplate transaction;
    private final ApplicationEventPublisher events;

    Preemption(
            Jobs jobs,
            QueueSnapshots snapshots,
            JobSettings settings,
            JdbcClient database,
            TransactionTemplate transaction,
            ApplicationEventPublisher events) {
        this.jobs = jobs;
        this.snapshots = snapshots;
        this.settings = settings;
        this.database = database;
        this.transaction = transaction;
        this.events = events;
    }

    @Scheduled(fixedDelay = 1000)
    void makeRoom() {
        try {
            if (database.sql("""
                            select exists (select from training_job
                                where state in ('STARTING', 'RUNNING') and preemptible and requested is null)
                              and exists (select from training_job where state = 'QUEUED')""").query(Boolean.class).single()) {
                transaction.executeWithoutResult(status -> preempt());
            }
        } catch (DataAccessException | TransactionException e) {
            log.debug("No room can be made now: {}", e.getMessage()); // the reaper says that the database is away
        }
    }

    private void preempt() {
        var mine = database.sql("select pg_try_advisory_xact_lock(hashtext('lossforge.preemption'))")
                .query(Boolean.class)
                .single();
        if (!mine) {
            return; // another process is at it: both at once would take two slots for one job
        }
        var most = settings.maxRunningPerOwner();
        var victims = victims(
                snapshots.of(snapshots.order(LOOKED_AT)),
                settings.ownerShare().toMillis() / 1000.0,
                most == null ? Integer.MAX_VALUE : most);
        for (var id : victims) {
            if (jobs.findAndLockById(id).filter(TrainingJob::preempt).isPresent()) {
                log.info("job {} makes room for a job of higher priority", id);
                events.publishEvent(new JobChanged(id));
            }
        }
    }

    /**
     * Whom to ask. A waiting job that no free slot serves takes that of the preemptible job of lowest priority below its own, of these the one
     * that started last. Not if the queue's order would give the slot to another, or back to the job that made room.
     *
     * @return ids of running jobs
     */
    static List<UUID> victims(QueueSnapshot snapshot, double ownerShareSeconds, int maxRunningPerOwner) {
        var running = snapshot.runningByOwner();
        var free = new ArrayList<DeviceSlot>();
        var preemptible = new ArrayList<DeviceSlot>();
        for (var slot : snapshot.slots()) {
            if (slot.running() == null || slot.running().requested() != null) {
                free.add(slot);
            } else if (slot.running().preemptible()) {
                preemptible.add(slot);
            }
        }
        free.sort(Comparator.comparing(DeviceSlot::device)
                .thenComparing(slot -> slot.labels().size()));
        var victims = new ArrayList<UUID>();
        var blocked = new ArrayList<WaitingJob>();
        for (var job : snapshot.waiting()) {
            int count = running.getOrDefault(job.owner(), 0);
            if (job.notBefore().isAfter(snapshot.at()) || count >= maxRunningPerOwner) {
                continue;
            }
            var slot = free.stream().filter(job::canRunOn).findFirst();
            if (slot.isPresent()) {
                free.remove(slot.get());
                running.merge(job.owner(), 1, Integer::sum);
                continue;
            }
            var victim = preemptible.stream()
                    .filter(job::canRunOn)
                    .filter(held -> blocked.stream().noneMatch(earlier -> earlier.canRunOn(held)))
                    .filter(held -> goesBefore(
                            job, held.running(), count, running.getOrDefault(ownerOf(held), 0), ownerShareSeconds))
                    .min(Comparator.comparingInt(Preemption::priorityOf)
                            .thenComparing(Preemption::sinceOf, Comparator.reverseOrder()));
            if (victim.isPresent()) {
                preemptible.remove(victim.get());
                victims.add(jobOf(victim.get()));
                running.merge(ownerOf(victim.get()), -1, Integer::sum);
                running.merge(job.owner(), 1, Integer::sum);
            } else {
                blocked.add(job);
            }
        }
        return victims;
    }

    /** Whether a waiting job is of higher priority than a running one, and goes before it when that waits again. */
    private static boolean goesBefore(
            WaitingJob job,
            DeviceSlot.@org.jspecify.annotations.Nullable Running held,
            int running,
            int heldRunning,
            double ownerShareSeconds) {
        if (held == null || job.priority() <= held.priority()) {
            return false;
        }
        int left = job.owner().equals(held.owner()) ? running - 1 : running;
        return job.turn() + left * ownerShareSeconds < held.turn() + (heldRunning - 1) * ownerShareSeconds;
    }

    private static DeviceSlot.Running held(DeviceSlot slot) {
        return java.util.Objects.requireNonNull(slot.running());
    }

    private static int priorityOf(DeviceSlot slot) {
        return held(slot).priority();
    }

    private static Instant sinceOf(DeviceSlot slot) {
        return held(slot).since();
    }

    private static String ownerOf(DeviceSlot slot) {
        return held(slot).owner();
    }

    private static UUID jobOf(DeviceSlot slot) {
        return held(slot).job();
    }
}
