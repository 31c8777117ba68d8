package io.lossforge.job;

import io.lossforge.job.Forecast.Estimate;
import io.lossforge.training.Resources.Device;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What queued jobs wait for, and how long. */
@Component
class QueueOutlook {

    /** Jobs so far from the front of the queue are told no time. */
    private static final int HORIZON = 1_000;

    private static final Duration FRESH = Duration.ofSeconds(1);

    private static final String POSITIONS = QueueSnapshots.PLACES + """
            , numbered as (select id, row_number() over (order by turn, id) as position from place)
            select id, position from numbered where id = any (cast(:jobs as uuid[]))""";

    private final Workers workers;
    private final QueueSnapshots snapshots;
    private final JobDurations durations;
    private final JobSettings settings;
    private final JdbcClient database;
    private volatile Known known = new Known(System.nanoTime() - FRESH.toNanos(), Map.of(), false);

    QueueOutlook(
            Workers workers,
            QueueSnapshots snapshots,
            JobDurations durations,
            JobSettings settings,
            JdbcClient database) {
        this.workers = workers;
        this.snapshots = snapshots;
        this.durations = durations;
        this.settings = settings;
        this.database = database;
    }

    /** Why a job waits. */
    record Wait(String reason, String message) {}

    /** Estimates, and whether they are of the whole queue. */
    private record Known(long nanos, Map<UUID, Estimate> estimates, boolean isWhole) {

        boolean isGood(Collection<UUID> jobs) {
            return System.nanoTime() - nanos < FRESH.toNanos()
                    && (!isWhole || estimates.keySet().containsAll(jobs));
        }
    }

    /** What keeps jobs from being started, other than that all slots are busy. */
    record Obstacles(List<Workers.Alive> workers) {

        /** None. */
        static final Obstacles NONE = new Obstacles(List.of());

        /** The obstacle for a job, if it is queued and there is one. */
        @Nullable Wait of(JobState state, String device, List<String> labels) {
            if (state != JobState.QUEUED) {
                return null;
            }
            if (workers.isEmpty()) {
                return new Wait("waiting-for-worker", "no worker is running; the job starts when one does");
            }
            var asked = Device.valueOf(device);
            if (workers.stream().noneMatch(worker -> worker.canServe(asked, List.of()))) {
                return new Wait(
                        "waiting-for-gpu",
                        "the job asks for a GPU and no running worker has one; it starts when one does");
            }
            if (workers.stream().noneMatch(worker -> worker.canServe(asked, labels))) {
                return new Wait("waiting-for-labels", missing(labels));
            }
            return null;
        }

        private String missing(List<String> labels) {
            var offered = new TreeSet<String>();
            workers.forEach(worker -> offered.addAll(worker.labels()));
            var unknown =
                    labels.stream().filter(label -> !offered.contains(label)).toList();
            return "the job asks for the labels %s; %s; workers offer: %s"
                    .formatted(
                            String.join(", ", labels),
                            unknown.isEmpty()
                                    ? "no running worker with such a device has them all"
                                    : "no running worker has " + String.join(", ", unknown),
                            offered.isEmpty() ? "none" : String.join(", ", offered));
        }
    }

    Obstacles obstacles() {
        return new Obstacles(workers.alive());
    }

    /** Places in the queue, from 1, in the order in which workers would claim now; a job that is not queued has none. */
    Map<UUID, Long> positions(Collection<UUID> jobs) {
        var positions = new HashMap<UUID, Long>();
        if (!jobs.isEmpty()) {
            database.sql(POSITIONS)
                    .param("ownerShare", ownerShareSeconds())
                    .param("jobs", jobs.stream().map(UUID::toString).toArray(String[]::new))
                    .query(row -> {
                        positions.put(row.getObject("id", UUID.class), row.getLong("position"));
                    });
        }
        return positions;
    }

    /** What is expected of jobs that wait or run, at most a second old; a job of which nothing can be said is missing. */
    Map<UUID, Estimate> estimates(Collection<UUID> jobs) {
        var latest = known;
        if (!latest.isGood(jobs)) {
            latest = look();
            known = latest;
        }
        return latest.estimates();
    }

    private Known look() {
        long now = System.nanoTime();
        var snapshot = snapshots.take(HORIZON);
        var kinds = Stream.concat(
                        snapshot.slots().stream().map(DeviceSlot::running).map(QueueOutlook::kind),
                        snapshot.waiting().stream().map(WaitingJob::kind))
                .filter(Objects::nonNull)
                .map(Objects::requireNonNull)
                .distinct()
                .toList();
        var most = settings.maxRunningPerOwner();
        return new Known(
                now,
                Forecast.of(
                        snapshot, durations.paces(kinds), ownerShareSeconds(), most == null ? Integer.MAX_VALUE : most),
                snapshot.isWhole());
    }

    private double ownerShareSeconds() {
        return settings.ownerShare().toMillis() / 1000.0;
    }

    private static @Nullable UUID kind(DeviceSlot.@Nullable Running job) {
        return job == null ? null : job.kind();
    }
}
