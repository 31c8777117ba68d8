package io.lossforge.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lossforge.page.IntervalPlot.Interval;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class IntervalPlotTests {

    @Test
    void placesIntervalsAndZeroOnOneScaleWithRoomAtBothEnds() {
        var plot = IntervalPlot.aroundZero(Arrays.asList(new Interval(2, 0, 10), null, new Interval(-5, -10, 0)));
        assertThat(plot.zero()).isEqualTo(50);
        assertThat(plot.marks().get(1)).isNull();
        var first = plot.marks().get(0);
        assertThat(first.lower()).isEqualTo(50);
        assertThat(first.value()).isBetween(50.0, 60.0);
        assertThat(first.upper()).isBetween(90.0, 99.0);
        assertThat(plot.marks().get(2).lower()).isCloseTo(100 - first.upper(), within(1e-9));
    }

    @Test
    void ticksAreRoundNumbersWithinTheScale() {
        var ticks =
                IntervalPlot.aroundZero(List.of(new Interval(0.5, -0.31, 1.24))).ticks();
        assertThat(ticks).extracting(IntervalPlot.Tick::value).containsExactly(0.0, 0.5, 1.0);
        assertThat(ticks).extracting(IntervalPlot.Tick::at).isSorted().allMatch(at -> at >= 0 && at <= 100);
    }

    @Test
    void nothingToShowIsAnEmptyScale() {
        assertThat(IntervalPlot.aroundZero(List.of()).marks()).isEmpty();
    }
}
