package io.lossforge.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

class InputSummaryTests {

    /** NumPy: {@code mean()}, {@code std()} and {@code abs(diff(axis=1)).mean()} of the second channel. */
    @Test
    void tellsMeanDeviationAndGradientOfEachChannel() {
        var summary = InputSummary.of(true, List.of(2, 2, 3));
        var pixels = new byte[24];
        var second = new int[] {0, 255, 0, 255, 0, 10};
        for (int i = 0; i < 6; i++) {
            pixels[12 + 6 + i] = (byte) second[i];
        }
        var values = new double[summary.size()];

        summary.read(ByteBuffer.wrap(pixels), 1, values);

        assertThat(summary.names())
                .containsExactly(
                        "channel 0 mean",
                        "channel 0 deviation",
                        "channel 0 gradient",
                        "channel 1 mean",
                        "channel 1 deviation",
                        "channel 1 gradient");
        assertThat(values).startsWith(0, 0, 0);
        assertThat(values[3]).isCloseTo(86.66666666666667, within(1e-9));
        assertThat(values[4]).isCloseTo(119.08213785264168, within(1e-9));
        assertThat(values[5]).isCloseTo(193.75, within(1e-9));
    }

    @Test
    void readsSomeRowsOfALargeImage() {
        var summary = InputSummary.of(true, List.of(1, 1024, 512));
        var rows = ByteBuffer.allocate(1024 * 512);
        for (int i = 0; i < rows.capacity(); i++) {
            rows.put(i, (byte) (i / 512 / 4));
        }
        var values = new double[3];
        summary.read(rows, 0, values);
        assertThat(values[0]).isCloseTo(127.5, within(20.0));
        assertThat(values[2]).isZero();
    }

    @Test
    void watchesSomeOfVeryManyFeatures() {
        var summary = InputSummary.of(false, List.of(2500));
        assertThat(summary.size()).isEqualTo(InputSummary.MOST_FEATURES);
        assertThat(summary.names()).startsWith("feature 0", "feature 2", "feature 5");
        var features = ByteBuffer.allocate(2 * 2500 * 4).order(ByteOrder.LITTLE_ENDIAN);
        features.putFloat(4 * (2500 + 5), 1.5f);
        var values = new double[1000];
        summary.read(features, 1, values);
        assertThat(values[2]).isEqualTo(1.5);
    }
}
