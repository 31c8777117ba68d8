package io.lossforge.job;

import io.lossforge.job.Forecast.Estimate;
import io.lossforge.job.JobDurations.Pace;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** What queued jobs wait for, and how long. */
@Component
class QueueOutlook {

    /** Jobs so far from the front of the queue are told no time. */
    private static final int HORIZON = 1_000;

    private static final Duration FRESH = Duration.ofSeconds(1);

    /** How long a kind's jobs take changes slowly. */
    private static final Duration PACES_FRESH = Duration.ofSeconds(10);

    private final Workers workers;
    private final QueueSnapshots snapshots;
    private final JobDurations durations;
    private final JobSettings settings;
    private volatile @Nullable Known known;
    private volatile @Nullable KnownPaces knownPaces;

    QueueOutlook(Workers workers, QueueSnapshots snapshots, JobDurations durations, JobSettings settings) {
        this.workers = workers;
        this.snapshots = snapshots;
        this.durations = durations;
        this.settings = settings;
    }

    /**
     * The queue as it was a moment ago.
     *
     * @param positions of all that waited
     */
    private record Known(long nanos, Map<UUID, Long> positions, Map<UUID, Estimate> estimates) {

        boolean isFresh() {
            return System.nanoTime() - nanos < FRESH.toNanos();
        }
    }

    /** Paces as they were a moment ago, of those of the kinds that had one. */
    private record KnownPaces(long nanos, Set<UUID> kinds, Map<UUID, Pace> paces) {

        boolean isGoodFor(Set<UUID> asked) {
            return System.nanoTime() - nanos < PACES_FRESH.toNanos() && kinds.containsAll(asked);
        }
    }

    Obstacles obstacles() {
        var most = settings.maxRunningPerOwner();
        return most == null
                ? new Obstacles(workers.alive(), Integer.MAX_VALUE, Map.of())
                : new Obstacles(workers.alive(), most, snapshots.runningByOwner());
    }

    /** So that the answer to a request shows what it changed; everybody else sees it within a second. */
    @EventListener({JobChanged.class, JobQueued.class})
    void forget() {
        known = null;
    }

    /**
     * Places in the queue, from 1, in the order in which workers would claim, at most a second old; a job that is not queued has none.
     *
     * @param queued jobs of which each is known to wait
     */
    Map<UUID, Long> positions(Collection<UUID> queued) {
        var latest = known;
        if (latest == null || !latest.isFresh() || !latest.positions().keySet().containsAll(queued)) {
            latest = look();
        }
        return latest.positions();
    }

    /** What is expected of jobs that wait or run, at most a second old; a job of which nothing can be said is missing. */
    Map<UUID, Estimate> estimates() {
        var latest = known;
        return (latest == null || !latest.isFresh() ? look() : latest).estimates();
    }

    private Known look() {
        long now = System.nanoTime();
        var order = snapshots.order(Integer.MAX_VALUE);
        var positions = new HashMap<UUID, Long>();
        for (var job : order) {
            positions.put(job, positions.size() + 1L);
        }
        var looked =
                new Known(now, positions, estimates(snapshots.of(order.subList(0, Math.min(HORIZON, order.size())))));
        known = looked;
        return looked;
    }

    private Map<UUID, Estimate> estimates(QueueSnapshot snapshot) {
        var kinds = Stream.concat(
                        snapshot.slots().stream().map(DeviceSlot::running).map(QueueOutlook::kind),
                        snapshot.waiting().stream().map(WaitingJob::kind))
                .filter(Objects::nonNull)
                .map(Objects::requireNonNull)
                .collect(Collectors.toSet());
        var most = settings.maxRunningPerOwner();
        return Forecast.of(snapshot, paces(kinds), ownerShareSeconds(), most == null ? Integer.MAX_VALUE : most);
    }

    private Map<UUID, Pace> paces(Set<UUID> kinds) {
        var latest = knownPaces;
        if (latest == null || !latest.isGoodFor(kinds)) {
            latest = new KnownPaces(System.nanoTime(), kinds, durations.paces(kinds));
            knownPaces = latest;
        }
        return latest.paces();
    }

    private double ownerShareSeconds() {
        return settings.ownerShare().toMillis() / 1000.0;
    }

    private static @Nullable UUID kind(DeviceSlot.@Nullable Running job) {
        return job == null ? null : job.kind();
    }
}
