package io.lossforge.worker;

import static io.lossforge.worker.Workload.DIVERGING;
import static io.lossforge.worker.Workload.LENET_ADAM;
import static io.lossforge.worker.Workload.LENET_SGD;
import static io.lossforge.worker.Workload.RESNET_ADAM;
import static io.lossforge.worker.Workload.RESNET_SGD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lossforge.worker.Submission.Wish;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Whatever dies, jobs end as if nothing had happened. Takes minutes, so that it runs by itself: {@code mvn verify -Pchaos}, with
 * {@code -Dchaos.seed} to repeat what a run has printed, and {@code -Dchaos.kills} for more of it.
 */
@Tag("chaos")
class ChaosIT {

    private static final long SEED = Long.getLong("chaos.seed", System.currentTimeMillis() % 1_000_000);
    private static final int KILLS = Integer.getInteger("chaos.kills", 25);
    private static final int WORKERS = 3;
    private static final Duration POLL = Duration.ofMillis(50);
    private static final Set<String> FINISHED = Set.of("SUCCEEDED", "FAILED", "CANCELLED");

    private static final Map<Workload, TrainedJob> undisturbed = new EnumMap<>(Workload.class);
    private static Deployment deployment;

    @BeforeAll
    static void runEveryWorkloadUndisturbed() throws IOException {
        deployment = new Deployment(Path.of("target/test-data/chaos"), WORKERS);
        Inspection.noteMoves(deployment.database());
        var ids = new EnumMap<Workload, UUID>(Workload.class);
        for (var workload : Workload.values()) {
            ids.put(workload, submit(workload));
        }
        ids.forEach((workload, id) -> undisturbed.put(workload, awaitEnd(id)));
        assertThat(undisturbed.values()).allMatch(job -> job.attempts().size() == 1);
        assertThat(of(DIVERGING).reason()).isEqualTo("diverged");
    }

    @AfterAll
    static void end() throws Exception {
        if (deployment != null) {
            deployment.end();
        }
    }

    @Test
    void randomKillsChangeNothing() throws Exception {
        System.out.printf("%n-Dchaos.seed=%d -Dchaos.kills=%d%n", SEED, KILLS);
        long begin = System.nanoTime();
        var random = new Random(SEED);
        var owners = new Owners(deployment, new Random(random.nextLong()));
        var monkey = new ChaosMonkey(deployment, random);
        long before = jobs();
        var acts = CompletableFuture.runAsync(owners::act);
        while (monkey.kills() < KILLS) {
            monkey.strike();
            assertThat(acts).isNotDone();
        }
        owners.haveEnough();
        await().atMost(Deployment.PATIENCE.multipliedBy(2)).until(() -> {
            deployment.replaceDead();
            return acts.isDone();
        });
        acts.get();

        System.out.printf(
                "%nseed %d: %d kills in %d s: %s%n",
                SEED, KILLS, Duration.ofNanos(System.nanoTime() - begin).toSeconds(), monkey.counts());
        var softly = new SoftAssertions();
        var inspection = new Inspection(deployment, softly);
        for (var submission : owners.submissions()) {
            var job = TrainedJob.read(deployment.database(), submission.id());
            boolean cancelled = submission.wish() == Wish.CANCEL && job.state().equals("CANCELLED");
            inspection.inspect(job);
            if (cancelled) {
                inspection.compareBeginning(job, of(submission.workload()));
            } else {
                inspection.compare(job, of(submission.workload()));
            }
            print(submission, job, cancelled);
        }
        softly.assertThat(jobs() - before)
                .as("jobs")
                .isEqualTo(owners.submissions().size());
        inspection.inspectLeftovers();
        softly.assertAll();
    }

