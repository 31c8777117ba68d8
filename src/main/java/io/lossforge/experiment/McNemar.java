package io.lossforge.experiment;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.BitSet;
import org.apache.commons.statistics.inference.BinomialTest;

/** McNemar's test of two jobs with equal seed on the samples of the test split: exact, two-sided. */
@Schema(name = "McNemarTest")
record McNemar(
        long seed,

        @Schema(description = "Samples that only the baseline has right")
        int onlyBaseline,

        @Schema(description = "Samples that only this combination has right")
        int onlyThis,

        double pValue) {

    /**
     * The test: of the samples that one of the two has right, each is as often in half of all cases if they are equally good.
     *
     * @param baseline which samples the baseline has right
     * @param here which samples this combination has right
     */
    static McNemar of(long seed, BitSet baseline, BitSet here) {
        return of(seed, without(baseline, here), without(here, baseline));
    }

    private static int without(BitSet left, BitSet right) {
        var only = (BitSet) left.clone();
        only.andNot(right);
        return only.cardinality();
    }

    static McNemar of(long seed, int onlyBaseline, int onlyThis) {
        int discordant = onlyBaseline + onlyThis;
        return new McNemar(
                seed,
                onlyBaseline,
                onlyThis,
                discordant == 0
                        ? 1
                        : BinomialTest.withDefaults()
                                .test(discordant, onlyThis, 0.5)
                                .getPValue());
    }
}
