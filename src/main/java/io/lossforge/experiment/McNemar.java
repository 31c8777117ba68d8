package io.lossforge.experiment;

import io.lossforge.analysis.McNemarTest;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.BitSet;

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
     * The test.
     *
     * @param baseline which samples the baseline has right
     * @param here which samples this combination has right
     */
    static McNemar of(long seed, BitSet baseline, BitSet here) {
        return of(seed, McNemarTest.of(baseline, here));
    }

    static McNemar of(long seed, McNemarTest test) {
        return new McNemar(seed, test.onlyFirst(), test.onlySecond(), test.pValue());
    }
}
