package io.lossforge.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StratifiedSplitTests {

    @Test
    void takesAFifthOfEveryClassRoundedByLargestRemainder() {
        var digits = new long[] {178, 182, 177, 183, 181, 182, 181, 179, 174, 180};

        assertThat(StratifiedSplit.quotas(digits)).containsExactly(36, 36, 35, 37, 36, 37, 36, 36, 35, 36);
        assertThat(StratifiedSplit.quotas(new long[] {1000, 10, 2, 1})).containsExactly(200, 2, 1, 0);
        assertThat(StratifiedSplit.quotas(new long[] {2, 2})).containsExactly(1, 1);
    }

    @ParameterizedTest
    @CsvSource({"100,50", "1,1", "7,3", "1000,1"})
    void takesExactlyTheQuotaWhateverTheOrder(long first, long second) {
        var perClass = new long[] {first, second};
        var split = new StratifiedSplit(perClass);
        var taken = new long[2];
        for (int i = 0; i < first; i++) {
            taken[0] += split.nextIsTest(0) ? 1 : 0;
        }
        for (int i = 0; i < second; i++) {
            taken[1] += split.nextIsTest(1) ? 1 : 0;
        }

        assertThat(taken).isEqualTo(StratifiedSplit.quotas(perClass));
    }

    @Test
    void isTheSameEveryTimeAndSpread() {
        var first = draw();
        assertThat(draw()).isEqualTo(first);
        for (int quarter = 0; quarter < 4; quarter++) {
            int taken = 0;
            for (boolean test : Arrays.copyOfRange(first, 250 * quarter, 250 * (quarter + 1))) {
                taken += test ? 1 : 0;
            }
            assertThat(taken).isBetween(30, 70); // 50 expected, 6 standard deviations about 35
        }
    }

    private static boolean[] draw() {
        var split = new StratifiedSplit(new long[] {1000});
        var drawn = new boolean[1000];
        for (int i = 0; i < drawn.length; i++) {
            drawn[i] = split.nextIsTest(0);
        }
        return drawn;
    }
}
