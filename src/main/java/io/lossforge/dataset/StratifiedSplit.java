package io.lossforge.dataset;

import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Sets a fifth of every class apart for the test, the same samples whenever the same data comes: sequential sampling without
 * replacement (Knuth, TAOCP 2, 3.4.2, algorithm S) per class, from a fixed seed, in memory of the size of the classes.
 */
final class StratifiedSplit {

    static final long SEED = 1;

    private final Random random = new Random(SEED);
    private final long[] wanted;
    private final long[] left;

    /**
     * Plans the split.
     *
     * @param perClass samples of each class
     */
    StratifiedSplit(long[] perClass) {
        this.wanted = quotas(perClass);
        this.left = perClass.clone();
    }

    /** Whether the next sample, of this class, is for the test. */
    boolean nextIsTest(int label) {
        boolean test = random.nextDouble() * left[label] < wanted[label];
        left[label]--;
        if (test) {
            wanted[label]--;
        }
        return test;
    }

    /**
     * Test samples of each class: a fifth of all, rounded up, shared by largest remainder; at least one of a class that has two, and
     * never all of a class.
     */
    static long[] quotas(long[] perClass) {
        long all = java.util.Arrays.stream(perClass).sum();
        long test = (all + 4) / 5;
        var quotas = new long[perClass.length];
        var remainders = new long[perClass.length];
        long given = 0;
        for (int i = 0; i < perClass.length; i++) {
            quotas[i] = perClass[i] * test / all;
            remainders[i] = perClass[i] * test % all;
            given += quotas[i];
        }
        IntStream.range(0, perClass.length)
                .boxed()
                .sorted(Comparator.<Integer>comparingLong(i -> remainders[i])
                        .thenComparingInt(i -> i)
                        .reversed())
                .limit(test - given)
                .forEach(i -> quotas[i]++);
        for (int i = 0; i < perClass.length; i++) {
            quotas[i] = Math.max(0, Math.min(Math.max(quotas[i], 1), perClass[i] - 1));
        }
        return quotas;
    }
}
