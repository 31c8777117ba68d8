package io.lossforge.loss;

import java.util.Arrays;

/** What losses need of the class counts. */
final class ClassCounts {

    private ClassCounts() {}

    /**
     * @param consequence of a class without samples, such as {@code its logarithm would be infinite}
     * @param otherwise what to do instead, such as {@code use another loss}
     * @throws IllegalArgumentException if there is one
     */
    static void requireSamples(long[] classCounts, String consequence, String otherwise) {
        for (int k = 0; k < classCounts.length; k++) {
            if (classCounts[k] == 0) {
                throw new IllegalArgumentException(
                        "class number %d (counted from 0) has no training samples, so %s; give it samples or %s"
                                .formatted(k, consequence, otherwise));
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
