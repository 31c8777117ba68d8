package io.lossforge.worker;

import io.lossforge.job.ClaimedJob;
import io.lossforge.job.ClaimedJobs;
import io.lossforge.job.EndReason;
import io.lossforge.job.HeldJob;
import io.lossforge.job.JobChanged;
import io.lossforge.job.JobQueue;
import io.lossforge.job.JobQueued;
import io.lossforge.job.Workers;
import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import io.lossforge.storage.DataDirectory;
import io.lossforge.training.Resources.Device;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.EventListener;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.event.TransactionPhase;
import org.springframework.transaction.event.TransactionalEventListener;
import org.springframework.util.FileSystemUtils;

/**
 * This process as a worker: one thread per slot takes jobs, one more renews their leases and hears what is asked about them. When it is
 * told to stop, its jobs go back to the queue.
 */
@Component
@ConditionalOnRole(Role.WORKER)
class Worker implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(Worker.class);

    /** Time for the last statements, once the trainers are gone. */
    private static final Duration AFTER_GRACE = Duration.ofSeconds(3);

    private final UUID id = UUID.randomUUID();
    private final WorkerSettings settings;
    private final JobQueue queue;
    private final ClaimedJobs jobs;
    private final Workers workers;
    private final Trainers trainers;
    private final Supervisor supervisor;
    private final Path trainerDirectories;
    private final Set<JobRun> runs = ConcurrentHashMap.newKeySet();
    private final Semaphore work = new Semaphore(0);
    private final Semaphore news = new Semaphore(0);
    private final Semaphore ended = new Semaphore(0);
    private final List<Thread> threads = new ArrayList<>();
    private volatile List<Slot> slots = List.of();
    private volatile String name = "";
    private volatile boolean ready;
    private volatile boolean running;
    private volatile boolean stopping;

    Worker(
            WorkerSettings settings,
            JobQueue queue,
            ClaimedJobs jobs,
            Workers workers,
            Trainers trainers,
            Supervisor supervisor,
            DataDirectory data) {
        this.settings = settings;
        this.queue = queue;
        this.jobs = jobs;
        this.workers = workers;
        this.trainers = trainers;
        this.supervisor = supervisor;
        this.trainerDirectories = data.resolve("trainers");
    }

    /** Warming up a trainer while the service starts would take the cores from it. */
    @EventListener(ApplicationReadyEvent.class)
    void serviceIsReady() {
        ready = true;
        start();
    }

    /** Does nothing before the service is ready, nor a second time. */
    @Override
    public void start() {
        if (!ready || running) {
            return;
        }
        running = true;
        stopping = false;
        threads.clear();
        slots = Slots.of(
                settings,
                Slots.gpus(System.getenv("CUDA_VISIBLE_DEVICES")),
                Runtime.getRuntime().availableProcessors());
        name = host() + "/" + ProcessHandle.current().pid();
        sweep();
        log.info(
                "Worker {} takes jobs: {}",
                name,
                slots.stream()
                        .map(slot ->
                                "slot %d on %s, %d threads".formatted(slot.number(), slot.deviceName(), slot.threads()))
                        .collect(Collectors.joining("; ")));
        startThread("lease", this::keepLeases);
        for (var slot : slots) {
            startThread("slot-" + slot.number(), new SlotLoop(slot, this, trainers, supervisor, settings.standby()));
        }
    }

    @Override
    public void stop() {
        stopping = true;
        runs.forEach(run -> run.order(EndReason.WORKER_STOPPED));
        work.release(slots.size());
        news.release();
        try {
            long end =
                    System.nanoTime() + settings.stopGrace().plus(AFTER_GRACE).toNanos();
            while (!runs.isEmpty() && System.nanoTime() - end < 0) {
                ended.tryAcquire(100, TimeUnit.MILLISECONDS);
            }
            for (var thread : threads) {
                thread.join(AFTER_GRACE.toMillis());
                thread.interrupt(); // it waits for a database that does not answer
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        running = false;
        log.info("Worker {} has stopped", name);
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    boolean isStopping() {
        return stopping;
    }

    Optional<ClaimedJob> claim(Slot slot) {
        return queue.claim(id, name, slot.device(), settings.lease());
    }

    void begin(JobRun run) {
        runs.add(run);
        if (stopping) {
            run.order(EndReason.WORKER_STOPPED);
        }
    }

    void end(JobRun run) {
        runs.remove(run);
        ended.release();
    }

    /** Returns when there may be a job to claim. */
    void awaitWork() throws InterruptedException {
        work.tryAcquire(settings.pollInterval().toMillis(), TimeUnit.MILLISECONDS);
    }

    @TransactionalEventListener(phase = TransactionPhase.AFTER_COMMIT, fallbackExecution = true)
    void on(JobQueued queued) {
        work.release();
    }

    @TransactionalEventListener(phase = TransactionPhase.AFTER_COMMIT, fallbackExecution = true)
    void on(JobChanged changed) {
        news.release();
    }

    private void keepLeases() {
        long renewAt = System.nanoTime();
        boolean databaseAway = false;
        while (!stopping || !runs.isEmpty()) {
            try {
                // What is claimed after this is not judged by an answer that may be older.
                var judged = List.copyOf(runs);
                if (System.nanoTime() - renewAt >= 0) {
                    announce();
                    var known = judged.stream().map(run -> run.claim().job()).toList();
                    judge(judged, queue.renew(id, known, settings.lease()));
                    renewAt = System.nanoTime() + settings.lease().toNanos() / 3;
                } else if (!judged.isEmpty()) {
                    judge(judged, queue.held(id));
                }
                databaseAway = false;
            } catch (DataAccessException | TransactionException e) {
                if (!databaseAway) {
                    log.warn("Leases can't be renewed and are tried again; training goes on: {}", e.getMessage());
                    databaseAway = true;
                }
            }
            try {
                news.tryAcquire(settings.pollInterval().toMillis(), TimeUnit.MILLISECONDS);
                news.drainPermits();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
        leave();
    }

    private void leave() {
        try {
            workers.leave(id);
        } catch (DataAccessException | TransactionException e) {
            log.warn("The database does not answer; it forgets this worker when its lease has run out");
        }
    }

    private void announce() {
        int gpus =
                (int) slots.stream().filter(slot -> slot.device() == Device.GPU).count();
        if (!stopping) {
            workers.announce(id, name, slots.size() - gpus, gpus, settings.labels(), settings.lease());
        }
    }

    private static void judge(List<JobRun> runs, Collection<HeldJob> held) {
        for (var run : runs) {
            var mine =
                    held.stream().filter(job -> job.claim().equals(run.claim())).findFirst();
            if (mine.isEmpty()) {
                run.lose();
                continue;
            }
            var order = mine.get().order();
            if (order != null) {
                run.order(order);
            }
        }
    }

    /** Takes care of what workers of this machine left that died: their jobs need not wait for the lease. */
    private void sweep() {
        var attempts = supervisor.directories();
        sweep(attempts, 2, orphan -> {
            var place = attempts.relativize(orphan);
            jobs.abandoned(
                    UUID.fromString(place.getName(0).toString()),
                    Integer.parseInt(place.getName(1).toString()));
        });
        sweep(trainerDirectories, 1, orphan -> {});
    }

    /** What can't be swept, perhaps because another worker is at it, keeps nothing else from being swept. */
    private static void sweep(Path root, int depth, Consumer<Path> before) {
        try {
            for (var orphan : LockedDirectory.orphans(root, depth)) {
                try {
                    before.accept(orphan);
                    FileSystemUtils.deleteRecursively(orphan);
                    if (depth > 1) {
                        LockedDirectory.removeIfEmpty(Objects.requireNonNull(orphan.getParent()));
                    }
                } catch (IOException | IllegalArgumentException | DataAccessException | TransactionException e) {
                    log.warn("{}, which a former worker left, could not be swept: {}", orphan, e.getMessage());
                }
            }
        } catch (IOException e) {
            log.warn("What former workers left could not be swept: {}", e.getMessage());
        }
    }

    private void startThread(String what, Runnable task) {
        var thread = new Thread(task, "worker-" + what);
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (IOException e) {
            return "localhost";
        }
    }
}
