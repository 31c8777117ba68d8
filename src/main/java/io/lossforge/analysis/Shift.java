package io.lossforge.analysis;

import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.commons.statistics.inference.ChiSquareTest;

/**
 * How far counts of served samples are from those of training.
 *
 * <p>The population stability index is {@code Σ (p − q)·ln(p / q)}, where p and q are the shares of a bin in serving and in training, with half a sample
 * added to each bin (Jeffreys). By custom below 0.1 is little, above 0.25 much (Siddiqi, Credit Risk Scorecards, 2006). Two draws from one
 * distribution have about {@code (bins − 1)(1/n + 1/m)} on average (Yurdakul and Naranjo, 2020); that is taken off before it is judged. The χ² test alone
 * would call any difference real once there are enough samples, and the index alone any chance one when there are few: both must agree.
 *
 * @param stabilityIndex 0 for equal shares, no upper bound
 * @param byChance the index to expect of two draws from one distribution
 * @param jensenShannon divergence in bits, 0–1
 * @param pValue of the χ² test that both are drawn from one distribution
 */
public record Shift(double stabilityIndex, double byChance, double jensenShannon, double pValue) {

    private static final double SOME = 0.1;
    private static final double MUCH = 0.25;
    private static final double SIGNIFICANT = 0.001;

    /** How much that is. */
    public enum Level {
        NONE,
        MODERATE,
        HIGH
    }

    /**
     * Compares counts.
     *
     * @param reference by bin, not all zero
     * @param seen by bin, not all zero
     */
    public static Shift of(long[] reference, long[] seen) {
        var filled = IntStream.range(0, seen.length)
                .filter(bin -> reference[bin] + seen[bin] > 0)
                .toArray();
        if (filled.length < 2) {
            return new Shift(0, 0, 0, 1);
        }
        var q = IntStream.of(filled).mapToLong(bin -> reference[bin]).toArray();
        var p = IntStream.of(filled).mapToLong(bin -> seen[bin]).toArray();
        double n = LongStream.of(p).sum();
        double m = LongStream.of(q).sum();
        double index = 0;
        double divergence = 0;
        for (int bin = 0; bin < filled.length; bin++) {
            index += part(q[bin], m, p[bin], n, filled.length);
            double middle = (p[bin] / n + q[bin] / m) / 2;
            divergence += (bits(p[bin] / n, middle) + bits(q[bin] / m, middle)) / 2;
        }
        return new Shift(
                index,
                (filled.length - 1) * (1 / n + 1 / m),
                Math.max(0, divergence),
                ChiSquareTest.withDefaults().test(q, p).getPValue());
    }

    /** What one bin adds to the index. */
    private static double part(double reference, double references, double seen, double all, int bins) {
        double p = (seen + 0.5) / (all + 0.5 * bins);
        double q = (reference + 0.5) / (references + 0.5 * bins);
        return (p - q) * Math.log(p / q);
    }

    private static double bits(double share, double middle) {
        return share == 0 ? 0 : share * Math.log(share / middle) / Math.log(2);
    }

    /**
     * How much it is.
     *
     * @param tests how many shifts are looked at together: the more, the less chance each may be put down to (Bonferroni)
     */
    public Level level(int tests) {
        double excess = stabilityIndex - byChance;
        if (excess < SOME || pValue * tests >= SIGNIFICANT) {
            return Level.NONE;
        }
        return excess < MUCH ? Level.MODERATE : Level.HIGH;
    }
}
