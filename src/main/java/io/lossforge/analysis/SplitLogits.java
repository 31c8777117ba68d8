package io.lossforge.analysis;

/**
 * What a network says about samples of a split.
 *
 * @param split {@code train}, {@code validation} or {@code test}
 * @param logits as served, {@code [labels.length, classes]} row by row; not to be changed
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

    /** Samples of each class. */
    long[] counts() {
        var counts = new long[classes()];
        for (int label : labels) {
            counts[label]++;
        }
        return counts;
    }
}
