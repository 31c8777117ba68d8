package io.lossforge.loss;

import java.util.Arrays;

/** What losses need of the class counts. */
final class ClassCounts {

    private ClassCounts() {}

    /**
     * @param consequence of a class without samples, such as {@code its logarithm would be infinite}
     * @param remedy what to do, such as {@code give it samples or use another loss}
     * @throws IllegalArgumentException if there is one
     */
    static void requireSamples(long[] classCounts, String consequence, String remedy) {
        for (int k = 0; k < classCounts.length; k++) {
            if (classCounts[k] == 0) {
                throw new IllegalArgumentException("class number %d (counted from 0) has no training samples, so %s; %s"
                        .formatted(k, consequence, remedy));
            }
        }
    }

    /** log π_k, π_k = n_k / N. */
    static double[] logShares(long[] classCounts) {
        double samples = Arrays.stream(classCounts).sum();
        return Arrays.stream(classCounts)
                .mapToDouble(count -> Math.log(count / samples))
                .toArray();
    }
}