    /** With augmentation and the loss of the paper, whose averages are a state; and, in the residual network, batch norm. */
    @Test
    void fiveKillsLeaveTheSameWeights() throws Exception {
        var ids = new EnumMap<Workload, UUID>(Workload.class);
        for (var workload : List.of(LENET_SGD, LENET_ADAM, RESNET_SGD, RESNET_ADAM)) {
            ids.put(workload, submit(workload));
        }
        var kills = new HashMap<UUID, Integer>();
        var struck = new HashSet<RunningAttempt.Id>();
        await().atMost(Deployment.PATIENCE.multipliedBy(2)).pollInterval(POLL).until(() -> {
            deployment.replaceDead();
            for (var attempt : RunningAttempt.of(deployment)) {
                int before = kills.getOrDefault(attempt.job(), 0);
                var worker = deployment.workerOf(attempt);
                boolean due = before < 5 && attempt.hasCheckpoint() && attempt.progress() > 0.1 * (before + 1);
                if (due && worker.isPresent() && struck.add(attempt.id())) {
                    if (before % 2 == 0) {
                        worker.get().killTrainers();
                    } else {
                        worker.get().kill();
                    }
                    kills.put(attempt.job(), before + 1);
                }
            }
            return ids.values().stream().allMatch(ChaosIT::hasEnded);
        });

        var softly = new SoftAssertions();
        var inspection = new Inspection(deployment, softly);
        ids.forEach((workload, id) -> {
            var job = TrainedJob.read(deployment.database(), id);
            softly.assertThat(kills.get(id)).as("kills of %s", workload).isEqualTo(5);
            softly.assertThat(job.endReasons()).as("%s", workload).contains("killed", "lease_lost", "completed");
            inspection.inspect(job);
            inspection.compare(job, of(workload));
            System.out.printf(
                    "%n%-12s %s undisturbed%n%-12s %s killed %d times, went on after steps %s%n",
                    workload.title(),
                    of(workload).weights(),
                    "",
                    job.weights(),
                    kills.get(id),
                    job.attempts().stream()
                            .map(TrainedJob.Attempt::resumedStep)
                            .filter(Objects::nonNull)
                            .toList());
        });
        inspection.inspectLeftovers();
        softly.assertAll();
    }

    @Test
    void killedServerIsNotMissed() throws Exception {
        var id = submit(LENET_SGD);
        await().atMost(Deployment.PATIENCE)
                .pollInterval(POLL)
                .until(() -> RunningAttempt.of(deployment).stream()
                        .anyMatch(attempt -> attempt.job().equals(id) && attempt.hasCheckpoint()));
        deployment.server().kill();
        var job = awaitEnd(id);

        deployment.startServerAgain();

        assertThat(job.endReasons()).containsExactly("completed");
        assertThat(job.weights()).isEqualTo(of(LENET_SGD).weights());
        assertThat(job.curve()).isEqualTo(of(LENET_SGD).curve());
        var answer = deployment.http().get("/api/v1/jobs/" + id);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().path("state").asString()).isEqualTo("SUCCEEDED");
    }

    private static long jobs() {
        return deployment
                .database()
                .sql("select count(*) from training_job")
                .query(Long.class)
                .single();
    }

    private static UUID submit(Workload workload) {
        var answer = deployment.http().post("/api/v1/jobs", workload.spec().toString());
        assertThat(answer.status()).as(answer.body()).isEqualTo(202);
        return UUID.fromString(answer.json().path("id").asString());
    }

    private static TrainedJob awaitEnd(UUID id) {
        await().atMost(Deployment.PATIENCE).until(() -> hasEnded(id));
        return TrainedJob.read(deployment.database(), id);
    }

    private static boolean hasEnded(UUID id) {
        return FINISHED.contains(deployment
                .database()
                .sql("select state from training_job where id = ?")
                .param(id)
                .query(String.class)
                .single());
    }

    private static TrainedJob of(Workload workload) {
        return Objects.requireNonNull(undisturbed.get(workload));
    }

    /** One line of the table: workload, wish, state, hash, whether it is the undisturbed one's, whether the curve is, attempts. */
    private static void print(Submission submission, TrainedJob job, boolean cancelled) {
        var straight = of(submission.workload());
        System.out.printf(
                "%-11s %-11s %-9s %-8s %-3s %-3s %s%n",
                submission.workload().title(),
                submission.wish().name().toLowerCase(Locale.ROOT),
                job.state().toLowerCase(Locale.ROOT),
                job.weights() == null ? "-" : job.weights().substring(0, 8),
                cancelled ? "-" : said(job.weights(), straight.weights()),
                cancelled ? "-" : said(job.curve(), straight.curve()),
                job.endReasons().stream()
                        .collect(Collectors.groupingBy(reason -> reason, TreeMap::new, Collectors.counting())));
    }

    private static String said(@Nullable Object one, @Nullable Object other) {
        return Objects.equals(one, other) ? "yes" : "no";
    }
}
