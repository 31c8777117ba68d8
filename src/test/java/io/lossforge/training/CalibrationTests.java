package io.lossforge.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lossforge.analysis.SplitLogits;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CalibrationTests {

    /** Labels drawn from the softmax of logits that are then made {@code factor} times as large. */
    private static SplitLogits overconfident(float factor) {
        var random = new Random(3);
        int samples = 20_000;
        var logits = new float[samples * 3];
        var labels = new int[samples];
        for (int i = 0; i < samples; i++) {
            double sum = 0;
            for (int k = 0; k < 3; k++) {
                logits[3 * i + k] = (float) random.nextGaussian();
                sum += Math.exp(logits[3 * i + k]);
            }
            double at = random.nextDouble() * sum;
            for (int k = 0; k < 3; k++) {
                at -= Math.exp(logits[3 * i + k]);
                labels[i] += k < 2 && at > 0 ? 1 : 0;
            }
            for (int k = 0; k < 3; k++) {
                logits[3 * i + k] *= factor;
            }
        }
        return new SplitLogits("validation", logits, labels, samples);
    }

    @Test
    void findsTheTemperatureThatTheLogitsWereHeatedBy() {
        for (float factor : new float[] {0.5f, 1, 4}) {
            var samples = overconfident(factor);
            double temperature = Calibration.temperature(samples);
            assertThat(temperature).isCloseTo(factor, within(0.05 * factor));

            var scaled = Calibration.of(samples, temperature);
            assertThat(scaled.ece()).isLessThan(0.015);
            for (double other : new double[] {0.97, 1.03}) {
                assertThat(Calibration.of(samples, temperature * other).nll()).isGreaterThan(scaled.nll());
            }
        }
        assertThat(Calibration.of(overconfident(4), 1).ece()).isGreaterThan(0.1);
    }

    @Test
    void temperatureStaysInBoundsWhereTheLikelihoodHasNoGreatest() {
        var perfect = new SplitLogits("validation", new float[] {1, 0, 0, 1}, new int[] {0, 1}, 2);
        assertThat(Calibration.temperature(perfect)).isEqualTo(0.01);
        var wrong = new SplitLogits("validation", new float[] {1, 0, 0, 1}, new int[] {1, 0}, 2);
        assertThat(Calibration.temperature(wrong)).isEqualTo(100);
        assertThat(Calibration.of(perfect, 0.01).nll()).isCloseTo(0, within(1e-12));
    }
}
