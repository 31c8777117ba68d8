package io.lossforge.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossforge.training.Resources.Device;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PreemptionTests {

    private static final double HOUR = 3600;

    private final GivenQueue given = new GivenQueue();

    @Test
    void lowestPriorityMakesRoomAndOfThoseTheOneThatStartedLast() {
        runs(2, -10);
        var late = runs(1, -20);
        runs(1, -30);
        urgent();
        assertThat(victims()).containsExactly(late);
    }

    @Test
    void nobodyMakesRoomWhileASlotIsFreeOrAboutToBe() {
        runs(0, -10);
        given.freeSlot();
        urgent();
        assertThat(victims()).isEmpty();
    }

    @Test
    void jobThatIsToldToEndAlreadyIsEnough() {
        runs(0, -10);
        given.running(job -> job.requested = EndReason.PREEMPTED);
        urgent();
        assertThat(victims()).isEmpty();
        urgent();
        assertThat(victims()).as("for the second of two").hasSize(1);
    }

    @Test
    void eachOfTwoTakesASlot() {
        var one = runs(0, -10);
        var two = runs(1, -10);
        urgent();
        urgent();
        urgent();
        runs(5, -10);
        assertThat(victims()).containsExactly(one, two);
    }

    @Test
    void equalPriorityAndJobsThatAreNotPreemptibleStay() {
        runs(5, -10);
        given.running(job -> job.preemptible = false);
        urgent();
        assertThat(victims()).isEmpty();
    }

    /** It has waited so long that it would take the slot again. */
    @Test
    void jobThatWouldGoBeforeTheOtherStays() {
        given.running(job -> job.turn = -6 * HOUR);
        urgent();
        assertThat(victims()).isEmpty();
    }

    /** It waits for priority 5, and since it cannot take the slot itself nobody gets it one. */
    @Test
    void slotThatAThirdWouldTakeIsLeft() {
        runs(0, -10);
        given.waiting(job -> job.turn = -7 * HOUR);
        urgent();
        assertThat(victims()).isEmpty();
    }

    @Test
    void slotMustServeTheJob() {
        runs(0, -10);
        var gpu = given.running(job -> {
            job.device = Device.GPU;
            job.labels = Set.of("a100");
            job.priority = 3;
        });
        given.waiting(job -> {
            isUrgent(job);
            job.labels = Set.of("a100");
        });
        assertThat(victims()).containsExactly(gpu);
    }

    @Test
    void waitAfterAFailureIsNotOver() {
        runs(0, -10);
        given.waiting(job -> {
            isUrgent(job);
            job.notBefore = 1;
        });
        assertThat(victims()).isEmpty();
    }

    @Test
    void ownerAtTheLimitTakesNoSlotFromOthers() {
        given.running(job -> job.owner = "ann");
        given.running(job -> job.preemptible = false);
        urgent();
        assertThat(Preemption.victims(given.snapshot(), HOUR, 1)).isEmpty();
        assertThat(Preemption.victims(given.snapshot(), HOUR, 2)).hasSize(1);
    }

    /** Bob's two running jobs put his waiting one back by two hours, Ann's one by none once it has made room. */
    @Test
    void shareOfTheOwnersCounts() {
        given.running(job -> {
            job.owner = "ann";
            job.turn = -1;
        });
        for (int i = 0; i < 2; i++) {
            given.running(job -> {
                job.owner = "bob";
                job.preemptible = false;
            });
        }
        given.waiting(job -> {
            job.owner = "bob";
            job.priority = 1;
            job.turn = -HOUR;
        });
        assertThat(victims()).isEmpty();
        assertThat(Preemption.victims(given.snapshot(), 0, Integer.MAX_VALUE)).hasSize(1);
    }

    private List<UUID> victims() {
        return Preemption.victims(given.snapshot(), HOUR, Integer.MAX_VALUE);
    }

    private UUID runs(int priority, double since) {
        return given.running(job -> {
            job.priority = priority;
            job.since = since;
        });
    }

    private void urgent() {
        given.waiting(this::isUrgent);
    }

    /** Priority 5, just queued. */
    private void isUrgent(GivenQueue.Waits job) {
        job.priority = 5;
        job.turn -= 5 * HOUR;
    }
}
