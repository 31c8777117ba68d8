package io.lossforge.worker;

import io.lossforge.Http;
import io.lossforge.worker.Submission.Wish;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;

/** Submit jobs, so that there is always work, and pause, resume and cancel some of them: all over HTTP, and again if it was refused. */
final class Owners {

    private static final int UNFINISHED = 4;

    /** So early that it is heard of before the end. */
    private static final double LATEST = 0.6;

    private final Deployment deployment;
    private final Random random;
    private final Deck<Workload> workloads;
    private final Deck<Wish> wishes;
    private final List<Submission> submissions = new ArrayList<>();
    private final Set<UUID> asked = new HashSet<>();

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

    List<Submission> submissions() {
        return List.copyOf(submissions);
    }

    /** Looks at all jobs once and does what is due. The database must be there, the server need not. */
    void act() {
        long unfinished = actOnSubmitted();
        if (unfinished < UNFINISHED) {
            submit();
        }
    }

    /** Like {@link #act} without anything new. */
    boolean haveAllTheyWanted() {
        return actOnSubmitted() == 0;
    }

    private long actOnSubmitted() {
        var unfinished = seen().stream().filter(job -> !job.isFinished()).toList();
        for (var job : unfinished) {
            submissions.stream()
                    .filter(submission -> submission.id().equals(job.id()))
                    .forEach(submission -> actOn(submission, job));
        }
        return unfinished.size();
    }

    private void actOn(Submission submission, Seen job) {
        if (job.state().equals("PAUSED")) {
            post(job.id() + "/resume");
            return;
        }
        var wish = submission.wish();
        boolean due = (wish == Wish.PAUSE || wish == Wish.CANCEL) && job.progress() >= submission.from();
        if (due && !asked.contains(job.id()) && post(job.id() + (wish == Wish.PAUSE ? "/pause" : "/cancel"))) {
            asked.add(job.id());
        }
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
        var workload = workloads.draw();
        var wish = wishes.draw();
        var spec = workload.spec()
                .put("preemptible", wish == Wish.PREEMPTIBLE)
                .put("priority", wish == Wish.URGENT ? 5 : 0);
        double from = LATEST * random.nextDouble();
        try {
            Http.Answer answer = deployment.http().post("/api/v1/jobs", spec.toString());
            if (answer.status() == 202) {
                submissions.add(
                        new Submission(UUID.fromString(answer.json().path("id").asString()), workload, wish, from));
            } else if (answer.status() < 500) {
                throw new AssertionError(answer.body());
            }
        } catch (UncheckedIOException e) {
            // The server is away; there will be another look.
        }
    }

    private List<Seen> seen() {
        return deployment
                .database()
                .sql("select id, state, progress from training_job")
                .query(Seen.class)
                .list();
    }
}
