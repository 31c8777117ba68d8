package io.lossforge.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SplitsTests {

    private static final int[] LABELS =
            IntStream.range(0, 1000).map(i -> i % 10).toArray();

    private static long[] counts(int[] samples) {
        var counts = new long[10];
        for (int sample : samples) {
            counts[LABELS[sample]]++;
        }
        return counts;
    }

    private static Imbalance exponential(double ratio) {
        return new Imbalance(Imbalance.Profile.EXPONENTIAL, ratio, 0.5, List.of(), null, 0);
    }

    @Test
    void validationIsTheSamePartOfEachClassAndTakenAwayFromTraining() {
        var splits = Splits.of(LABELS, 10, null, 0.1, new Seeds(1));

        assertThat(counts(splits.validation())).containsOnly(10);
        assertThat(counts(splits.training())).containsOnly(90);
        assertThat(IntStream.concat(Arrays.stream(splits.training()), Arrays.stream(splits.validation()))
                        .sorted()
                        .toArray())
                .isEqualTo(IntStream.range(0, 1000).toArray());
    }

    @Test
    void isAFunctionOfTheSeed() {
        var first = Splits.of(LABELS, 10, new Imbalance(), 0.2, new Seeds(7));
        var again = Splits.of(LABELS, 10, new Imbalance(), 0.2, new Seeds(7));
        var other = Splits.of(LABELS, 10, new Imbalance(), 0.2, new Seeds(8));

        assertThat(again.trainingSha256()).isEqualTo(first.trainingSha256()).matches("[0-9a-f]{64}");
        assertThat(again.validation()).isEqualTo(first.validation());
        assertThat(other.trainingSha256()).isNotEqualTo(first.trainingSha256());
    }

    @Test
    void validationIsAsImbalancedAsTrainingAndEachClassOfTwoIsInBoth() {
        var splits = Splits.of(LABELS, 10, exponential(50), 0.1, new Seeds(1));

        assertThat(counts(splits.training())).containsExactly(90, 58, 37, 24, 15, 10, 6, 3, 2, 1);
        assertThat(counts(splits.validation())).containsExactly(10, 6, 4, 3, 2, 1, 1, 1, 1, 1);
        var expected = new long[10];
        Arrays.fill(expected, 100);
        assertThat(Splits.trainingCounts(exponential(50), 0.1, expected)).isEqualTo(counts(splits.training()));
    }

    @Test
    void noValidationTakesNothing() {
        var splits = Splits.of(LABELS, 10, null, 0, new Seeds(1));

        assertThat(splits.validation()).isEmpty();
        assertThat(splits.training()).hasSize(1000);
    }

    @Test
    void timetableTrainsOnWhatIsLeftUnlessItIsOneSample() {
        assertThat(new Timetable(100, 32, 2).stepsPerEpoch()).isEqualTo(4);
        assertThat(new Timetable(100, 32, 2).to(3)).isEqualTo(100);
        assertThat(new Timetable(97, 32, 2).stepsPerEpoch()).isEqualTo(3);
        assertThat(new Timetable(97, 32, 2).to(2)).isEqualTo(96);
        assertThat(new Timetable(5, 5, 2).totalSteps()).isEqualTo(2);
        assertThat(new Timetable(5, 1, 2).totalSteps()).isEqualTo(10);
        assertThat(new Timetable(1_000_000, 1, 100_000).pointInterval()).isEqualTo(250_000_000);
    }
}
