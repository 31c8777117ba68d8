package io.lossforge.training;

import io.lossforge.analysis.SplitLogits;
import java.util.BitSet;

/** Keeps the logits of a pass, of all samples or of as many of each class as memory allows: evenly spaced, the same part of each class. */
final class KeptLogits {

    private final String split;
    private final int classes;
    private final int samples;
    private final BitSet wanted;
    private final float[] logits;
    private final int[] labels;
    private int kept;

    /**
     * @param labels of the samples, in the order of the pass
     * @param most logits to keep, at least about the square of the classes
     */
    KeptLogits(String split, int[] labels, int classes, int most) {
        this.split = split;
        this.classes = classes;
        samples = labels.length;
        wanted = wanted(labels, classes, most);
        this.labels = new int[wanted.cardinality()];
        logits = new float[Math.multiplyExact(this.labels.length, classes)];
    }

    private static BitSet wanted(int[] labels, int classes, int most) {
        var wanted = new BitSet(labels.length);
        double part = most / ((double) labels.length * classes);
        if (part >= 1) {
            wanted.set(0, labels.length);
            return wanted;
        }
        var counts = new long[classes];
        for (int label : labels) {
            counts[label]++;
        }
        var seen = new long[classes];
        for (int i = 0; i < labels.length; i++) {
            int label = labels[i];
            long quota = Math.max(1, (long) (counts[label] * part));
            long before = seen[label]++ * quota / counts[label];
            wanted.set(i, seen[label] * quota / counts[label] > before);
        }
        return wanted;
    }

    /** Takes the sample at that place of the pass, whose logits start at {@code offset}; places come in order. */
    void add(int place, int label, float[] values, int offset) {
        if (wanted.get(place)) {
            System.arraycopy(values, offset, logits, kept * classes, classes);
            labels[kept++] = label;
        }
    }

    SplitLogits logits() {
        return new SplitLogits(split, logits, labels, samples);
    }
}
