package io.lossforge.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;

/**
 * Kills and freezes processes of a deployment, one blow after the other. Which, whose, and at what moment of an attempt's life is drawn; how
 * processes race is not, so that a seed gives the same blows and not the same run.
 */
final class ChaosMonkey {

    /** Of so many blows, this many are of the kind. */
    enum Blow {
        TRAINER_KILLED(4),
        WORKER_KILLED(3),
        WORKER_TERMINATED(2),
        WORKER_FROZEN(1),
        DATABASE_KILLED(1),
        SERVER_KILLED(1);

        private final int share;

        Blow(int share) {
            this.share = share;
        }
    }

    /** In the life of an attempt. */
    private enum Moment {
        CLAIMED(attempt -> !attempt.trains()),
        TRAINING(RunningAttempt::trains),
        CHECKPOINT_STORED(RunningAttempt::hasCheckpoint),
        NEARLY_DONE(attempt -> attempt.progress() > 0.8);

        private final Predicate<RunningAttempt> is;

        Moment(Predicate<RunningAttempt> is) {
            this.is = is;
        }
    }

    private static final int LONGEST_HESITATION_MILLIS = 400;

    /** Shorter and longer than what the service calls a long break. */
    private static final int LONGEST_ABSENCE_MILLIS = 7_000;

    private final Deployment deployment;
    private final Random random;
    private final Deck<Blow> blows;
    private final Set<RunningAttempt.Id> struck = new HashSet<>();
    private final Map<Blow, Integer> counts = new EnumMap<>(Blow.class);

    ChaosMonkey(Deployment deployment, Random random) {
        this.deployment = deployment;
        this.random = random;
        blows = new Deck<>(
                Arrays.stream(Blow.values())
                        .flatMap(blow -> Collections.nCopies(blow.share, blow).stream())
                        .toList(),
                random);
    }

    /** Kills so far, by kind. */
    Map<Blow, Integer> counts() {
        return counts;
    }

    int kills() {
        return counts.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** One blow, at the next moment that is drawn. */
    void strike() throws IOException, InterruptedException {
        var blow = blows.draw();
        var attempt = awaitMoment();
        hesitate(LONGEST_HESITATION_MILLIS);
        System.out.printf("%2d  %-18s attempt %d of job %s%n", kills() + 1, blow, attempt.number(), attempt.job());
        switch (blow) {
            case TRAINER_KILLED -> worker(attempt).killTrainers();
            case WORKER_KILLED -> worker(attempt).kill();
            case WORKER_TERMINATED -> terminateWorker(attempt);
            case WORKER_FROZEN -> freezeWorker(attempt);
            case DATABASE_KILLED -> killDatabase(attempt);
            case SERVER_KILLED -> killServer();
        }
        counts.merge(blow, 1, Integer::sum);
    }

    /** An attempt that had no blow yet, in the moment that is drawn. */
    private RunningAttempt awaitMoment() {
        var moment = Moment.values()[random.nextInt(Moment.values().length)];
        var found = new AtomicReference<RunningAttempt>();
        await().atMost(Deployment.PATIENCE).pollInterval(Duration.ofMillis(50)).until(() -> {
            deployment.replaceDead();
            var suitable = RunningAttempt.of(deployment).stream()
                    .filter(moment.is)
                    .filter(attempt -> !struck.contains(attempt.id()))
                    .filter(attempt -> deployment
                            .workerOf(attempt)
                            .filter(worker -> !worker.trainers().isEmpty())
                            .isPresent())
                    .toList();
            if (!suitable.isEmpty()) {
                found.set(suitable.get(random.nextInt(suitable.size())));
            }
            return !suitable.isEmpty();
        });
        struck.add(found.get().id());
        return found.get();
    }

    private void terminateWorker(RunningAttempt attempt) throws IOException, InterruptedException {
        var worker = worker(attempt);
        assertThat(worker.terminate(Deployment.PATIENCE.toSeconds()))
                .as(worker.log())
                .isZero();
    }

    /** Until it has lost its lease. */
    private void freezeWorker(RunningAttempt attempt) throws IOException, InterruptedException {
        var worker = worker(attempt);
        worker.freeze();
        try {
            await().atMost(Deployment.PATIENCE).until(() -> hasEnded(attempt));
        } finally {
            worker.thaw();
        }
    }

    /** While it is away, a trainer or a worker may be killed as well. */
    private void killDatabase(RunningAttempt attempt) throws IOException, InterruptedException {
        deployment.postgres().kill();
        try {
            switch (random.nextInt(4)) {
                case 0 -> worker(attempt).killTrainers();
                case 1 -> worker(attempt).kill();
                default -> {}
            }
            hesitate(LONGEST_ABSENCE_MILLIS);
        } finally {
            deployment.postgres().startAgain();
        }
    }

    /** Jobs go on while it is away. */
    private void killServer() throws IOException, InterruptedException {
        deployment.server().kill();
        long before = said();
        int more = 1 + random.nextInt(100);
        await().atMost(Deployment.PATIENCE).until(() -> said() >= before + more);
        deployment.startServerAgain();
    }

    private WorkerProcess worker(RunningAttempt attempt) {
        return deployment.workerOf(attempt).orElseThrow();
    }

    private boolean hasEnded(RunningAttempt attempt) {
        return deployment
                .database()
                .sql("select ended_at is not null from job_attempt where job_id = ? and number = ?")
                .param(attempt.job())
                .param(attempt.number())
                .query(Boolean.class)
                .single();
    }

    /** Points and lines of all jobs. */
    private long said() {
        return deployment
                .database()
                .sql("select coalesce(sum(last_sequence), 0) from training_job")
                .query(Long.class)
                .single();
    }

    private void hesitate(int mostMillis) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(random.nextInt(mostMillis));
    }
}
