package io.lossforge.job;

import io.lossforge.training.Resources.Device;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The queue as workers see it. Every statement uses the database's clock, and each is atomic by itself. Safe for any number of threads and
 * processes.
 */
@Component
public class JobQueue {

    private static final String CLAIM = """
            with next as (
                select id from training_job
                where state = 'QUEUED' and run_after <= now() and (deadline_at is null or deadline_at > now())
                  and device = any (:devices)
                order by priority desc, queued_at, id
                for no key update skip locked
                limit 1),
            claimed as (
                update training_job job
                set state = 'STARTING', attempt = job.attempt + 1, claimed_by = :worker,
                    lease_until = now() + :lease * interval '1 millisecond',
                    started_at = coalesce(job.started_at, now()),
                    status_reason = null, status_message = 'preparing data and trainer'
                from next where job.id = next.id
                returning job.id, job.attempt, job.name, job.spec, job.dataset_version_id, job.failures),
            opened as (
                insert into job_attempt (job_id, number, worker, device, started_at)
                select id, attempt, :workerName, :device, now() from claimed)
            select * from claimed""";

    private static final String HELD = """
            select id, attempt, claimed_by, cancel_requested, coalesce(deadline_at <= now(), false) as deadline_passed
            from training_job where claimed_by = :worker and state in ('STARTING', 'RUNNING')""";

    private static final String RENEW = """
            update training_job set lease_until = now() + :lease * interval '1 millisecond'
            where claimed_by = :worker and state in ('STARTING', 'RUNNING')
            returning id, attempt, claimed_by, cancel_requested, coalesce(deadline_at <= now(), false) as deadline_passed""";

    private final JdbcClient database;
    private final JsonMapper json;

    JobQueue(JdbcClient database, JsonMapper json) {
        this.database = database;
        this.json = json;
    }

    /**
     * Takes the next job for a slot: the highest priority first, the longest waiting within it; one that another worker is just taking is
     * passed over. The job is {@code STARTING} then, with a new attempt.
     *
     * @param device of the slot; {@code GPU} takes every job, {@code CPU} those that need no GPU
     * @param lease how long the job is the worker's without a {@link #renew}
     */
    public Optional<ClaimedJob> claim(UUID worker, String workerName, Device device, Duration lease) {
        var devices =
                device == Device.GPU ? List.of(Device.ANY, Device.GPU, Device.CPU) : List.of(Device.ANY, Device.CPU);
        return database.sql(CLAIM)
                .param("worker", worker)
                .param("workerName", workerName)
                .param("device", device.name().toLowerCase(java.util.Locale.ROOT))
                .param("devices", devices.stream().map(Enum::name).toArray(String[]::new))
                .param("lease", lease.toMillis())
                .query((row, number) -> new ClaimedJob(
                        new Claim(row.getObject("id", UUID.class), row.getInt("attempt"), worker),
                        row.getString("name"),
                        (ObjectNode) json.readTree(row.getString("spec")),
                        row.getObject("dataset_version_id", UUID.class),
                        row.getInt("failures")))
                .optional();
    }

    /** What is asked of the worker about the jobs that it holds. A job that is missing is no longer the worker's. */
    public Collection<HeldJob> held(UUID worker) {
        return database.sql(HELD)
                .param("worker", worker)
                .query((row, number) -> heldJob(row))
                .list();
    }

    /** Like {@link #held}, and all the leases start again. A lease that ran out but that nobody noticed is the worker's again. */
    public Collection<HeldJob> renew(UUID worker, Duration lease) {
        return database.sql(RENEW)
                .param("worker", worker)
                .param("lease", lease.toMillis())
                .query((row, number) -> heldJob(row))
                .list();
    }

    private static HeldJob heldJob(ResultSet row) throws SQLException {
        return new HeldJob(
                new Claim(
                        row.getObject("id", UUID.class),
                        row.getInt("attempt"),
                        row.getObject("claimed_by", UUID.class)),
                row.getBoolean("cancel_requested"),
                row.getBoolean("deadline_passed"));
    }
}
