package io.lossforge.job;

import io.lossforge.job.JobDurations.Pace;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * When waiting jobs will start and end if nothing else happens: lets time go by, gives each slot that becomes free to the job that a worker
 * would claim for it, and counts each job as long as its kind takes. A slot with a job of unknown length is never free again here, so that what
 * is not known is not said. Used by one thread, once.
 */
final class Forecast {

    private final QueueSnapshot snapshot;
    private final Map<UUID, Pace> paces;
    private final double ownerShareSeconds;
    private final int maxRunningPerOwner;
    private final Map<String, Integer> running;
    private final Map<String, List<WaitingJob>> waiting = new LinkedHashMap<>();
    private final PriorityQueue<Free> free = new PriorityQueue<>(Comparator.comparing(Free::at)
            .thenComparing(slot -> slot.leaves() == null)
            .thenComparing(Free::number));
    private final Map<UUID, Estimate> estimates = new HashMap<>();

    private Forecast(QueueSnapshot snapshot, Map<UUID, Pace> paces, double ownerShareSeconds, int maxRunningPerOwner) {
        this.snapshot = snapshot;
        this.paces = new HashMap<>(paces);
        this.ownerShareSeconds = ownerShareSeconds;
        this.maxRunningPerOwner = maxRunningPerOwner;
        this.running = snapshot.runningByOwner();
    }

    /**
     * What is expected of a job.
     *
     * @param start null for one that runs
     * @param end null if nothing is known of jobs of its kind
     */
    record Estimate(@Nullable Instant start, @Nullable Instant end) {}

    /** A slot that becomes free, and whose job leaves it then: null if it was free. */
    private record Free(
            Instant at,
            int number,
            DeviceSlot slot,
            @Nullable String leaves) {}

    /**
     * Looks ahead.
     *
     * @param paces by kind, of those that are known
     * @return by job: those that run, and those that wait and whose start can be told
     */
    static Map<UUID, Estimate> of(
            QueueSnapshot snapshot, Map<UUID, Pace> paces, double ownerShareSeconds, int maxRunningPerOwner) {
        var forecast = new Forecast(snapshot, paces, ownerShareSeconds, maxRunningPerOwner);
        forecast.learnFromRunningJobs();
        forecast.run();
        return forecast.estimates;
    }

    /** A kind of which no job is done yet goes at the pace of one that runs. */
    private void learnFromRunningJobs() {
        for (var slot : snapshot.slots()) {
            var job = slot.running();
            if (job != null && job.kind() != null && job.estimatedEnd() != null && job.progress() < 1) {
                double seconds = seconds(snapshot.at(), job.estimatedEnd());
                if (seconds > 0) {
                    paces.putIfAbsent(job.kind(), new Pace(0, seconds / (job.epochs() * (1 - job.progress()))));
                }
            }
        }
    }

    private void run() {
        for (var job : snapshot.waiting()) {
            waiting.computeIfAbsent(job.owner(), owner -> new ArrayList<>()).add(job);
        }
        for (int number = 0; number < snapshot.slots().size(); number++) {
            occupy(number, snapshot.slots().get(number));
        }
        while (!free.isEmpty() && !waiting.isEmpty()) {
            var next = free.remove();
            if (next.leaves() != null) {
                running.merge(next.leaves(), -1, Integer::sum);
            }
            fill(next.leaves() == null ? next : new Free(next.at(), next.number(), next.slot(), null));
        }
    }

    private void occupy(int number, DeviceSlot slot) {
        var job = slot.running();
        if (job == null) {
            free.add(new Free(snapshot.at(), number, slot, null));
            return;
        }
        var end = end(job);
        if (end != null) {
            estimates.put(job.job(), new Estimate(null, end));
            free.add(new Free(end, number, slot, job.owner()));
        }
    }

    private @Nullable Instant end(DeviceSlot.Running job) {
        if (job.requested() != null) {
            return snapshot.at();
        }
        var end = job.estimatedEnd();
        var pace = job.kind() == null ? null : paces.get(job.kind());
        if (end == null && pace != null) {
            end = job.since().plus(pace.of(job.epochs(), 1 - job.progress()));
        }
        return end == null || end.isAfter(snapshot.at()) ? end : snapshot.at();
    }

    private void fill(Free slot) {
        var next = first(slot);
        if (next == null) {
            var later = later(slot);
            if (later != null) {
                free.add(new Free(later, slot.number(), slot.slot(), null));
            }
            return;
        }
        take(next);
        var duration = duration(next);
        var end = duration == null ? null : slot.at().plus(duration);
        estimates.put(next.id(), new Estimate(slot.at(), end));
        running.merge(next.owner(), 1, Integer::sum);
        if (end != null) {
            free.add(new Free(end, slot.number(), slot.slot(), next.owner()));
        }
    }

    /** What a worker would claim for the slot at that time. */
    private @Nullable WaitingJob first(Free slot) {
        WaitingJob first = null;
        double least = Double.POSITIVE_INFINITY;
        for (var line : waiting.entrySet()) {
            int count = running.getOrDefault(line.getKey(), 0);
            if (count >= maxRunningPerOwner) {
                continue;
            }
            for (var job : line.getValue()) {
                if (job.canRunOn(slot.slot()) && !job.notBefore().isAfter(slot.at())) {
                    double turn = job.turn() + count * ownerShareSeconds;
                    if (turn < least) {
                        least = turn;
                        first = job;
                    }
                    break;
                }
            }
        }
        return first;
    }

    /** When a job that has to wait still may run on the slot; null if none ever will. */
    private @Nullable Instant later(Free slot) {
        Instant later = null;
        for (var line : waiting.values()) {
            for (var job : line) {
                if (!job.canRunOn(slot.slot())) {
                    continue;
                }
                var at = job.notBefore().isAfter(slot.at()) ? job.notBefore() : nextEnd(slot.at());
                if (at != null && (later == null || at.isBefore(later))) {
                    later = at;
                }
            }
        }
        return later;
    }

    private @Nullable Instant nextEnd(Instant after) {
        return free.stream()
                .filter(slot -> slot.leaves() != null)
                .map(Free::at)
                .min(Comparator.naturalOrder())
                .map(at -> at.isAfter(after) ? at : after)
                .orElse(null);
    }

    private void take(WaitingJob job) {
        var line = waiting.get(job.owner());
        if (line != null && line.remove(job) && line.isEmpty()) {
            waiting.remove(job.owner());
        }
    }

    private @Nullable Duration duration(WaitingJob job) {
        var pace = job.kind() == null ? null : paces.get(job.kind());
        return pace == null ? null : pace.of(job.epochs(), 1 - job.progress());
    }

    private static double seconds(Instant from, Instant to) {
        return Duration.between(from, to).toMillis() / 1000.0;
    }
}
