package io.lossforge.decision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TargetsTests {

    /** Three classes, the first the most frequent, whose probabilities say something of the label. */
    private static CalibratedSplit samples(int count, double separation, int seed) {
        var random = new Random(seed);
        var probabilities = new double[3 * count];
        var labels = new int[count];
        for (int i = 0; i < count; i++) {
            double at = random.nextDouble();
            labels[i] = at < 0.6 ? 0 : at < 0.85 ? 1 : 2;
            var weights = new double[3];
            for (int k = 0; k < 3; k++) {
                weights[k] = Math.exp(random.nextGaussian() + (k == labels[i] ? separation : 0) - 0.4 * k);
            }
            double sum = DoubleStream.of(weights).sum();
            for (int k = 0; k < 3; k++) {
                probabilities[3 * i + k] = weights[k] / sum;
            }
        }
        return new CalibratedSplit(probabilities, labels, 3);
    }

    /** Of each class, by the rule as its definition says. */
    private static double[] recalls(CalibratedSplit samples, double... thresholds) {
        var found = new double[3];
        var all = new double[3];
        for (int i = 0; i < samples.count(); i++) {
            int best = 0;
            for (int k = 1; k < 3; k++) {
                best = samples.probability(i, k) / thresholds[k] > samples.probability(i, best) / thresholds[best]
                        ? k
                        : best;
            }
            int label = samples.labels()[i];
            all[label]++;
            found[label] += best == label && samples.probability(i, best) >= thresholds[best] ? 1 : 0;
        }
        return IntStream.range(0, 3).mapToDouble(k -> found[k] / all[k]).toArray();
    }

    private static boolean reaches(double[] rates, double target) {
        return Arrays.stream(rates).allMatch(rate -> rate >= target);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.5, 0.7, 0.8})
    void recallThresholdsAreTheGreatestOfAllThatReachTheTarget(double target) {
        var samples = samples(160, 2.5, 7);
        var fitted = new RecallTarget(target).fit(samples).values();
        assertThat(recalls(samples, fitted))
                .satisfies(rates -> assertThat(reaches(rates, target)).isTrue());

        var grid =
                IntStream.range(0, 40).mapToDouble(i -> Math.pow(10, -i / 20.0)).toArray();
        int reaching = 0;
        for (double a : grid) {
            for (double b : grid) {
                for (double c : grid) {
                    if (reaches(recalls(samples, a, b, c), target)) {
                        reaching++;
                        assertThat(new double[] {a / fitted[0], b / fitted[1], c / fitted[2]})
                                .satisfies(ratios -> assertThat(
                                                Arrays.stream(ratios).max().orElseThrow())
                                        .isLessThan(1 + 1e-4));
                    }
                }
            }
        }
        assertThat(reaching).isPositive();
        for (int k = 0; k < 3; k++) {
            var higher = fitted.clone();
            higher[k] *= 1.0001;
            assertThat(reaches(recalls(samples, higher), target))
                    .as("class %d could be higher", k)
                    .isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.7, 0.9})
    void whereNotAllCanReachTheRecallTheHardestToFindHasWhatTheOthersLeave(double target) {
        var samples = samples(160, 0.5, 7);
        var fitted = new RecallTarget(target).fit(samples).values();
        var recalls = recalls(samples, fitted);
        var reached = IntStream.range(0, 3).filter(k -> recalls[k] >= target).toArray();
        assertThat(reached.length).isBetween(1, 2);
        for (int k = 0; k < 3; k++) {
            double alone = alone(samples, k, target);
            assertThat(fitted[k]).isLessThan(recalls[k] >= target ? alone * 1.0001 : Double.POSITIVE_INFINITY);
            if (recalls[k] < target) {
                assertThat(fitted[k]).isGreaterThan(alone * 0.9999);
                for (int other : reached) {
                    assertThat(alone).as("the hardest to find").isLessThan(alone(samples, other, target));
                }
                var without = fitted.clone();
                without[k] = Thresholds.NEVER;
                var lower = fitted.clone();
                lower[k] *= 0.999;
                assertThat(sum(recalls(samples, fitted), reached)).isEqualTo(sum(recalls(samples, without), reached));
                assertThat(fitted[k] < alone * 1.0001
                                || sum(recalls(samples, lower), reached) < sum(recalls(samples, fitted), reached))
                        .as("a lower one takes from the others")
                        .isTrue();
            }
        }
    }

    /** The greatest threshold with which enough samples of a class are not below it, and a hair more. */
    private static double alone(CalibratedSplit samples, int k, double target) {
        var falling = IntStream.range(0, samples.count())
                .filter(i -> samples.labels()[i] == k)
                .mapToDouble(i -> -samples.probability(i, k))
                .sorted()
                .toArray();
        return -falling[(int) Math.ceil(target * falling.length - 1e-9) - 1];
    }

    private static double sum(double[] values, int[] places) {
        return IntStream.of(places).mapToDouble(k -> values[k]).sum();
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.6, 0.8, 0.95})
    void precisionThresholdsGiveAClassToAsManySamplesAsAnyThatReachTheTarget(double target) {
        var samples = samples(300, 1, 3);
        var fitted = new PrecisionTarget(target).fit(samples);
        for (int k = 0; k < 3; k++) {
            int most = 0;
            for (int i = 0; i < samples.count(); i++) {
                int given = given(samples, k, samples.probability(i, k));
                int right = right(samples, k, samples.probability(i, k));
                most = given > 0 && right >= target * given ? Math.max(most, given) : most;
            }
            assertThat(given(samples, k, fitted.values()[k])).isEqualTo(most);
            if (most > 0) {
                assertThat(right(samples, k, fitted.values()[k]))
                        .isGreaterThanOrEqualTo((int) Math.ceil(target * most));
            }
            int label = k;
            assertThat(IntStream.range(0, samples.count())
                            .filter(i -> fitted.decide(samples.probabilities(), 3 * i) == label)
                            .count())
                    .isEqualTo(most);
        }
    }

    private static int given(CalibratedSplit samples, int k, double threshold) {
        return (int) IntStream.range(0, samples.count())
                .filter(i -> Calibrator.likeliest(samples.probabilities(), 3 * i, 3) == k
                        && samples.probability(i, k) >= threshold)
                .count();
    }

    private static int right(CalibratedSplit samples, int k, double threshold) {
        return (int) IntStream.range(0, samples.count())
                .filter(i -> samples.labels()[i] == k
                        && Calibrator.likeliest(samples.probabilities(), 3 * i, 3) == k
                        && samples.probability(i, k) >= threshold)
                .count();
    }

    @Test
    void aClassThatNothingIsKnownOfIsNeverGiven() {
        var samples = new CalibratedSplit(new double[] {0.6, 0.3, 0.1, 0.4, 0.5, 0.1}, new int[] {0, 0}, 3);

        var precision = new PrecisionTarget(0.9).fit(samples);
        assertThat(precision.values()[0]).isBetween(0.3, 0.6);
        assertThat(precision.values()).endsWith(Thresholds.NEVER, Thresholds.NEVER);
        assertThat(precision.decide(new double[] {0.1, 0.8, 0.1}, 0)).isEqualTo(Thresholds.NONE);

        var recall = new RecallTarget(1).fit(samples);
        assertThat(recall.values()[0]).isCloseTo(0.4, within(1e-4));
        assertThat(recall.decide(samples.probabilities(), 3)).isZero();
        assertThat(recall.decide(new double[] {0.3, 0.4, 0.3}, 0)).isEqualTo(Thresholds.NONE);
    }
}
