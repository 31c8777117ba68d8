package io.lossforge.job;

import io.lossforge.training.Resources.Device;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The queue as workers see it. Every statement uses the database's clock, and each is atomic by itself. Safe for any number of threads and
 * processes.
 */
@Component
public class JobQueue {

    /**
     * The first jobs of each owner in the order of their turns, by one look into the index per owner; then the first of those, with turns put
     * back by what their owners have running.
     */
    private static final String CLAIM = """
            with recursive owner as (
                (select coalesce(owner, '') as name from training_job where state = 'QUEUED' order by 1 limit 1)
                union all
                select (select coalesce(job.owner, '') from training_job job
                        where job.state = 'QUEUED' and coalesce(job.owner, '') > owner.name order by 1 limit 1)
                from owner where owner.name is not null),
            running as (
                select coalesce(owner, '') as name, count(*) as jobs from training_job
                where state in ('STARTING', 'RUNNING') group by 1),
            head as materialized (
                select candidate.id, candidate.turn + coalesce(running.jobs, 0) * :ownerShare as turn
                from owner left join running using (name)
                cross join lateral (
                    select id, turn from training_job
                    where state = 'QUEUED' and coalesce(owner, '') = owner.name and run_after <= now()
                      and (deadline_at is null or deadline_at > now()) and device = any (:devices)
                      and labels <@ coalesce((select labels from worker where id = :worker), '{}')
                    order by turn, id
                    limit :candidates) candidate
                where coalesce(running.jobs, 0) < :maxRunning
                order by 2, 1
                limit :candidates),
            next as (
                select job.id from head join training_job job on job.id = head.id
                where job.state = 'QUEUED'
                order by head.turn, job.id
                for no key update of job skip locked
                limit 1),
            claimed as (
                update training_job job
                set state = 'STARTING', attempt = job.attempt + 1, claimed_by = :worker,
                    lease_until = now() + :lease * interval '1 millisecond', heard_at = now(),
                    started_at = coalesce(job.started_at, now()),
                    status_reason = null, status_message = 'preparing data and trainer'
                from next where job.id = next.id
                returning job.id, job.attempt, job.work, job.name, job.spec, job.dataset_version_id, job.failures),
            opened as (
                insert into job_attempt (job_id, number, worker, device, started_at)
                select id, attempt, :workerName, :device, now() from claimed)
            select * from claimed""";

    /** More than there are claims at the same moment: a claim that finds all its candidates taken comes back empty. */
    private static final int CANDIDATES = 32;

    private static final String ASKED = """
            id, attempt, claimed_by,
            case when requested = 'CANCELLED' then requested when deadline_at <= now() then 'DEADLINE' else requested end as ordered""";

    private static final String HELD =
            "select " + ASKED + " from training_job where claimed_by = :worker and state in ('STARTING', 'RUNNING')";

    private static final String RENEW = """
            update training_job set lease_until = now() + :lease * interval '1 millisecond', heard_at = now()
            where claimed_by = :worker and state in ('STARTING', 'RUNNING') and id = any (:jobs)
            returning
            """ + ASKED;

    private final JdbcClient database;
    private final JsonMapper json;
    private final JobSettings settings;
    private final TransactionTemplate transaction;

    JobQueue(JdbcClient database, JsonMapper json, JobSettings settings, TransactionTemplate transaction) {
        this.database = database;
        this.json = json;
        this.settings = settings;
        this.transaction = transaction;
    }

    /**
     * Takes the next job for a slot: of those that the slot's device and the worker's labels can serve, the one whose turn comes first. A turn is
     * the time at which the job was queued, earlier by {@code ageing} for each priority, and later by {@code ownerShare} for each running job of
     * its owner. One that another worker is just taking is passed over. The job is {@code STARTING} then, with a new attempt.
     *
     * @param device of the slot; {@code GPU} takes every job, {@code CPU} those that need no GPU
     * @param lease how long the job is the worker's without a {@link #renew}
     */
    public Optional<ClaimedJob> claim(UUID worker, String workerName, Device device, Duration lease) {
        if (settings.maxRunningPerOwner() == null) {
            return claim(worker, workerName, device, lease, Integer.MAX_VALUE);
        }
        int most = settings.maxRunningPerOwner();
        return Objects.requireNonNull(transaction.execute(status -> {
            // One claim at a time: two at once would each count the running jobs without the other's.
            database.sql("select pg_advisory_xact_lock(hashtext('lossforge.claim'))")
                    .query((row, number) -> true)
                    .single();
            return claim(worker, workerName, device, lease, most);
        }));
    }

    private Optional<ClaimedJob> claim(UUID worker, String workerName, Device device, Duration lease, int maxRunning) {
        var devices =
                device == Device.GPU ? List.of(Device.ANY, Device.GPU, Device.CPU) : List.of(Device.ANY, Device.CPU);
        return database.sql(CLAIM)
                .param("worker", worker)
                .param("workerName", workerName)
                .param("device", device.name().toLowerCase(java.util.Locale.ROOT))
                .param("devices", devices.stream().map(Enum::name).toArray(String[]::new))
                .param("lease", lease.toMillis())
                .param("ownerShare", settings.ownerShare().toMillis() / 1000.0)
                .param("maxRunning", maxRunning)
                .param("candidates", CANDIDATES)
                .query((row, number) -> new ClaimedJob(
                        new Claim(row.getObject("id", UUID.class), row.getInt("attempt"), worker),
                        Work.valueOf(row.getString("work")),
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

    /**
     * Like {@link #held} for some jobs, and their leases start again. A lease that ran out but that nobody noticed is the worker's again.
     *
     * @param jobs those that the worker runs. One that it claimed without hearing of it, because the connection broke, is not among them, so that its
     *     lease runs out
     */
    public Collection<HeldJob> renew(UUID worker, Collection<UUID> jobs, Duration lease) {
        return database.sql(RENEW)
                .param("worker", worker)
                .param("jobs", jobs.toArray(UUID[]::new))
                .param("lease", lease.toMillis())
                .query((row, number) -> heldJob(row))
                .list();
    }

    private static HeldJob heldJob(ResultSet row) throws SQLException {
        var ordered = row.getString("ordered");
        return new HeldJob(
                new Claim(
                        row.getObject("id", UUID.class),
                        row.getInt("attempt"),
                        row.getObject("claimed_by", UUID.class)),
                ordered == null ? null : EndReason.valueOf(ordered));
    }
}
