package io.lossforge.decision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lossforge.analysis.SplitLogits;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Three classes on a line, normal about -2, 0 and 2, of which the rule of Bayes says everything. */
class ClassPriorTests {

    private static final double[] NETWORK = {0.2, 0.5, 0.3};
    private static final double[] UNIFORM = {1 / 3.0, 1 / 3.0, 1 / 3.0};
    private static final double TEMPERATURE = 2.5;

    /** log of the density but for a constant. */
    private static double logDensity(int k, double x) {
        return -(x - 2 * (k - 1)) * (x - 2 * (k - 1)) / 2;
    }

    /** What a network says that was trained to a prior, made too sure by a temperature. */
    private static SplitLogits samples(int count, double[] shares) {
        var random = new Random(11);
        var logits = new float[3 * count];
        var labels = new int[count];
        for (int i = 0; i < count; i++) {
            double at = random.nextDouble();
            labels[i] = at < shares[0] ? 0 : at < shares[0] + shares[1] ? 1 : 2;
            double x = 2 * (labels[i] - 1) + random.nextGaussian();
            for (int k = 0; k < 3; k++) {
                logits[3 * i + k] = (float) (TEMPERATURE * (logDensity(k, x) + Math.log(NETWORK[k])));
            }
        }
        return new SplitLogits("validation", logits, labels, count);
    }

    private static CalibratedSplit calibrated(SplitLogits samples) {
        return CalibratedSplit.of(samples, new Calibrator(TEMPERATURE, null));
    }

    @Test
    void findsThePriorThatTheProbabilitiesStandForWhateverTheSamplesHave() {
        for (var shares : new double[][] {{0.2, 0.5, 0.3}, {0.7, 0.2, 0.1}, {0.1, 0.1, 0.8}}) {
            var prior = ClassPrior.fit(calibrated(samples(40_000, shares)), UNIFORM);
            assertThat(Arrays.stream(prior).sum()).isCloseTo(1, within(1e-12));
            for (int k = 0; k < 3; k++) {
                assertThat(prior[k] / NETWORK[k]).isCloseTo(1, within(0.05));
            }
        }
    }

    /** The condition of the maximum, summed here in another way. */
    @Test
    void meetsItsCondition() {
        var samples = calibrated(samples(500, new double[] {0.7, 0.2, 0.1}));
        var expected = new double[] {0.5, 0.4, 0.1};
        var prior = ClassPrior.fit(samples, expected);
        var counts = new double[3];
        for (int label : samples.labels()) {
            counts[label]++;
        }
        var sums = new double[3];
        for (int i = 0; i < 500; i++) {
            double all = 0;
            for (int k = 0; k < 3; k++) {
                all += samples.probability(i, k) * counts[k] / prior[k];
            }
            for (int k = 0; k < 3; k++) {
                sums[k] += samples.probability(i, k) * counts[k] / prior[k] / all;
            }
        }
        double common = 0; // of the a_k, which the prior is normalised by
        var a = new double[3];
        for (int k = 0; k < 3; k++) {
            a[k] = Math.log(prior[k] / expected[k]);
            common += a[k] / 3;
        }
        for (int k = 0; k < 3; k++) {
            assertThat(sums[k]).isCloseTo(counts[k] + a[k] - common, within(1e-5));
        }
    }

    @Test
    void aClassWithFewSamplesStaysNearWhatIsExpected() {
        var few = new CalibratedSplit(new double[] {0.9, 0.05, 0.05, 0.05, 0.9, 0.05}, new int[] {0, 1}, 3);
        var prior = ClassPrior.fit(few, new double[] {0.6, 0.3, 0.1});
        assertThat(prior[0]).isBetween(0.5, 0.7);
        assertThat(prior[2]).as("no samples at all").isCloseTo(0.1, within(0.02));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void anotherPriorGivesWhatTheRuleOfBayesGives(int seed) {
        var random = new Random(seed);
        var wanted = new double[] {random.nextDouble(), random.nextDouble(), seed == 3 ? 0 : random.nextDouble()};
        var samples = samples(200, UNIFORM);
        var calibrator = new Calibrator(TEMPERATURE, null).under(wanted, NETWORK);
        var row = new double[3];
        var random2 = new Random(11);
        for (int i = 0; i < 200; i++) {
            double at = random2.nextDouble();
            int label = at < UNIFORM[0] ? 0 : at < UNIFORM[0] + UNIFORM[1] ? 1 : 2;
            double x = 2 * (label - 1) + random2.nextGaussian();
            calibrator.probabilities(samples.logits(), 3 * i, row);
            double all = 0;
            for (int k = 0; k < 3; k++) {
                all += wanted[k] * Math.exp(logDensity(k, x));
            }
            for (int k = 0; k < 3; k++) {
                assertThat(row[k]).isCloseTo(wanted[k] * Math.exp(logDensity(k, x)) / all, within(1e-5));
            }
        }
    }

    /** Where the largest density decides, nothing has a greater mean recall. */
    @Test
    void uniformPriorDecidesAsTheRuleOfBayesForEqualClasses() {
        var samples = samples(20_000, new double[] {0.7, 0.25, 0.05});
        var prior = ClassPrior.fit(calibrated(samples), new double[] {0.7, 0.25, 0.05});
        var uniform = CalibratedSplit.of(samples, new Calibrator(TEMPERATURE, null).under(UNIFORM, prior));
        // between -1 and 1 the middle class: P(|N| < 1) = 0.6827 of it, P(N < 1) = 0.8413 of the others
        assertThat(Measured.likeliest(uniform).balancedAccuracy()).isCloseTo((0.6827 + 2 * 0.8413) / 3, within(0.01));
    }
}
