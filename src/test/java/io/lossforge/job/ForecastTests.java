package io.lossforge.job;

import static io.lossforge.job.GivenQueue.KIND;
import static io.lossforge.job.GivenQueue.NOW;
import static io.lossforge.job.GivenQueue.OTHER_KIND;
import static io.lossforge.job.GivenQueue.at;
import static org.assertj.core.api.Assertions.assertThat;

import io.lossforge.job.Forecast.Estimate;
import io.lossforge.job.JobDurations.Pace;
import io.lossforge.training.Resources.Device;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Jobs have ten epochs, so that one of {@code KIND} takes 5 s and ten times 2 s. */
class ForecastTests {

    private static final Map<UUID, Pace> PACES = Map.of(KIND, new Pace(5, 2));
    private static final double HOUR = 3600;

    private final GivenQueue given = new GivenQueue();

    @Test
    void oneSlotTakesTheJobsOneAfterAnother() {
        var running = given.running(job -> job.end = 7.0);
        var first = given.waiting();
        var second = given.waiting();

        assertThat(forecast())
                .containsOnly(
                        Map.entry(running, ends(7)), Map.entry(first, takes(7, 32)), Map.entry(second, takes(32, 57)));
    }

    @Test
    void slotThatIsFreeFirstTakesTheNextJob() {
        given.running(job -> job.end = 30.0);
        given.running(job -> job.end = 10.0);
        var first = given.waiting();
        var second = given.waiting();
        var third = given.waiting();

        assertThat(forecast())
                .containsEntry(first, takes(10, 35))
                .containsEntry(second, takes(30, 55))
                .containsEntry(third, takes(35, 60));
    }

    @Test
    void whatIsDoneAlreadyTakesNoTimeAgain() {
        given.freeSlot();
        var job = given.waiting(resumed -> resumed.progress = 0.75);
        assertThat(forecast()).containsEntry(job, takes(0, 5 + 0.25 * 20));
    }

    /** One that has just started says nothing yet: its kind does, from the start of its attempt. */
    @Test
    void runningJobThatSaysNothingTakesAsLongAsItsKind() {
        var running = given.running(job -> job.since = -10);
        var waiting = given.waiting();
        assertThat(forecast()).containsEntry(running, ends(15)).containsEntry(waiting, takes(15, 40));
    }

    @Test
    void runningJobThatIsOverdueIsExpectedToEndNow() {
        given.running(job -> job.end = -3.0);
        var waiting = given.waiting();
        assertThat(forecast()).containsEntry(waiting, takes(0, 25));
    }

    @Test
    void jobThatIsToldToEndMakesRoomNow() {
        given.running(job -> {
            job.end = 500.0;
            job.requested = EndReason.CANCELLED;
        });
        var waiting = given.waiting();
        assertThat(forecast()).containsEntry(waiting, takes(0, 25));
    }

    @Test
    void nothingIsSaidOfJobsBehindOneOfUnknownLength() {
        given.freeSlot();
        var unknown = given.waiting(job -> job.kind = OTHER_KIND);
        var behind = given.waiting();
        assertThat(forecast()).containsEntry(unknown, new Estimate(NOW, null)).doesNotContainKey(behind);
    }

    @Test
    void anotherSlotGoesOnBesideAJobOfUnknownLength() {
        given.freeSlot().freeSlot();
        var unknown = given.waiting(job -> job.kind = null);
        var first = given.waiting();
        var second = given.waiting();
        assertThat(forecast())
                .containsEntry(unknown, new Estimate(NOW, null))
                .containsEntry(first, takes(0, 25))
                .containsEntry(second, takes(25, 50));
    }

    /** Half of ten epochs take another 40 s, so that all of them take 80 s. */
    @Test
    void kindOfWhichNoJobIsDoneGoesAtThePaceOfOneThatRuns() {
        given.running(job -> {
            job.kind = OTHER_KIND;
            job.progress = 0.5;
            job.end = 40.0;
        });
        var waiting = given.waiting(job -> job.kind = OTHER_KIND);
        assertThat(forecast()).containsEntry(waiting, takes(40, 120));
    }

    @Test
    void ownersTakeTurns() {
        given.freeSlot().freeSlot();
        var ann1 = given.waiting(job -> job.owner = "ann");
        var ann2 = given.waiting(job -> job.owner = "ann");
        var bob = given.waiting(job -> job.owner = "bob");
        assertThat(forecast())
                .containsEntry(ann1, takes(0, 25))
                .containsEntry(bob, takes(0, 25))
                .containsEntry(ann2, takes(25, 50));
    }

    @Test
    void ownerAtTheLimitWaitsForOneOfItsOwnJobs() {
        given.running(job -> {
            job.owner = "ann";
            job.end = 12.0;
        });
        given.freeSlot();
        var mine = given.waiting(job -> job.owner = "ann");
        assertThat(Forecast.of(given.snapshot(), PACES, HOUR, 1)).containsEntry(mine, takes(12, 37));
        assertThat(Forecast.of(given.snapshot(), PACES, HOUR, 2)).containsEntry(mine, takes(0, 25));
    }

    @Test
    void jobThatFailedIsPassedOverUntilItsWaitIsOver() {
        given.freeSlot();
        var failed = given.waiting(job -> job.notBefore = 30);
        var other = given.waiting();
        assertThat(forecast()).containsEntry(other, takes(0, 25)).containsEntry(failed, takes(30, 55));
    }

    @Test
    void jobsWaitForASlotThatServesThem() {
        given.freeSlot();
        given.running(job -> {
            job.device = Device.GPU;
            job.labels = Set.of("a100");
            job.end = 9.0;
        });
        var gpu = given.waiting(job -> job.device = Device.GPU);
        var labelled = given.waiting(job -> job.labels = Set.of("a100"));
        var nobodys = given.waiting(job -> job.labels = Set.of("tpu"));
        var any = given.waiting();
        assertThat(forecast())
                .containsEntry(any, takes(0, 25))
                .containsEntry(gpu, takes(9, 34))
                .containsEntry(labelled, takes(34, 59))
                .doesNotContainKey(nobodys);
    }

    @Test
    void withoutWorkersNothingIsSaid() {
        given.waiting();
        assertThat(forecast()).isEmpty();
    }

    @Test
    void paceIsALineWhereThatMakesSenseAndElseTheMedian() {
        assertThat(Pace.of(2.0, 5.0, 3.0)).isEqualTo(new Pace(5, 2));
        assertThat(Pace.of(null, null, 3.0)).as("all had as many epochs").isEqualTo(new Pace(0, 3));
        assertThat(Pace.of(-1.0, 50.0, 3.0)).isEqualTo(new Pace(0, 3));
        assertThat(Pace.of(4.0, -5.0, 3.0)).isEqualTo(new Pace(0, 3));
        assertThat(new Pace(5, 2).of(10, 0.5)).isEqualTo(Duration.ofSeconds(15));
    }

    private Map<UUID, Estimate> forecast() {
        return Forecast.of(given.snapshot(), PACES, HOUR, Integer.MAX_VALUE);
    }

    private static Estimate takes(double start, double end) {
        return new Estimate(at(start), at(end));
    }

    private static Estimate ends(double end) {
        return new Estimate(null, at(end));
    }
}
