package io.lossforge.analysis;

import java.util.Arrays;
import java.util.stream.DoubleStream;
import org.apache.commons.statistics.descriptive.Quantile;

/**
 * Intervals that the values seen in training are counted in: below the least, the least itself, up to each decile, above the greatest. The
 * first and the last are empty in training, so that values never met there show at once; the second holds what many features have most of, such as
 * zero.
 *
 * @param edges least value, deciles and greatest value without repetition, rising; at least one
 */
public record Bins(double[] edges) {

    private static final double[] DECILES = {0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1};

    /** @param values of training, at least one; they get sorted */
    static Bins of(double[] values) {
        var deciles = Quantile.withDefaults()
                .with(Quantile.EstimationMethod.HF1) // values that are there, none between them
                .withCopy(false)
                .evaluate(values, DECILES);
        return new Bins(
                DoubleStream.of(deciles).map(Bins::unsigned).sorted().distinct().toArray());
    }

    /** How many there are. */
    public int count() {
        return edges.length + 2;
    }

    /** The interval of a finite value, from 0 on. */
    public int of(double value) {
        int place = Arrays.binarySearch(edges, unsigned(value));
        if (place >= 0) {
            return place + 1;
        }
        int following = -place - 1;
        return following == 0 ? 0 : following + 1;
    }

    /** Minus zero is zero. */
    private static double unsigned(double value) {
        return value + 0.0;
    }
}
