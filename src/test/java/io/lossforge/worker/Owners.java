package io.lossforge.worker;

import static org.awaitility.Awaitility.await;

import io.lossforge.worker.Submission.Wish;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;

/**
 * Submit jobs, so that there is always work, and pause, resume and cancel some of them: all over HTTP, and again whenever server or database were
 * away, with a key so that a job whose answer was lost is not submitted twice.
 */
final class Owners {

    private static final Duration POLL = Duration.ofMillis(50);
    private static final int UNFINISHED = 4;

    /** So early that it is heard of before the end. */
    private static final double LATEST = 0.6;

    private final Deployment deployment;
    private final Random random;
    private final Deck<Workload> workloads;
    private final Deck<Wish> wishes;
    private final List<Submission> submissions = new CopyOnWriteArrayList<>();
    private final Set<UUID> asked = new HashSet<>();
    private @Nullable Draft draft;
    private volatile boolean enough;

    Owners(Deployment deployment, Random random) {
        this.deployment = deployment;
        this.random = random;
        workloads = new Deck<>(List.of(Workload.values()), random);
        wishes = new Deck<>(List.of(Wish.values()), random);
    }

    /** A job as the database has it. */
    record Seen(UUID id, String state, double progress) {

        boolean isFinished() {
            return Set.of("SUCCEEDED", "FAILED", "CANCELLED").contains(state);
        }
    }

    /** A job that was not accepted yet, as far as is known. */
    private record Draft(String key, String spec, Workload workload, Wish wish, double from) {}

    List<Submission> submissions() {
        return List.copyOf(submissions);
    }

    /** Until {@link #haveEnough} was called and all jobs have ended. */
    void act() {
        await().forever()
                .pollInterval(POLL)
                .ignoreExceptionsInstanceOf(DataAccessException.class)
                .until(this::lookOnce);
    }

    /** Nothing new from now on. */
    void haveEnough() {
        enough = true;
    }

    private boolean lookOnce() {
        var unfinished = seen().stream().filter(job -> !job.isFinished()).toList();
        unfinished.forEach(this::actOn);
        if (draft != null || !enough && unfinished.size() < UNFINISHED) {
            submit();
        }
        return enough && draft == null && unfinished.isEmpty();
    }

    private void actOn(Seen job) {
        if (job.state().equals("PAUSED")) {
            post(job.id() + "/resume");
            return;
        }
        submissions.stream()
                .filter(submission -> submission.id().equals(job.id()) && !asked.contains(job.id()))
                .filter(submission -> job.progress() >= submission.from())
                .forEach(submission -> {
                    boolean done = switch (submission.wish()) {
                        case PAUSE -> post(job.id() + "/pause");
                        case CANCEL -> post(job.id() + "/cancel");
                        default -> true;
                    };
                    if (done) {
                        asked.add(job.id());
                    }
                });
    }

    /** @return whether it was accepted, or refused because the job has ended meanwhile */
    private boolean post(String path) {
        try {
            return Set.of(200, 202, 409)
                    .contains(deployment.http().post("/api/v1/jobs/" + path).status());
        } catch (UncheckedIOException e) {
            return false; // the server is away
        }
    }

    private void submit() {
        var now = draft == null ? draw() : draft;
        draft = now;
        try {
            var answer = deployment.http().post("/api/v1/jobs", now.spec(), "Idempotency-Key", now.key());
            if (answer.status() == 202) {
                var id = UUID.fromString(answer.json().path("id").asString());
                submissions.add(new Submission(id, now.workload(), now.wish(), now.from()));
                draft = null;
            } else if (answer.status() < 500 && answer.status() != 409) {
                throw new AssertionError(answer.body());
            }
        } catch (UncheckedIOException e) {
            // The server is away; there will be another look.
        }
    }

    private Draft draw() {
        var workload = workloads.draw();
        var wish = wishes.draw();
        var spec = workload.spec()
                .put("preemptible", wish == Wish.PREEMPTIBLE)
                .put("priority", wish == Wish.URGENT ? 5 : 0);
        return new Draft(
                Long.toHexString(random.nextLong()), spec.toString(), workload, wish, LATEST * random.nextDouble());
    }

    private List<Seen> seen() {
        return deployment
                .database()
                .sql("select id, state, progress from training_job")
                .query(Seen.class)
                .list();
    }
}
