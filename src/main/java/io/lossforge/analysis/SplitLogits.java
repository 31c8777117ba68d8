package io.lossforge.analysis;

import org.jspecify.annotations.Nullable;

/**
 * What a network says about samples of a split.
 *
 * @param split {@code train}, {@code validation} or {@code test}
 * @param logits as the loss takes them, before any adjustment of what is served, {@code [labels.length, classes]} row by row; not to be changed
 * @param labels from 0 to classes − 1, at least one; not to be changed
 * @param samples of the whole split, of which these may be a part with the same share of each class
 */
public record SplitLogits(String split, float[] logits, int[] labels, long samples) {

    public SplitLogits {
        if (labels.length == 0 || logits.length % labels.length != 0) {
            throw new IllegalArgumentException(
                    "%d logits do not go with %d labels".formatted(logits.length, labels.length));
        }
    }

    /** Logits per sample. */
    public int classes() {
        return logits.length / labels.length;
    }

    /**
     * The same with a number taken from the logits of each class.
     *
     * @param shift {@code [classes]}; null for none
     */
    public SplitLogits less(float @Nullable [] shift) {
        if (shift == null) {
            return this;
        }
        var shifted = logits.clone();
        for (int i = 0; i < shifted.length; i++) {
            shifted[i] -= shift[i % shift.length];
        }
        return new SplitLogits(split, shifted, labels, samples);
    }

    /** Samples of each class. */
    long[] counts() {
        var counts = new long[classes()];
        for (int label : labels) {
            counts[label]++;
        }
        return counts;
    }
}
