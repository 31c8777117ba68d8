package io.lossforge.analysis;

import java.util.BitSet;
import org.apache.commons.statistics.inference.BinomialTest;

/**
 * McNemar's test of two classifiers on the same samples: exact, two-sided (McNemar 1947). Of the samples that one of the two has right, each is as
 * often in half of all cases if they are equally good.
 *
 * @param onlyFirst samples that only the first has right
 * @param onlySecond samples that only the second has right
 * @param pValue 0–1
 */
public record McNemarTest(int onlyFirst, int onlySecond, double pValue) {

    /**
     * The test.
     *
     * @param first which samples the first has right
     * @param second which of the same samples, in the same order, the second has right
     */
    public static McNemarTest of(BitSet first, BitSet second) {
        return of(without(first, second), without(second, first));
    }

    private static int without(BitSet left, BitSet right) {
        var only = (BitSet) left.clone();
        only.andNot(right);
        return only.cardinality();
    }

    public static McNemarTest of(int onlyFirst, int onlySecond) {
        int discordant = onlyFirst + onlySecond;
        return new McNemarTest(
                onlyFirst,
                onlySecond,
                discordant == 0
                        ? 1
                        : BinomialTest.withDefaults()
                                .test(discordant, onlySecond, 0.5)
                                .getPValue());
    }
}
