package io.lossforge.job;

import static io.lossforge.job.JobState.CANCELLED;
import static io.lossforge.job.JobState.FAILED;
import static io.lossforge.job.JobState.QUEUED;
import static io.lossforge.job.JobState.RUNNING;
import static io.lossforge.job.JobState.STARTING;
import static io.lossforge.job.JobState.SUCCEEDED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lossforge.ServiceTest;
import io.lossforge.training.Resources.Device;
import io.lossforge.training.TrainerEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

@ServiceTest
@ResourceLock("queue")
class JobQueueIT {

    private static final Duration LEASE = Duration.ofSeconds(30);

    @Autowired
    QueuedJobs given;

    @Autowired
    JobQueue queue;

    @Autowired
    ClaimedJobs claimed;

    @Autowired
    JobReaper reaper;

    @Autowired
    Jobs jobs;

    @Autowired
    JdbcClient database;

    @BeforeEach
    void emptyQueue() {
        given.emptyQueue();
    }

    @Test
    void claimStartsAnAttemptWithALease() {
        var id = given.queued();
        var worker = UUID.randomUUID();
        var job = queue.claim(worker, "host/1", Device.CPU, LEASE).orElseThrow();
        assertThat(job.claim()).isEqualTo(new Claim(id, 1, worker));
        assertThat(job.spec().path("epochs").asInt()).isEqualTo(20);
        var stored = given.job(id);
        assertThat(stored.state).isEqualTo(STARTING);
        assertThat(stored.leaseUntil).isBetween(stored.startedAt.plusSeconds(29), stored.startedAt.plusSeconds(31));
        assertThat(stored.attempts).singleElement().satisfies(attempt -> {
            assertThat(attempt.worker()).isEqualTo("host/1");
            assertThat(attempt.device()).isEqualTo("cpu");
            assertThat(attempt.endedAt()).isNull();
        });
        assertThat(queue.claim(worker, "host/1", Device.CPU, LEASE)).isEmpty();
    }

    @Test
    void higherPriorityGoesFirstThenAge() {
        var first = given.queued();
        var second = given.queued();
        var urgent = given.queued(json -> json.put("priority", 5));
        var late = given.queued(json -> json.put("priority", -5));
        var order = IntStream.range(0, 4)
                .mapToObj(i -> given.claim(UUID.randomUUID()).orElseThrow().job())
                .toList();
        assertThat(order).containsExactly(urgent, first, second, late);
    }

    @Test
    void jobThatNeedsAGpuWaitsForOne() {
        var id = given.queued(json -> json.putObject("resources").put("device", "gpu"));
        assertThat(queue.claim(UUID.randomUUID(), "cpu", Device.CPU, LEASE)).isEmpty();
        assertThat(queue.claim(UUID.randomUUID(), "gpu", Device.GPU, LEASE)
                        .orElseThrow()
                        .claim()
                        .job())
                .isEqualTo(id);
    }

