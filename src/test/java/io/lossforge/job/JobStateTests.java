package io.lossforge.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class JobStateTests {

    /** Every legal move; whatever is not here is refused. */
    private static final Set<String> MOVES = Set.of(
            "QUEUED STARTING",
            "QUEUED PAUSED",
            "QUEUED FAILED",
            "QUEUED CANCELLED",
            "STARTING RUNNING",
            "STARTING QUEUED",
            "STARTING PAUSED",
            "STARTING FAILED",
            "STARTING CANCELLED",
            "RUNNING SUCCEEDED",
            "RUNNING QUEUED",
            "RUNNING PAUSED",
            "RUNNING FAILED",
            "RUNNING CANCELLED",
            "PAUSED QUEUED",
            "PAUSED FAILED",
            "PAUSED CANCELLED",
            "FAILED QUEUED",
            "CANCELLED QUEUED");

    @ParameterizedTest
    @EnumSource(JobState.class)
    void allowsTheseMovesAndNoOther(JobState from) {
        for (var to : JobState.values()) {
            assertThat(from.canBecome(to)).as("%s to %s", from, to).isEqualTo(MOVES.contains(from + " " + to));
        }
    }

    @Test
    void everyStateIsHeldWaitingOrFinished() {
        assertThat(Arrays.stream(JobState.values()).filter(JobState::isHeld))
                .containsExactly(JobState.STARTING, JobState.RUNNING);
        assertThat(Arrays.stream(JobState.values()).filter(JobState::isFinished))
                .containsExactly(JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED);
    }
}
