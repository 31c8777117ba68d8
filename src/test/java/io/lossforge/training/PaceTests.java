package io.lossforge.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PaceTests {

    private final Pace pace = new Pace();

    @Test
    void evenStepsGoOnAsTheyDid() {
        steps(100, 20);
        assertThat(pace.imagesPerSecond()).isCloseTo(1600, within(1e-6));
        assertThat(pace.remainingSeconds(3200, 0)).isCloseTo(2, within(1e-6));
        assertThat(pace.remainingSeconds(0, 3200)).as("not measured yet").isCloseTo(0.8, within(1e-6));
        pace.evaluated(1000, TimeUnit.MILLISECONDS.toNanos(100));
        assertThat(pace.remainingSeconds(3200, 1000)).isCloseTo(2.1, within(1e-6));
    }

    /** A plain average would still say three times as long as it takes. */
    @Test
    void slowFirstStepsAreForgottenSoon() {
        steps(1, 500);
        steps(20, 50);
        steps(100, 5);
        assertThat(pace.remainingSeconds(32_000, 0)).isBetween(5.0, 8.0);
    }

    @Test
    void oneSlowStepLaterChangesLittle() {
        steps(2_000, 20);
        steps(1, 200);
        assertThat(pace.remainingSeconds(32_000, 0)).isBetween(20.0, 21.5);
    }

    /** Of 32 samples each. */
    private void steps(int count, long millis) {
        for (int i = 0; i < count; i++) {
            pace.trained(32, TimeUnit.MILLISECONDS.toNanos(millis));
        }
    }
}