    @Test
    void manyClaimersNeverGetOneJobTwice() throws Exception {
        int claimers = 16;
        var ids = new HashSet<UUID>();
        for (int i = 0; i < 60; i++) {
            ids.add(given.queued());
        }
        var barrier = new CyclicBarrier(claimers);
        Callable<List<Claim>> claimAll = () -> {
            var worker = UUID.randomUUID();
            var mine = new ArrayList<Claim>();
            barrier.await();
            for (var claim = given.claim(worker); claim.isPresent(); claim = given.claim(worker)) {
                mine.add(claim.get());
            }
            return mine;
        };
        var threads = Executors.newFixedThreadPool(claimers);
        try {
            var claims = new ArrayList<Claim>();
            for (var result : threads.invokeAll(java.util.Collections.nCopies(claimers, claimAll))) {
                claims.addAll(result.get());
            }
            assertThat(claims).extracting(Claim::job).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(ids);
            assertThat(claims).allMatch(claim -> claim.attempt() == 1);
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void leaseThatRanOutEndsTheAttemptAndQueuesTheJobAgain() {
        var id = given.queued();
        var lost = given.running(id);
        reaper.endLostLeases();
        assertThat(given.job(id).state).as("the lease is good").isEqualTo(RUNNING);

        given.leaseRunsOut(id);
        reaper.endLostLeases();
        var job = given.job(id);
        assertThat(job.state).isEqualTo(QUEUED);
        assertThat(job.statusReason).isEqualTo("lease_lost");
        assertThat(job.attempts)
                .singleElement()
                .satisfies(attempt -> assertThat(attempt.endReason()).isEqualTo(EndReason.LEASE_LOST));

        waitIsOver(id);
        var next = given.claimed(id);
        assertThat(next.attempt()).isEqualTo(lost.attempt() + 1);
    }

    @Test
    void jobWhoseWorkersKeepDyingFailsWithTheTrueReason() {
        var id = given.queued(json -> json.put("maxAttempts", 2));
        for (int attempt = 1; attempt <= 2; attempt++) {
            waitIsOver(id);
            given.claimed(id);
            given.leaseRunsOut(id);
            reaper.endLostLeases();
        }
        var job = given.job(id);
        assertThat(job.state).isEqualTo(FAILED);
        assertThat(job.statusReason).isEqualTo("lease_lost");
        assertThat(job.statusMessage).contains("not heard of").endsWith("(attempt 2 of 2)");
        assertThat(job.attempts).hasSize(2);
    }

    @Test
    void staleClaimChangesNothing() {
        var id = given.queued();
        var stale = given.running(id);
        given.leaseRunsOut(id);
        reaper.endLostLeases();
        waitIsOver(id);
        var fresh = given.running(id);
        var before = snapshot(id);

        var attempts = List.<Runnable>of(
                () -> claimed.started(
                        stale,
                        new TrainerEvent.Started(
                                "cpu", "CPU", 2, 1, 1, 1, 1, 1, 1, "00", List.of(), List.of(), null, List.of())),
                () -> claimed.progressed(stale, new TrainerEvent.Progress(9, 9, 9, 9, 0.9, 1, 1)),
                () -> claimed.reserve(stale, 10),
                () -> claimed.measured(stale, 10, Map.of("train", Map.of("loss", 1.0))),
                () -> claimed.logged(stale, List.of(new JobLog.Chunk(1, 1, "zombie\n"))),
                () -> claimed.succeeded(stale, "digits", 1, 1, Map.of(), "00"),
                () -> claimed.ended(stale, EndReason.ERROR, "zombie"),
                () -> claimed.abandoned(id, stale.attempt()));
        for (var attempt : attempts.subList(0, 7)) {
            assertThatThrownBy(attempt::run).isInstanceOf(LeaseLost.class);
        }
        attempts.get(7).run();
        assertThat(snapshot(id)).isEqualTo(before);
        assertThat(claimed.reserve(fresh, 3)).as("the good claim works").isEqualTo(1);
    }

    @Test
    void renewingKeepsALeaseAndTellsWhatIsAsked() {
        var worker = UUID.randomUUID();
        var id = given.queued();
        var claim = given.claimed(id, worker);
        given.leaseRunsOut(id);
        assertThat(queue.renew(worker, List.of(id), LEASE)).containsExactly(new HeldJob(claim, null));
        reaper.endLostLeases();
        assertThat(given.job(id).state).isEqualTo(STARTING);

        transactionally(id, job -> job.cancel(job.createdAt));
        assertThat(queue.held(worker)).containsExactly(new HeldJob(claim, EndReason.CANCELLED));
        claimed.ended(claim, EndReason.CANCELLED, "cancelled");
        assertThat(queue.held(worker)).isEmpty();
        assertThat(given.job(id).state).isEqualTo(CANCELLED);
    }

    /** Else the worker, which knows nothing of the job, would keep it for ever. */
    @Test
    void claimWhoseAnswerWasLostOnTheWayIsNotRenewed() {
        var worker = UUID.randomUUID();
        var known = given.claimed(given.queued(), worker);
        var lost = given.queued();
        given.claimed(lost, worker);
        given.leaseRunsOut(lost);

        assertThat(queue.renew(worker, List.of(known.job()), LEASE)).containsExactly(new HeldJob(known, null));
        reaper.endLostLeases();

        assertThat(given.job(lost).state).isEqualTo(QUEUED);
        assertThat(given.job(known.job()).state).isEqualTo(STARTING);
    }

    @Test
    void startThatIsToldTwiceSinceTheAnswerWasLostIsOneStart() {
        var id = given.queued();
        var claim = given.running(id);
        var before = snapshot(id);

        given.started(claim);

        assertThat(snapshot(id)).isEqualTo(before);
        assertThat(given.job(id).state).isEqualTo(RUNNING);
    }

    @Test
    void cancelledJobWhoseWorkerDiedIsCancelledNotRepeated() {
        var id = given.queued();
        given.running(id);
        transactionally(id, job -> job.cancel(job.createdAt));
        given.leaseRunsOut(id);
        reaper.endLostLeases();
        assertThat(given.job(id).state).isEqualTo(CANCELLED);
    }

    @Test
    void deadlineEndsAJobThatWaits() {
        var id = given.queued(json -> json.put("deadline", "PT1H"));
        database.sql("update training_job set deadline_at = now() - interval '1 second' where id = ?")
                .param(id)
                .update();
        assertThat(given.claim(UUID.randomUUID()))
                .as("no worker takes it any more")
                .isEmpty();
        reaper.endMissedDeadlines();
        assertThat(given.job(id).state).isEqualTo(FAILED);
        assertThat(given.job(id).statusReason).isEqualTo("deadline");
    }

    @Test
    void deadlineOfARunningJobIsToldToItsWorker() {
        var worker = UUID.randomUUID();
        var id = given.queued(json -> json.put("deadline", "PT1H"));
        var claim = given.claimed(id, worker);
        database.sql("update training_job set deadline_at = now() where id = ?")
                .param(id)
                .update();
        assertThat(queue.held(worker)).containsExactly(new HeldJob(claim, EndReason.DEADLINE));
    }

    @Test
    void attemptOfAWorkerKnownToBeDeadNeedNotWaitForItsLease() {
        var id = given.queued();
        var claim = given.running(id);
        claimed.abandoned(id, claim.attempt());
        assertThat(given.job(id).state).isEqualTo(QUEUED);
        assertThat(given.job(id).statusMessage).startsWith("its worker died");
    }

    @Test
    void logKeepsItsNewestLinesWhenItBecomesTooLong() {
        var id = given.queued();
        var claim = given.running(id);
        var line = "x".repeat(9_999) + "\n";
        for (int i = 1; i <= 130; i++) {
            claimed.logged(claim, List.of(new JobLog.Chunk(claimed.reserve(claim, 1), 1, line)));
        }
        var bytes = database.sql("select sum(octet_length(text)) from job_log where job_id = ?")
                .param(id)
                .query(Long.class)
                .single();
        assertThat(bytes).isLessThanOrEqualTo(1 << 20).isGreaterThan(600_000);
        assertThat(given.job(id).logBytes).isEqualTo(bytes);
        assertThat(database.sql("select max(sequence) from job_log where job_id = ?")
                        .param(id)
                        .query(Long.class)
                        .single())
                .isEqualTo(130);
    }

    @Test
    void successIsStoredOnce() {
        var id = given.queued();
        var claim = given.running(id);
        claimed.succeeded(claim, "digits", 4, 20, Map.of(), "00");
        assertThat(given.job(id).state).isEqualTo(SUCCEEDED);
        assertThat(claimed.hasSucceeded(claim)).isTrue();
        assertThatThrownBy(() -> claimed.succeeded(claim, "digits", 5, 20, Map.of(), "00"))
                .isInstanceOf(LeaseLost.class);
        assertThat(given.job(id).modelVersion).isEqualTo(4);
    }

    private void waitIsOver(UUID id) {
        database.sql("update training_job set run_after = now() where id = ?")
                .param(id)
                .update();
    }

    private Map<String, Object> snapshot(UUID id) {
        return database.sql(
                        "select to_jsonb(training_job)::text as job, (select count(*) from job_log where job_id = id) as chunks from training_job where id = ?")
                .param(id)
                .query()
                .singleRow();
    }

    @Autowired
    org.springframework.transaction.support.TransactionTemplate transaction;

    private void transactionally(UUID id, java.util.function.Consumer<TrainingJob> change) {
        transaction.executeWithoutResult(
                status -> change.accept(jobs.findAndLockById(id).orElseThrow()));
    }
}
