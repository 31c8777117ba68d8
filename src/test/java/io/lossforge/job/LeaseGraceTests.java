package io.lossforge.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LeaseGraceTests {

    private static final Duration LOOK = Duration.ofSeconds(1);

    private final LeaseGrace grace = new LeaseGrace();

    /** A time whose sign changes meanwhile, as that of a process may. */
    private long now = -3_000_000_000L;

    @Test
    void processThatHasJustStartedGivesWorkersTenSeconds() {
        assertThat(grace.isOverAt(now)).isFalse();
        assertOverAfterTenSeconds();
    }

    @Test
    void lookAfterAShortBreakIsOneOfTheSame() {
        lookFor(Duration.ofSeconds(11));
        assertThat(look(LeaseGrace.LONGEST_BREAK)).isTrue();
    }

    @Test
    void databaseThatWasAwayForLongerGivesWorkersTenSecondsAgain() {
        lookFor(Duration.ofMinutes(1));
        assertThat(look(LeaseGrace.LONGEST_BREAK.plusNanos(1))).isFalse();
        assertOverAfterTenSeconds();
    }

    @Test
    void databaseThatGoesAgainMeanwhileStartsTheTimeAnew() {
        lookFor(Duration.ofSeconds(9));
        assertThat(look(Duration.ofSeconds(5))).isFalse();
        assertOverAfterTenSeconds();
    }

    private void assertOverAfterTenSeconds() {
        assertThat(IntStream.rangeClosed(1, 12).mapToObj(second -> look(LOOK)).toList())
                .containsExactly(false, false, false, false, false, false, false, false, false, true, true, true);
    }

    private void lookFor(Duration time) {
        for (long i = 0; i <= time.toSeconds(); i++) {
            look(LOOK);
        }
    }

    private boolean look(Duration later) {
        now += later.toNanos();
        return grace.isOverAt(now);
    }
}
