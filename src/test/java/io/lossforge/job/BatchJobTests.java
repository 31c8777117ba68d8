package io.lossforge.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lossforge.training.TrainerEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What is particular to a job that predicts; all else is that of any job. */
class BatchJobTests {

    private static final Instant NOW = Instant.parse("2026-11-24T08:00:00Z");

    private static TrainingJob queued() {
        var spec = new BatchSpec(
                "digits:3", null, "upload", 10_000, "csv", 1, false, 5, 3, Duration.ofHours(2), List.of("a100"));
        var job = TrainingJob.predicting("test", spec, UUID.randomUUID(), null, null, Duration.ofHours(1), NOW);
        job.id = UUID.randomUUID();
        return job;
    }

    private static TrainingJob running() {
        var job = queued();
        job.state = JobState.STARTING;
        job.attempt++;
        job.claimedBy = UUID.randomUUID();
        job.leaseUntil = NOW.plusSeconds(30);
        job.attempts.add(new JobAttempt("test", "cpu", null, null, null, NOW, null, null, null));
        job.predicting(new TrainerEvent.Predicting("ONNX Runtime", 2, 10_000, 64));
        return job;
    }

    @Test
    void takesFromItsSpecificationWhatTheQueueGoesBy() {
        var job = queued();

        assertThat(job.priority).isEqualTo(5);
        assertThat(job.labels).containsExactly("a100");
        assertThat(job.deadlineAt).isEqualTo(NOW.plus(Duration.ofHours(2)));
        assertThat(BatchSpec.of(job.spec).deadline()).isEqualTo(Duration.ofHours(2));
    }

    @Test
    void saysHowManySamplesAreDone() {
        var job = running();
        assertThat(job.attempts.get(0).threads()).isEqualTo(2);

        job.progressed(new TrainerEvent.Progress(1, 1, 20, 157, 0.1234, 5_000, 8), NOW);

        assertThat(job.statusMessage).isEqualTo("1,234 of 10,000 samples");
        assertThat(job.estimatedEnd).isEqualTo(NOW.plusSeconds(8));
        assertThat(job.epoch).isNull();
        job.predicted(10_000, NOW);
        assertThat(job.state).isEqualTo(JobState.SUCCEEDED);
        assertThat(job.progress).isEqualTo(1);
    }

    @Test
    void beginsAnewAfterAFailure() {
        var job = running();
        job.progressed(new TrainerEvent.Progress(1, 1, 20, 157, 0.5, 5_000, 8), NOW);

        job.attemptEnded(EndReason.KILLED, "killed", Duration.ofSeconds(1), NOW);

        assertThat(job.state).isEqualTo(JobState.QUEUED);
        assertThat(job.progress).isZero();
    }

    @Test
    void waitsOnRequestButDoesNotPauseWhileItRuns() {
        var waiting = queued();
        waiting.pause(NOW);
        assertThat(waiting.state).isEqualTo(JobState.PAUSED);

        var job = running();
        assertThatThrownBy(() -> job.pause(NOW))
                .isInstanceOf(IllegalMove.class)
                .hasMessageContaining("RUNNING, a batch prediction writes no checkpoints to go on from");
        assertThat(job.requested).isNull();
    }

    @Test
    void isNotRetriedWithoutItsModel() {
        var job = queued();
        job.cancel(NOW);
        job.retry(NOW);
        job.cancel(NOW);
        job.initialVersionId = null;

        assertThatThrownBy(() -> job.retry(NOW))
                .isInstanceOf(IllegalMove.class)
                .hasMessageContaining("the model that it runs, digits:3, was deleted");
    }
}
