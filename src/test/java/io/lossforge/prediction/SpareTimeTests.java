package io.lossforge.prediction;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SpareTimeTests {

    private final AtomicLong busy = new AtomicLong();
    private final SpareTime time = new SpareTime(busy::get, 2, 0);

    private boolean isLeftAfter(long milliseconds, long busyMilliseconds) {
        busy.set(TimeUnit.MILLISECONDS.toNanos(busyMilliseconds));
        return time.isLeft(TimeUnit.MILLISECONDS.toNanos(milliseconds));
    }

    @Test
    void noneIsLeftWhileTheEngineIsBusyForMoreThanHalfOfItsTime() {
        assertThat(isLeftAfter(50, 100)).as("too early to say").isTrue();
        assertThat(isLeftAfter(100, 150)).as("three quarters of two").isFalse();
        assertThat(isLeftAfter(150, 150)).as("still of the tenth before").isFalse();
        assertThat(isLeftAfter(200, 250)).as("half of two").isTrue();
        assertThat(isLeftAfter(1200, 2250)).isFalse();
        assertThat(isLeftAfter(2200, 2250)).isTrue();
    }
}
