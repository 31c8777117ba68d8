package io.lossforge.drift;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AllowanceTests {

    private final Allowance allowance = new Allowance(0);

    @Test
    void looksAtAHundredASecondWhateverComes() {
        assertThat(allowance.take(1024, 0)).isEqualTo(Allowance.AT_ONCE);
        assertThat(allowance.take(64, 0)).isZero();
        long looked = 0;
        for (int millisecond = 1; millisecond <= 10_000; millisecond++) {
            looked += allowance.take(3, TimeUnit.MILLISECONDS.toNanos(millisecond));
        }
        assertThat(looked).isBetween(999L, 1000L);
    }

    @Test
    void savesNoMoreThanAThousand() {
        allowance.take(1000, 0);
        assertThat(allowance.take(5000, TimeUnit.HOURS.toNanos(1))).isEqualTo(Allowance.AT_ONCE);
    }
}
