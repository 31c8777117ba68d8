package io.lossforge.job;

import io.lossforge.training.Resources.Device;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads what runs and what waits. */
@Component
class QueueSnapshots {

    private static final String RUNNING = """
            select job.id, coalesce(job.owner, '') as owner, job.priority, job.preemptible, job.turn, job.requested,
                attempt.started_at as since, job.estimated_end, job.kind, coalesce(job.spec ->> 'epochs', job.spec ->> 'samples')::int as epochs, job.progress,
                job.claimed_by, attempt.device
            from training_job job join job_attempt attempt on attempt.job_id = job.id and attempt.number = job.attempt
            where job.state in ('STARTING', 'RUNNING')""";

    /**
     * The order in which workers would claim the queued jobs one after another, if none ended meanwhile: each job of an owner that goes before
     * puts the next one back.
     */
    private static final String ORDER = """
            with running as (
                select coalesce(owner, '') as name, count(*) as jobs from training_job
                where state in ('STARTING', 'RUNNING') group by 1),
            line as (
                select id, coalesce(owner, '') as name, turn,
                    row_number() over (partition by coalesce(owner, '') order by turn, id) as number
                from training_job where state = 'QUEUED'),
            place as (
                select line.id, line.turn + (coalesce(running.jobs, 0) + line.number - 1) * :ownerShare as turn
                from line left join running using (name))
            select id from place order by turn, id limit :limit""";

    /** By id alone: with the state in the condition PostgreSQL goes through the whole queue. */
    private static final String WAITING = """
            select id, state, coalesce(owner, '') as owner, priority, turn, device, labels, run_after, kind,
                coalesce(spec ->> 'epochs', spec ->> 'samples')::int as epochs, progress
            from training_job where id = any (cast(:jobs as uuid[]))""";

    private final JdbcClient database;
    private final Workers workers;
    private final JobSettings settings;
    private final DatabaseClock clock;

    QueueSnapshots(JdbcClient database, Workers workers, JobSettings settings, DatabaseClock clock) {
        this.database = database;
        this.workers = workers;
        this.settings = settings;
        this.clock = clock;
    }

    /** The first jobs that wait, in the order in which workers would claim them. */
    List<UUID> order(int limit) {
        return database.sql(ORDER)
                .param("ownerShare", settings.ownerShare().toMillis() / 1000.0)
                .param("limit", limit)
                .query((row, number) -> row.getObject(1, UUID.class))
                .list();
    }

    /**
     * What runs, and some that wait.
     *
     * @param waiting in the order of the queue; those that wait no more are left out
     */
    QueueSnapshot of(List<UUID> waiting) {
        var jobs = new HashMap<UUID, WaitingJob>();
        database.sql(WAITING)
                .param("jobs", waiting.stream().map(UUID::toString).toArray(String[]::new))
                .query(row -> {
                    if (JobState.valueOf(row.getString("state")) == JobState.QUEUED) {
                        var job = waiting(row);
                        jobs.put(job.id(), job);
                    }
                });
        var inOrder = new ArrayList<WaitingJob>();
        for (var id : waiting) {
            var job = jobs.get(id);
            if (job != null) {
                inOrder.add(job);
            }
        }
        return new QueueSnapshot(clock.instant(), slots(), inOrder);
    }

    /** How many jobs each owner has running, by name; empty where nobody signed in. */
    Map<String, Integer> runningByOwner() {
        var running = new HashMap<String, Integer>();
        database.sql("""
                        select coalesce(owner, '') as owner, count(*) as jobs from training_job
                        where state in ('STARTING', 'RUNNING') group by 1""").query(row -> {
            running.put(row.getString("owner"), row.getInt("jobs"));
        });
        return running;
    }

    private List<DeviceSlot> slots() {
        var held = new HashMap<UUID, Map<Device, Deque<DeviceSlot.Running>>>();
        database.sql(RUNNING).query(row -> {
            held.computeIfAbsent(row.getObject("claimed_by", UUID.class), worker -> new HashMap<>())
                    .computeIfAbsent(
                            Device.valueOf(row.getString("device").toUpperCase(Locale.ROOT)),
                            device -> new ArrayDeque<>())
                    .add(running(row));
        });
        var slots = new ArrayList<DeviceSlot>();
        for (var worker : workers.alive()) {
            var jobs = held.getOrDefault(worker.id(), Map.of());
            add(slots, worker, Device.CPU, worker.cpuSlots(), jobs);
            add(slots, worker, Device.GPU, worker.gpuSlots(), jobs);
        }
        return slots;
    }

    private static void add(
            List<DeviceSlot> slots,
            Workers.Alive worker,
            Device device,
            int count,
            Map<Device, Deque<DeviceSlot.Running>> jobs) {
        var running = jobs.getOrDefault(device, new ArrayDeque<>());
        for (int i = 0; i < count; i++) {
            slots.add(new DeviceSlot(device, worker.labels(), running.poll()));
        }
    }

    private static DeviceSlot.Running running(ResultSet row) throws SQLException {
        var requested = row.getString("requested");
        return new DeviceSlot.Running(
                row.getObject("id", UUID.class),
                row.getString("owner"),
                row.getInt("priority"),
                row.getBoolean("preemptible"),
                row.getDouble("turn"),
                requested == null ? null : EndReason.valueOf(requested),
                row.getObject("since", OffsetDateTime.class).toInstant(),
                instant(row, "estimated_end"),
                row.getObject("kind", UUID.class),
                row.getInt("epochs"),
                row.getDouble("progress"));
    }

    private static WaitingJob waiting(ResultSet row) throws SQLException {
        return new WaitingJob(
                row.getObject("id", UUID.class),
                row.getString("owner"),
                row.getInt("priority"),
                row.getDouble("turn"),
                Device.valueOf(row.getString("device")),
                Set.of((String[]) row.getArray("labels").getArray()),
                row.getObject("run_after", OffsetDateTime.class).toInstant(),
                row.getObject("kind", UUID.class),
                row.getInt("epochs"),
                row.getDouble("progress"));
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        var at = row.getObject(column, OffsetDateTime.class);
        return at == null ? null : at.toInstant();
    }
}
