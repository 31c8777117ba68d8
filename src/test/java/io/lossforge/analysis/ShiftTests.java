package io.lossforge.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ShiftTests {

    /** SciPy 1.17: {@code jensenshannon(q, p, base=2) ** 2} and {@code chi2_contingency}; the index from its formula, in Python. */
    @Test
    void agreesWithScipy() {
        var much = Shift.of(new long[] {100, 200, 300, 0, 400}, new long[] {60, 90, 150, 0, 0});
        assertThat(much.stabilityIndex()).isCloseTo(2.394081025529313, within(1e-12));
        assertThat(much.byChance()).isCloseTo(0.013, within(1e-12));
        assertThat(much.jensenShannon()).isCloseTo(0.2377443751081734, within(1e-12));
        assertThat(much.pValue()).isLessThan(1e-30);
        assertThat(much.level(1)).isEqualTo(Shift.Level.HIGH);

        var none = Shift.of(new long[] {100, 120, 80}, new long[] {90, 125, 85});
        assertThat(none.stabilityIndex()).isCloseTo(0.005149767010710196, within(1e-12));
        assertThat(none.pValue()).isCloseTo(0.6771002896856876, within(1e-9));
        assertThat(none.level(1)).isEqualTo(Shift.Level.NONE);
    }

    @Test
    void oneBinShowsNothing() {
        assertThat(Shift.of(new long[] {0, 10}, new long[] {0, 3})).isEqualTo(new Shift(0, 0, 0, 1));
    }

    /** A difference of a hundredth is real with a million samples, and yet little. */
    @Test
    void aSmallShiftIsNoneHoweverManySamplesThereAre() {
        var shift = Shift.of(new long[] {500_000, 500_000}, new long[] {510_000, 490_000});
        assertThat(shift.pValue()).isLessThan(1e-20);
        assertThat(shift.level(1)).isEqualTo(Shift.Level.NONE);
    }

    /** With 200 samples in 50 bins the index is 0.25 and more by chance. */
    @Test
    void chanceIsNotCalledDrift() {
        var random = new Random(1);
        int called = 0;
        double sum = 0;
        for (int draw = 0; draw < 500; draw++) {
            var shift = Shift.of(drawn(random, 1000), drawn(random, 200));
            called += shift.level(1) == Shift.Level.NONE ? 0 : 1;
            sum += shift.stabilityIndex() / shift.byChance() / 500;
        }
        assertThat(called).isLessThanOrEqualTo(3);
        assertThat(sum).isCloseTo(1, within(0.15));
    }

    private static long[] drawn(Random random, int samples) {
        var counts = new long[50];
        for (int i = 0; i < samples; i++) {
            counts[random.nextInt(50)]++;
        }
        return counts;
    }

    @Test
    void binsTellTheLeastValueAndWhatLiesOutside() {
        var values = new double[] {0, 0, 0, 0, 0, 1, 2, 3, 4, 5};
        var bins = Bins.of(values.clone());
        assertThat(bins.edges()).containsExactly(0, 1, 2, 3, 4, 5);
        assertThat(Arrays.stream(new double[] {-1, -0.0, 0.5, 1, 1.5, 5, 5.1, 1e9})
                        .mapToInt(bins::of)
                        .toArray())
                .containsExactly(0, 1, 2, 2, 3, 6, 7, 7);
        assertThat(bins.count()).isEqualTo(8);

        var constant = Bins.of(new double[] {7, 7, 7});
        assertThat(Arrays.stream(new double[] {6, 7, 8}).mapToInt(constant::of).toArray())
                .containsExactly(0, 1, 2);
    }
}
