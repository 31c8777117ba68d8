package io.lossforge.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossforge.Http;
import io.lossforge.ServiceTest;
import io.lossforge.training.Resources.Device;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.util.unit.DataSize;
import tools.jackson.databind.json.JsonMapper;

@ServiceTest
@ResourceLock("queue")
class QueueFairnessIT {

    private static final Duration LEASE = Duration.ofSeconds(30);

    @LocalServerPort
    int port;

    @Autowired
    QueuedJobs given;

    @Autowired
    JobQueue queue;

    @Autowired
    ClaimedJobs claimed;

    @Autowired
    Workers workers;

    @Autowired
    Preemption preemption;

    @Autowired
    QueueOutlook outlook;

    @Autowired
    QueueSnapshots snapshots;

    @Autowired
    JobDurations durations;

    @Autowired
    JsonMapper json;

    @Autowired
    TransactionTemplate transaction;

    @Autowired
    JdbcClient database;

    @BeforeEach
    @AfterEach
    void nothingWaitsAndNobodyWorks() {
        given.emptyQueue();
        database.sql("""
                        update training_job set state = 'CANCELLED', ended_at = now(), claimed_by = null, lease_until = null,
                            requested = null
                        where state in ('STARTING', 'RUNNING')""").update();
        database.sql("delete from worker").update();
    }

    @Test
    void nothingStarvesUnderAStreamOfHigherPriority() {
        var old = given.queued();
        waited(old, "59 minutes");
        var urgent = given.queued(json -> json.put("priority", 1));
        assertThat(next()).isEqualTo(urgent);
        waited(old, "2 minutes");
        given.queued(json -> json.put("priority", 1));
        assertThat(next()).as("waited for an hour longer").isEqualTo(old);
    }

    @Test
    void ownersWithFewerRunningJobsGoFirst() {
        var many = IntStream.range(0, 4)
                .mapToObj(i -> given.queued("ann", json -> {}))
                .toList();
        var one = given.queued("bob", json -> {});
        var positions = outlook.positions(List.of(many.get(0), many.get(1), one));
        assertThat(positions)
                .containsEntry(many.get(0), 1L)
                .containsEntry(one, 2L)
                .containsEntry(many.get(1), 3L);
        assertThat(List.of(next(), next(), next())).containsExactly(many.get(0), one, many.get(1));
    }

    @Test
    void positionsAreTheOrderOfTheClaims() {
        var owners = List.of("ann", "bob", "eve");
        for (int i = 0; i < 30; i++) {
            int priority = i * 7 % 5 - 2;
            var id = given.queued(owners.get(i * i % 3), json -> json.put("priority", priority));
            waited(id, i * 13 % 90 + " minutes");
        }
        var ids = database.sql("select id from training_job where state = 'QUEUED'")
                .query(UUID.class)
                .list();
        var positions = outlook.positions(ids);
        var claims = new ArrayList<Long>();
        for (int i = 0; i < 30; i++) {
            claims.add(positions.get(next()));
        }
        assertThat(claims)
                .isEqualTo(IntStream.rangeClosed(1, 30).mapToObj(Long::valueOf).toList());
    }

    @Test
    void ownersNeverRunMoreThanTheLimitHoweverManyClaimAtOnce() throws Exception {
        var limited = new JobSettings(
                Duration.ofSeconds(1),
                Duration.ofMinutes(1),
                Duration.ofHours(1),
                Duration.ofHours(1),
                2,
                DataSize.ofMegabytes(1));
        var queue = new JobQueue(database, json, limited, transaction);
        var ids = IntStream.range(0, 12)
                .mapToObj(i -> given.queued(i % 2 == 0 ? "ann" : "bob", json -> {}))
                .toList();
        var worker = UUID.randomUUID();
        workers.announce(worker, "many", 12, 0, List.of(), Duration.ofMinutes(1));
        var threads = Executors.newFixedThreadPool(6);
        try {
            for (var claim :
                    threads.invokeAll(Collections.nCopies(12, () -> queue.claim(worker, "many", Device.CPU, LEASE)))) {
                claim.get();
            }
        } finally {
            threads.shutdown();
        }
        var owners = queue.held(worker).stream()
                .map(held -> given.job(held.claim().job()).owner)
                .toList();
        assertThat(owners).containsExactlyInAnyOrder("ann", "ann", "bob", "bob");

        var waiting = ids.stream()
                .map(given::job)
                .filter(job -> job.state == JobState.QUEUED)
                .toList();
        var answers = new JobAnswers(new QueueOutlook(workers, snapshots, durations, limited)).of(waiting);
        assertThat(answers).hasSize(8).allSatisfy(job -> {
            assertThat(job.statusReason()).isEqualTo("waiting-for-own-jobs");
            assertThat(job.statusMessage()).startsWith("2 jobs of its owner run");
        });

        claimed.ended(queue.held(worker).iterator().next().claim(), EndReason.ERROR, "wrong");
        assertThat(queue.claim(worker, "many", Device.CPU, LEASE)).isPresent();
        assertThat(queue.claim(worker, "many", Device.CPU, LEASE)).isEmpty();
    }

