package io.lossforge.job;

import io.lossforge.training.Catalogues;
import io.lossforge.training.Resources.Device;
import io.lossforge.training.TrainerEvent;
import io.lossforge.training.TrainingSpec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Jobs for tests, brought into their states by the moves that everybody uses. */
@Component
public class QueuedJobs {

    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final Jobs jobs;
    private final JobQueue queue;
    private final ClaimedJobs claimed;
    private final DatabaseClock clock;
    private final JdbcClient database;
    private final TransactionTemplate transaction;

    QueuedJobs(
            Jobs jobs,
            JobQueue queue,
            ClaimedJobs claimed,
            DatabaseClock clock,
            JdbcClient database,
            TransactionTemplate transaction) {
        this.jobs = jobs;
        this.queue = queue;
        this.claimed = claimed;
        this.clock = clock;
        this.database = database;
        this.transaction = transaction;
    }

    /** A dataset that is registered, though it has no content: enough for jobs that are never trained. */
    public String registeredDataset() {
        var name = "nothing-" + NUMBERS.incrementAndGet();
        var sha256 = "%064d".formatted(NUMBERS.get());
        database.sql("insert into dataset_content (sha256) values (?)")
                .param(sha256)
                .update();
        database.sql("insert into dataset (name, last_version, created_at) values (?, 1, now())")
                .param(name)
                .update();
        database.sql("""
                        insert into dataset_version (id, dataset_name, version, format, kind, shape, classes, train_per_class,
                            test_per_class, sha256, bytes, warnings, created_at)
                        values (?, ?, 1, 'csv', 'images', '{1,8,8}', '{a,b}', '{500,500}', '{100,100}', ?, 1, '{}', now())""").params(UUID.randomUUID(), name, sha256).update();
        return name;
    }

    public UUID queued() {
        return queued(json -> {});
    }

    /** A queued job. */
    public UUID queued(java.util.function.Consumer<ObjectNode> more) {
        return queued(null, more);
    }

    /** A queued job of somebody. */
    public UUID queued(@Nullable String owner, java.util.function.Consumer<ObjectNode> more) {
        var name = registeredDataset();
        var document = JsonNodeFactory.instance.objectNode();
        document.put("name", "test").put("dataset", name + ":1").put("model", name);
        more.accept(document);
        var version = database.sql("select id from dataset_version where dataset_name = ?")
                .param(name)
                .query(UUID.class)
                .single();
        return transaction.execute(status -> jobs.save(TrainingJob.submitted(
                        Catalogues.JSON.read(TrainingSpec.class, document),
                        version,
                        name,
                        1,
                        owner,
                        Duration.ofHours(1),
                        clock.instant()))
                .id());
    }

    public Claim claimed(UUID job) {
        return claimed(job, UUID.randomUUID());
    }

    /** Claims that very job: it comes first, whatever else waits. */
    public Claim claimed(UUID job, UUID worker) {
        transaction.executeWithoutResult(
                status -> jobs.findAndLockById(job).orElseThrow().prioritise(1000));
        database.sql("update training_job set queued_at = '2000-01-01' where id = ?")
                .param(job)
                .update();
        var claim = claim(worker).orElseThrow();
        if (!claim.job().equals(job)) {
            throw new IllegalStateException("another test left a job that goes before: " + claim);
        }
        return claim;
    }

    public Optional<Claim> claim(UUID worker) {
        return queue.claim(worker, "test", Device.CPU, LEASE).map(ClaimedJob::claim);
    }

    public Claim running(UUID job) {
        var claim = claimed(job);
        started(claim);
        return claim;
    }

    /** What the trainer of a claimed job says first. */
    public void started(Claim claim) {
        claimed.started(
                claim,
                new TrainerEvent.Started(
                        "cpu",
                        "CPU",
                        2,
                        10,
                        100,
                        10,
                        20,
                        5,
                        100,
                        "00",
                        List.of(60L, 40L),
                        List.of(6L, 4L),
                        null,
                        List.of()));
    }

    /** What the database's clock would do. */
    public void leaseRunsOut(UUID job) {
        database.sql("update training_job set lease_until = now() - interval '1 second' where id = ?")
                .param(job)
                .update();
    }

    /** The job as it is now. */
    TrainingJob job(UUID id) {
        return transaction.execute(status -> {
            var job = jobs.findById(id).orElseThrow();
            job.attempts.size();
            return job;
        });
    }

    /** Ends whatever other tests left in the queue. */
    public void emptyQueue() {
        database.sql("update training_job set state = 'CANCELLED', ended_at = now() where state = 'QUEUED'")
                .update();
    }
}
