package io.lossforge.page;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Intervals on one scale, each a place across in percent of the width.
 *
 * @param marks one for each interval, in their order; null where there is none
 */
record IntervalPlot(List<@Nullable Mark> marks, List<Tick> ticks, double zero) {

    private static final int MOST_TICKS = 5;

    /** An interval and what lies in it. */
    record Interval(double value, double lower, double upper) {}

    /** Where an interval is. */
    record Mark(double value, double lower, double upper) {}

    /** A number of the scale, and where it is. */
    record Tick(double at, double value) {}

    /**
     * A plot around zero.
     *
     * @param intervals in units of the scale
     */
    static IntervalPlot aroundZero(List<@Nullable Interval> intervals) {
        double least = 0;
        double most = 0;
        for (var interval : intervals) {
            if (interval != null) {
                least = Math.min(least, interval.lower());
                most = Math.max(most, interval.upper());
            }
        }
        double room = Math.max(0.06 * (most - least), 1e-9);
        double from = least - room;
        double width = most + room - from;
        var marks = new ArrayList<@Nullable Mark>();
        for (var interval : intervals) {
            marks.add(
                    interval == null
                            ? null
                            : new Mark(
                                    at(interval.value(), from, width),
                                    at(interval.lower(), from, width),
                                    at(interval.upper(), from, width)));
        }
        return new IntervalPlot(marks, ticks(from, width), at(0, from, width));
    }

    private static List<Tick> ticks(double from, double width) {
        double step = step(width / MOST_TICKS);
        var ticks = new ArrayList<Tick>();
        // + 0.0 makes 0 of −0
        for (double i = Math.ceil(from / step); i * step <= from + width; i++) {
            ticks.add(new Tick(at(i * step, from, width), i * step + 0.0));
        }
        return ticks;
    }

    /** The least of 1, 2 and 5 times a power of ten that is not below the size. */
    private static double step(double size) {
        double power = Math.pow(10, Math.floor(Math.log10(size)));
        for (int times : new int[] {1, 2, 5}) {
            if (times * power >= size) {
                return times * power;
            }
        }
        return 10 * power;
    }

    private static double at(double value, double from, double width) {
        return Math.round(10_000 * (value - from) / width) / 100.0;
    }
}
