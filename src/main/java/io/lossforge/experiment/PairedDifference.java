package io.lossforge.experiment;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import org.apache.commons.rng.simple.RandomSource;
import org.apache.commons.statistics.descriptive.Mean;
import org.apache.commons.statistics.descriptive.Quantile;
import org.apache.commons.statistics.descriptive.StandardDeviation;
import org.jspecify.annotations.Nullable;

/** A combination's number minus the baseline's, paired by seed. */
@Schema(name = "PairedDifference")
record PairedDifference(
        @Schema(description = "Seeds that both have a value for")
        int pairs,

        double mean,

        @Schema(description = "Lower end of the bootstrap 95 % interval of the mean; null below 2 pairs") @Nullable Double lower,

        @Schema(description = "Upper end") @Nullable Double upper,

        @Schema(
                description =
                        "Mean by standard deviation of the differences (Cohen's d of pairs); null if that is 0 or below 2 pairs")
        @Nullable Double effectSize) {

    /** Bootstrap resamples. */
    static final int RESAMPLES = 10_000;

    /** Seed of the resampling, so that a report repeated is the same. */
    static final long SEED = 20_200_207;

    /**
     * The difference with the percentile bootstrap interval of its mean: pairs are drawn with replacement {@value #RESAMPLES} times.
     *
     * @param differences one per pair
     * @return null of no pair
     */
    static @Nullable PairedDifference of(List<Double> differences) {
        if (differences.isEmpty()) {
            return null;
        }
        var values = differences.stream().mapToDouble(Double::doubleValue).toArray();
        double mean = Mean.of(values).getAsDouble();
        if (values.length < 2) {
            return new PairedDifference(1, mean, null, null, null);
        }
        var ends = Quantile.withDefaults().evaluate(resampledMeans(values), 0.025, 0.975);
        double sd = StandardDeviation.of(values).getAsDouble();
        return new PairedDifference(values.length, mean, ends[0], ends[1], sd > 0 ? mean / sd : null);
    }

    private static double[] resampledMeans(double[] values) {
        var random = RandomSource.XO_SHI_RO_256_PP.create(SEED);
        var means = new double[RESAMPLES];
        for (int i = 0; i < RESAMPLES; i++) {
            double sum = 0;
            for (int drawn = 0; drawn < values.length; drawn++) {
                sum += values[random.nextInt(values.length)];
            }
            means[i] = sum / values.length;
        }
        return means;
    }

    /** Whether the interval leaves the sign open; true where there is none. */
    boolean holdsZero() {
        return lower == null || upper == null || lower <= 0 && upper >= 0;
    }

    /** Cohen's words for the effect size. */
    String effectInWords() {
        if (effectSize == null) {
            return "not defined";
        }
        double size = Math.abs(effectSize);
        return size < 0.2 ? "negligible" : size < 0.5 ? "small" : size < 0.8 ? "medium" : "large";
    }
}
