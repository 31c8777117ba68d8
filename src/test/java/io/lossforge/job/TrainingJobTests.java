package io.lossforge.job;

import static io.lossforge.job.JobState.CANCELLED;
import static io.lossforge.job.JobState.FAILED;
import static io.lossforge.job.JobState.QUEUED;
import static io.lossforge.job.JobState.RUNNING;
import static io.lossforge.job.JobState.STARTING;
import static io.lossforge.job.JobState.SUCCEEDED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lossforge.training.Catalogues;
import io.lossforge.training.TrainerEvent;
import io.lossforge.training.TrainingSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.node.JsonNodeFactory;

class TrainingJobTests {

    private static final Instant NOW = Instant.parse("2026-11-23T04:00:00Z");
    private static final Duration BACKOFF = Duration.ofSeconds(1);

    @Test
    void waitsAtTheEndOfItsQueueWhenSubmitted() {
        var job = queued();
        assertThat(job.state).isEqualTo(QUEUED);
        assertThat(job.queuedAt).isEqualTo(NOW);
        assertThat(job.deadlineAt).isEqualTo(NOW.plus(Duration.ofHours(2)));
        assertThat(job.attempts).isEmpty();
    }

    @Test
    void endsAtOnceWhenCancelledWhileItWaits() {
        var job = queued();
        job.cancel(NOW);
        assertThat(job.state).isEqualTo(CANCELLED);
        assertThat(job.endedAt).isEqualTo(NOW);
        job.cancel(NOW.plusSeconds(1));
        assertThat(job.endedAt).isEqualTo(NOW);
    }

    @Test
    void goesOnUntilItsWorkerHasHeardOfTheCancellation() {
        var job = running();
        job.cancel(NOW);
        assertThat(job.state).isEqualTo(RUNNING);
        assertThat(job.statusReason).isEqualTo("cancelling");
        job.cancel(NOW);
        job.attemptEnded(EndReason.CANCELLED, "cancelled", BACKOFF, NOW);
        assertThat(job.state).isEqualTo(CANCELLED);
        assertThat(job.attempts.get(0).endReason()).isEqualTo(EndReason.CANCELLED);
    }

    @ParameterizedTest
    @EnumSource(EndReason.class)
    void requestToCancelGoesBeforeEveryOtherReason(EndReason reason) {
        var job = running();
        job.cancel(NOW);
        job.attemptEnded(reason, "ended", BACKOFF, NOW);
        assertThat(job.state).isEqualTo(CANCELLED);
        assertThat(job.attempts.get(0).endReason()).isEqualTo(reason);
        assertThat(job.claimedBy).isNull();
        assertThat(job.leaseUntil).isNull();
    }

