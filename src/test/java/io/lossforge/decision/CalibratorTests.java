package io.lossforge.decision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CalibratorTests {

    private final Random random = new Random(5);

    private float[] logits(float scale) {
        var logits = new float[6];
        for (int k = 0; k < logits.length; k++) {
            logits[k] = scale * (float) random.nextGaussian();
        }
        return logits;
    }

    private static double[] doubles(float[] values) {
        var doubles = new double[values.length];
        for (int k = 0; k < doubles.length; k++) {
            doubles[k] = values[k];
        }
        return doubles;
    }

    @Test
    void temperatureNeverChangesWhichClassIsTheLikeliest() {
        var p = new double[6];
        for (int i = 0; i < 20_000; i++) {
            var logits = logits(i % 2 == 0 ? 1e-3f : 5);
            if (i % 6 == 1) {
                logits[1] = 2 + Math.abs(logits[1]);
                logits[4] = Math.nextUp(logits[1]); // as near as float32 has it
            }
            for (double temperature : new double[] {0.01, 0.7, 1, 3, 100}) {
                new Calibrator(temperature, null).probabilities(logits, 0, p);
                assertThat(Calibrator.likeliest(p, 0, 6)).isEqualTo(Calibrator.likeliest(doubles(logits), 0, 6));
                assertThat(Arrays.stream(p).sum()).isCloseTo(1, within(1e-12));
            }
        }
    }

    @Test
    void thePriorThatTheyStandForChangesNothing() {
        var prior = new double[] {0.5, 0.2, 0.1, 0.1, 0.09, 0.01};
        var calibrator = new Calibrator(1.7, new float[] {1, 2, 3, 4, 5, 6});
        var plain = new double[6];
        var same = new double[6];
        for (int i = 0; i < 100; i++) {
            var logits = logits(4);
            calibrator.probabilities(logits, 0, plain);
            calibrator.under(prior, prior).probabilities(logits, 0, same);
            assertThat(same).containsExactly(plain);
        }
    }

    @Test
    void aPriorOfZeroRulesAClassOutEvenWhereNothingElseIsLikely() {
        var p = new double[3];
        new Calibrator(0.01, null)
                .under(new double[] {0, 1, 3}, new double[] {0.2, 0.4, 0.4})
                .probabilities(new float[] {90, 0, 0}, 0, p);
        assertThat(p).containsExactly(new double[] {0, 0.25, 0.75}, within(1e-12));
    }

    @Test
    void takesTheShiftOutBeforeItDivides() {
        var p = new double[2];
        new Calibrator(2, new float[] {1, -1}).probabilities(new float[] {9, 2, 0}, 1, p);
        assertThat(p[0]).isCloseTo(1 / (1 + Math.exp((1 - 1) / 2.0)), within(1e-12));
    }
}
