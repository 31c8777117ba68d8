package io.lossforge.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lossforge.ServiceTest;
import io.lossforge.storage.Blobs;
import io.lossforge.storage.NoSuchBlob;
import io.lossforge.storage.Storage;
import io.lossforge.training.TrainerEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

@ServiceTest
class JobCheckpointsIT {

    private static final Duration SOON = Duration.ofMinutes(1);

    @Autowired
    QueuedJobs given;

    @Autowired
    ClaimedJobs claimed;

    @Autowired
    JobCheckpoints checkpoints;

    @Autowired
    Blobs blobs;

    @Autowired
    Storage storage;

    @Autowired
    JdbcClient database;

    @TempDir
    Path local;

    private UUID job;
    private Claim claim;

    @BeforeEach
    void start() {
        given.emptyQueue();
        job = given.queued();
        claim = given.running(job);
    }

    private static TrainerEvent.Checkpoint after(int step, long points) {
        return new TrainerEvent.Checkpoint("file", 1, step, step / 100.0, points, "%064x".formatted(step), 4);
    }

    private void stored(Claim claim, TrainerEvent.Checkpoint checkpoint) throws IOException {
        blobs.put(
                JobCheckpoints.key(claim, checkpoint.sha256()),
                Files.writeString(local.resolve("file"), "%4d".formatted(checkpoint.step())));
    }

    private boolean added(Claim claim, int step) throws IOException {
        stored(claim, after(step, 0));
        return checkpoints.add(claim, after(step, 0), "cpu", 2);
    }

    private List<String> kept() {
        return storage.list("jobs/" + job + "/checkpoints/");
    }

    private List<Long> steps() {
        return checkpoints.newest(job).stream().map(StoredCheckpoint::step).toList();
    }

    @Test
    void theLastTwoAreKept() throws IOException {
        for (int step : List.of(10, 20, 30)) {
            assertThat(added(claim, step)).isTrue();
        }
        assertThat(checkpoints.add(claim, after(30, 0), "cpu", 2)).as("again").isTrue();

        assertThat(steps()).containsExactly(30L, 20L);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(kept())
                        .containsExactlyInAnyOrder(
                                JobCheckpoints.key(claim, after(20, 0).sha256()),
                                JobCheckpoints.key(claim, after(30, 0).sha256())));
    }

    @Test
    void countsOnceItsBytesAndThePointsBeforeItAreStored() throws IOException {
        assertThatThrownBy(() -> checkpoints.add(claim, after(10, 0), "cpu", 2)).isInstanceOf(NoSuchBlob.class);
        stored(claim, after(10, 3));
        assertThat(checkpoints.add(claim, after(10, 3), "cpu", 2)).isFalse();
        assertThat(steps()).isEmpty();
        claimed.measured(claim, 3, Map.of());
        assertThat(checkpoints.add(claim, after(10, 3), "cpu", 2)).isTrue();
        assertThat(steps()).containsExactly(10L);
    }

    @Test
    void onlyTheWorkerThatHoldsTheJobAddsOne() throws IOException {
        added(claim, 10);
        claimed.ended(claim, EndReason.LEASE_LOST, "its worker died");
        assertThat(given.job(job).progress).as("where the next attempt goes on").isEqualTo(0.1);
        assertThatThrownBy(() -> added(claim, 20)).isInstanceOf(LeaseLost.class);
        assertThat(steps()).containsExactly(10L);
    }

    @Test
    void anAttemptThatBeginsAnewDiscardsThoseOfFormerOnes() throws IOException {
        added(claim, 10);
        claimed.ended(claim, EndReason.WORKER_STOPPED, "its worker stops");
        var second = given.running(job);
        assertThat(steps()).isEmpty();
        await().atMost(SOON).until(() -> kept().isEmpty());
        assertThat(added(second, 5)).isTrue();
        assertThat(steps()).containsExactly(5L);
    }

    /** One whose worker was killed before it could be added included. */
    @Test
    void allLeaveAfterSuccess() throws IOException {
        added(claim, 10);
        stored(claim, after(20, 0));
        claimed.succeeded(claim, "m", 1, 20, Map.of(), "00");
        assertThat(steps()).isEmpty();
        await().atMost(SOON).until(() -> kept().isEmpty());
    }

    @Test
    void allLeaveSoonAfterFailure() throws IOException {
        added(claim, 10);
        claimed.ended(claim, EndReason.DIVERGED, "the loss became NaN");
        await().atMost(SOON).until(() -> kept().isEmpty());
        assertThat(steps()).isEmpty();
    }
}
