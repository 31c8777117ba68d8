package io.lossforge.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SamplerTests {

    /** Labels of a training split with that many samples of each class. */
    private static int[] labels(int... counts) {
        return IntStream.range(0, counts.length)
                .flatMap(label -> IntStream.generate(() -> label).limit(counts[label]))
                .toArray();
    }

    private static int[] draws(int[] order, int samples) {
        var draws = new int[samples];
        for (int sample : order) {
            draws[sample]++;
        }
        return draws;
    }

    @Test
    void shuffleDrawsEverySampleOnce() {
        var order = new Shuffle().epoch(new int[100], 2, 8, 0.5, new Random(1));

        assertThat(order).isNotEqualTo(IntStream.range(0, 100).toArray());
        assertThat(Arrays.stream(order).sorted())
                .containsExactly(IntStream.range(0, 100).boxed().toArray(Integer[]::new));
        assertThat(new Shuffle().epoch(new int[100], 2, 8, 0.5, new Random(1))).isEqualTo(order);
    }

    @Test
    void classBalancedDrawsEveryClassAlikeAndRareSamplesAgain() {
        var labels = new int[100]; // class 0: 90 samples, class 2: 10, class 1: none
        Arrays.fill(labels, 90, 100, 2);
        var order = new ClassBalanced().epoch(labels, 3, 8, 0.5, new Random(1));

        assertThat(order).hasSize(100);
        assertThat(Arrays.stream(order).filter(sample -> labels[sample] == 2)).hasSize(50);
        for (int sample = 90; sample < 100; sample++) {
            int wanted = sample;
            assertThat(Arrays.stream(order).filter(drawn -> drawn == wanted)).hasSize(5);
        }
        assertThat(Arrays.stream(order).filter(sample -> labels[sample] == 0).distinct())
                .hasSize(50);
    }

    @Test
    void classBalancedHasEveryClassInABatchOfTwiceAsManySamplesAsClasses() {
        var labels = labels(300, 100, 30, 10, 7);
        var order = new ClassBalanced().epoch(labels, 5, 10, 0.5, new Random(2));

        for (int begin = 0; begin + 10 <= order.length; begin++) {
            assertThat(Arrays.stream(order, begin, begin + 10)
                            .map(sample -> labels[sample])
                            .distinct())
                    .hasSize(5);
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 0.3333, 0.3333, 0.3333", "0.5, 0.5, 0.3333, 0.1667", "1, 0.6429, 0.2857, 0.0714"})
    void classBalancedDrawsByAPowerOfTheCount(double exponent, double first, double second, double third) {
        var labels = labels(900, 400, 100);
        var order = new ClassBalanced(exponent).epoch(labels, 3, 8, 0.5, new Random(3));

        assertThat(order).hasSize(1400);
        var shares = new double[3];
        Arrays.stream(order).forEach(sample -> shares[labels[sample]] += 1.0 / order.length);
        assertThat(shares).containsExactly(new double[] {first, second, third}, within(0.002));
        var draws = draws(order, labels.length);
        for (int label = 0; label < 3; label++) {
            int of = label;
            var ofClass = IntStream.range(0, labels.length)
                    .filter(sample -> labels[sample] == of)
                    .map(sample -> draws[sample])
                    .summaryStatistics();
            assertThat(ofClass.getMax() - ofClass.getMin())
                    .as("of class %d", label)
                    .isBetween(0, 1);
        }
    }

    @Test
    void classBalancedIsAFunctionOfItsRandomNumbers() {
        var labels = labels(90, 0, 10);
        var sampler = new ClassBalanced(0.5);

        assertThat(sampler.epoch(labels, 3, 8, 0.5, new Random(1)))
                .isEqualTo(sampler.epoch(labels, 3, 8, 0.5, new Random(1)));
        assertThat(sampler.epoch(labels, 3, 8, 0.5, new Random(2)))
                .isNotEqualTo(sampler.epoch(labels, 3, 8, 0.5, new Random(1)));
    }

    /** In the last of four epochs every class alike, in the others on the way there from 900 : 90 : 10. */
    @ParameterizedTest
    @CsvSource({"0.25, 758, 151, 91", "0.5, 617, 212, 172", "0.75, 475, 273, 253", "1, 333, 333, 333"})
    void progressivelyBalancedGoesFromSamplesToClasses(double progress, double first, double second, double third) {
        var labels = labels(900, 90, 0, 10);
        var order = new ProgressivelyBalanced().epoch(labels, 4, 8, progress, new Random(8));

        assertThat(order).hasSize(1000);
        var counts = new double[4];
        Arrays.stream(order).forEach(sample -> counts[labels[sample]]++);
        assertThat(counts).containsExactly(new double[] {first, second, 0, third}, within(1.5));
        assertThat(new ProgressivelyBalanced().epoch(labels, 4, 8, progress, new Random(8)))
                .isEqualTo(order);
        assertThat(new ProgressivelyBalanced().epoch(labels, 4, 8, progress, new Random(9)))
                .isNotEqualTo(order);
    }

    @Test
    void progressivelyBalancedEndsAsClassBalancedAndLeavesSooner() {
        var labels = labels(90, 10);

        assertThat(new ProgressivelyBalanced().epoch(labels, 2, 8, 1, new Random(1)))
                .isEqualTo(new ClassBalanced().epoch(labels, 2, 8, 1, new Random(1)));
        assertThat(rare(new ProgressivelyBalanced(3), labels)).isLessThan(rare(new ProgressivelyBalanced(1), labels));
        assertThat(rare(new ProgressivelyBalanced(1), labels)).isLessThan(rare(new ProgressivelyBalanced(0.3), labels));
    }

    private static long rare(Sampler sampler, int[] labels) {
        return Arrays.stream(sampler.epoch(labels, 2, 8, 0.5, new Random(2)))
                .filter(sample -> labels[sample] == 1)
                .count();
    }

    /** 37 batches: classes 2 and 4 are rarer, class 3 has no samples; the last batch holds 5. */
    @Test
    void classCoveringHasEveryClassInEveryBatch() {
        var labels = labels(200, 120, 10, 0, 1, 38);
        var order = new ClassCovering().epoch(labels, 6, 10, 0.5, new Random(4));

        assertThat(order).hasSize(369);
        for (int begin = 0; begin < order.length; begin += 10) {
            int end = Math.min(order.length, begin + 10);
            assertThat(Arrays.stream(order, begin, end)
                            .map(sample -> labels[sample])
                            .distinct())
                    .hasSize(5);
        }
        var draws = draws(order, labels.length);
        for (int sample = 0; sample < labels.length; sample++) {
            switch (labels[sample]) {
                case 2 -> assertThat(draws[sample]).isBetween(3, 4); // 37 draws of 10 samples
                case 4 -> assertThat(draws[sample]).isEqualTo(37);
                default -> assertThat(draws[sample]).isLessThanOrEqualTo(1);
            }
        }
        // the rare classes' 27 and 36 draws too many leave out as many of the others, but none is missing without need
        assertThat(Arrays.stream(draws).filter(times -> times == 0)).hasSize(27 + 36);
    }

    @Test
    void classCoveringDrawsEverySampleOnceWhereEachClassHasEnough() {
        var labels = labels(60, 20, 20);
        var order = new ClassCovering().epoch(labels, 3, 10, 0.5, new Random(5));

        assertThat(Arrays.stream(order).sorted())
                .containsExactlyElementsOf(IntStream.range(0, 100).boxed().toList());
        assertThat(new ClassCovering().epoch(labels, 3, 10, 0.5, new Random(6))).isNotEqualTo(order);
    }

    @Test
    void classCoveringFillsASmallLastBatchWithDifferentClasses() {
        var labels = labels(20, 20, 20, 3); // 63 samples: the last batch has 3
        var order = new ClassCovering().epoch(labels, 4, 10, 0.5, new Random(7));

        assertThat(Arrays.stream(order, 60, 63).map(sample -> labels[sample]).distinct())
                .hasSize(3);
    }

    @Test
    void classCoveringNeedsRoomForTheClassesThatHaveSamples() {
        var counts = new long[] {5, 0, 7, 1};

        new ClassCovering().check(counts, 3);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ClassCovering().check(counts, 2))
                .withMessageContaining("batchSize >= 3");
    }
}