    @Test
    void placesAreTrueAtOnceForWhatARequestChanges() {
        var http = new Http(port);
        var first = given.queued();
        var second = given.queued();
        assertThat(position(http, first)).isEqualTo(1);
        assertThat(position(http, second)).isEqualTo(2);
        http.patch("/api/v1/jobs/" + second, "{\"priority\": 1}");
        assertThat(position(http, second)).isEqualTo(1);
        assertThat(position(http, first)).isEqualTo(2);
        http.post("/api/v1/jobs/" + second + "/cancel");
        assertThat(position(http, first)).isEqualTo(1);
    }

    private static int position(Http http, UUID id) {
        return http.get("/api/v1/jobs/" + id).json().path("queuePosition").asInt();
    }

    @Test
    void labelsRouteJobsToWorkersThatHaveThemAll() {
        var plain = UUID.randomUUID();
        var large = UUID.randomUUID();
        workers.announce(plain, "plain", 1, 0, List.of("a100"), Duration.ofMinutes(1));
        var id = given.queued(json ->
                json.putObject("resources").putArray("labels").add("a100").add("memory=80g"));
        assertThat(claim(plain)).isNull();
        var waiting = new Http(port).get("/api/v1/jobs/" + id).json();
        assertThat(waiting.path("statusReason").asString()).isEqualTo("waiting-for-labels");
        assertThat(waiting.path("statusMessage").asString())
                .contains("no running worker has memory=80g; workers offer: a100");
        workers.announce(large, "large", 1, 0, List.of("memory=80g", "a100", "b"), Duration.ofMinutes(1));
        assertThat(claim(large)).isEqualTo(id);
    }

    @Test
    void higherPriorityTakesTheSlotOfAPreemptibleJobWhichKeepsItsPlace() {
        var worker = UUID.randomUUID();
        workers.announce(worker, "one slot", 1, 0, List.of(), Duration.ofMinutes(1));
        var low = given.queued(json -> json.put("preemptible", true));
        var claim =
                queue.claim(worker, "one slot", Device.CPU, LEASE).orElseThrow().claim();
        preemption.makeRoom();
        assertThat(queue.held(worker)).as("nobody waits").containsExactly(new HeldJob(claim, null));

        var high = given.queued(json -> json.put("priority", 1));
        preemption.makeRoom();
        assertThat(queue.held(worker)).containsExactly(new HeldJob(claim, EndReason.PREEMPTED));
        assertThat(claimed.ended(claim, EndReason.PREEMPTED, "made room")).isEqualTo(JobState.QUEUED);
        assertThat(given.job(low).failures).isZero();
        assertThat(claim(worker)).isEqualTo(high);
        assertThat(claim(worker)).isEqualTo(low);
    }

    @Test
    void bulkCancelSaysWhatItWouldDoAndThenDoesItOnce() {
        var http = new Http(port);
        var id = given.queued();
        var dataset = given.job(id).datasetName;
        var path = "/api/v1/jobs/cancel?dataset=" + dataset;
        var dry = http.post(path + "&dryRun=true").json();
        assertThat(dry.path("count").asInt()).isEqualTo(1);
        assertThat(dry.at("/ids/0").asString()).isEqualTo(id.toString());
        assertThat(given.job(id).state).isEqualTo(JobState.QUEUED);
        assertThat(http.post(path).json().path("count").asInt()).isEqualTo(1);
        assertThat(given.job(id).state).isEqualTo(JobState.CANCELLED);
        assertThat(http.post(path).json().path("count").asInt()).isZero();
        assertThat(http.post("/api/v1/jobs/cancel").status()).isEqualTo(400);
    }

    @Test
    void pauseAndResumeThroughTheInterface() {
        var http = new Http(port);
        var id = given.queued();
        var claim = given.running(id);
        assertThat(http.post("/api/v1/jobs/" + id + "/pause")
                        .json()
                        .path("statusReason")
                        .asString())
                .isEqualTo("pausing");
        assertThat(queue.held(claim.worker())).containsExactly(new HeldJob(claim, EndReason.PAUSED));
        claimed.ended(claim, EndReason.PAUSED, "paused");
        assertThat(state(http, id)).isEqualTo("PAUSED");
        assertThat(claim(UUID.randomUUID())).isNull();
        for (int again = 0; again < 2; again++) {
            assertThat(http.post("/api/v1/jobs/" + id + "/resume").status()).isEqualTo(202);
            assertThat(state(http, id)).isEqualTo("QUEUED");
        }
        assertThat(given.job(id).failures).isZero();
    }

    private static String state(Http http, UUID id) {
        return http.get("/api/v1/jobs/" + id).json().path("state").asString();
    }

    private void waited(UUID id, String interval) {
        database.sql("update training_job set queued_at = queued_at - cast(? as interval) where id = ?")
                .params(interval, id)
                .update();
    }

    private UUID next() {
        return java.util.Objects.requireNonNull(claim(UUID.randomUUID()));
    }

    private @org.jspecify.annotations.Nullable UUID claim(UUID worker) {
        return queue.claim(worker, "test", Device.CPU, LEASE)
                .map(job -> job.claim().job())
                .orElse(null);
    }
}