    @Test
    void successWinsOverACancellationThatCameTooLate() {
        var job = running();
        job.cancel(NOW);
        job.succeeded("digits", 3, 20, "00", NOW);
        assertThat(job.state).isEqualTo(SUCCEEDED);
        assertThat(job.modelVersion).isEqualTo(3);
        assertThat(job.progress).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(
            value = EndReason.class,
            names = {"LEASE_LOST", "OUT_OF_MEMORY", "NATIVE_CRASH", "KILLED", "WORKER_ERROR"})
    void triesAgainAfterAFailureOfTheInfrastructureUntilItsAttemptsAreUsedUp(EndReason reason) {
        var job = running();
        job.attemptEnded(reason, "it broke", BACKOFF, NOW);
        assertThat(job.state).isEqualTo(QUEUED);
        assertThat(job.runAfter).isEqualTo(NOW.plus(BACKOFF));
        assertThat(job.queuedAt).as("keeps its place").isEqualTo(NOW);
        assertThat(job.statusReason).isEqualTo(reason.code());
        assertThat(job.statusMessage).isEqualTo("it broke; tries again (attempt 2 of 3)");
        run(job);
        job.attemptEnded(reason, "it broke", BACKOFF, NOW);
        run(job);
        job.attemptEnded(reason, "it broke", BACKOFF, NOW);
        assertThat(job.state).isEqualTo(FAILED);
        assertThat(job.statusReason).isEqualTo(reason.code());
        assertThat(job.statusMessage).isEqualTo("it broke (attempt 3 of 3)");
        assertThat(job.attempts).hasSize(3).allMatch(attempt -> attempt.endReason() == reason);
    }

    @ParameterizedTest
    @EnumSource(
            value = EndReason.class,
            names = {"ERROR", "DIVERGED"})
    void failsForGoodWhenAnotherAttemptWouldFareTheSame(EndReason reason) {
        var job = running();
        job.attemptEnded(reason, "the loss became NaN at step 7", BACKOFF, NOW);
        assertThat(job.state).isEqualTo(FAILED);
        assertThat(job.statusReason).isEqualTo(reason.code());
        assertThat(job.statusMessage).isEqualTo("the loss became NaN at step 7");
    }

    @Test
    void stoppedWorkerCostsNoAttempt() {
        var job = running();
        for (int i = 0; i < 5; i++) {
            job.attemptEnded(EndReason.WORKER_STOPPED, "the worker was stopped", BACKOFF, NOW);
            assertThat(job.state).isEqualTo(QUEUED);
            assertThat(job.failures).isZero();
            assertThat(job.runAfter).isEqualTo(NOW);
            run(job);
        }
    }

    @Test
    void retryQueuesItAnewWithAllItsAttempts() {
        var job = running();
        job.attemptEnded(EndReason.DIVERGED, "the loss became NaN", BACKOFF, NOW);
        var later = NOW.plusSeconds(3600);
        job.retry(later);
        assertThat(job.state).isEqualTo(QUEUED);
        assertThat(job.queuedAt).isEqualTo(later);
        assertThat(job.deadlineAt).isEqualTo(later.plus(Duration.ofHours(2)));
        assertThat(job.endedAt).isNull();
        assertThat(job.statusReason).isNull();
        job.retry(later.plusSeconds(1));
        assertThat(job.queuedAt).as("again is fine").isEqualTo(later);
    }

    @Test
    void refusesWhatItsStateDoesNotAllow() {
        var succeeded = running();
        succeeded.succeeded("digits", 1, 20, "00", NOW);
        assertThatThrownBy(() -> succeeded.cancel(NOW))
                .isInstanceOf(IllegalMove.class)
                .hasMessage("job %s: SUCCEEDED cannot become CANCELLED".formatted(succeeded.id()));
        assertThatThrownBy(() -> succeeded.retry(NOW)).isInstanceOf(IllegalMove.class);
        assertThatThrownBy(() -> succeeded.prioritise(1)).hasMessageContaining("its priority cannot change any more");
        assertThatThrownBy(() -> queued().retry(NOW)).isInstanceOf(IllegalMove.class);
        assertThatThrownBy(() -> running().retry(NOW)).isInstanceOf(IllegalMove.class);
    }

    @Test
    void knowsWhetherAnAttemptRepeatsTheFormerOnesBitByBit() {
        var job = claimed(queued());
        assertThat(job.started(started(2))).as("first").isTrue();
        job.pointsStored = 40;
        job.attemptEnded(EndReason.KILLED, "killed", BACKOFF, NOW);
        claimed(job);
        assertThat(job.started(started(2))).as("same threads").isTrue();
        assertThat(job.pointsStored).isEqualTo(40);
        job.attemptEnded(EndReason.KILLED, "killed", BACKOFF, NOW);
        claimed(job);
        assertThat(job.started(started(4))).as("other threads").isFalse();
        assertThat(job.pointsStored).isZero();
    }

    @Test
    void deadlineCountsFromSubmission() {
        var job = queued();
        job.limit(Duration.ofMinutes(5));
        assertThat(job.deadlineAt).isEqualTo(NOW.plus(Duration.ofMinutes(5)));
        assertThat(job.spec.path("deadline").asString()).isEqualTo("PT5M");
        job.limit(null);
        assertThat(job.deadlineAt).isNull();
        assertThat(job.spec.path("deadline").isNull()).isTrue();
    }

    private static TrainingJob queued() {
        var document = JsonNodeFactory.instance.objectNode();
        document.put("name", "test");
        document.put("dataset", "digits:1");
        document.put("model", "digits");
        document.put("deadline", "PT2H");
        var job = TrainingJob.submitted(
                Catalogues.JSON.read(TrainingSpec.class, document),
                UUID.randomUUID(),
                "digits",
                1,
                null,
                Duration.ofHours(1),
                NOW);
        job.id = UUID.randomUUID();
        return job;
    }

    private static TrainingJob running() {
        return run(queued());
    }

    private static TrainingJob run(TrainingJob job) {
        claimed(job).started(started(2));
        assertThat(job.state).isEqualTo(RUNNING);
        return job;
    }

    /** What the claim statement does. */
    private static TrainingJob claimed(TrainingJob job) {
        assertThat(job.state.canBecome(STARTING)).isTrue();
        job.state = STARTING;
        job.attempt++;
        job.claimedBy = UUID.randomUUID();
        job.leaseUntil = NOW.plusSeconds(30);
        job.attempts.add(new JobAttempt("test", "cpu", null, null, null, NOW, null, null, null));
        return job;
    }

    private static TrainerEvent.Started started(int threads) {
        return new TrainerEvent.Started(
                "cpu",
                "CPU",
                threads,
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
                List.of());
    }
}
