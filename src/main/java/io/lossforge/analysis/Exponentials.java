package io.lossforge.analysis;

import java.util.Arrays;

/**
 * The logits of a split made ready to be shifted: of exponentials a shift is a product. Samples are in the order of their classes, so that
 * those of a class are a stretch of each column. Immutable; threads may share it.
 *
 * @param isRelative whether each sample's logits are taken relative to its largest one, which a softmax does not notice
 * @param begin where the samples of each class begin, and where the last ones end, {@code [classes + 1]}
 * @param values exp(z), {@code [classes][samples]}
 */
record Exponentials(String split, boolean isRelative, int[] begin, double[][] values) {

    /** A logit farther from 0 counts as one so far away, so that no product overflows or is 0: e^−300 is not seen in any probability. */
    static final double FARTHEST = 300;

    private static final int BLOCK = 256;

    static Exponentials of(SplitLogits split, boolean isRelative) {
        int classes = split.classes();
        var labels = split.labels();
        var begin = new int[classes + 1];
        for (int label : labels) {
            begin[label + 1]++;
        }
        for (int k = 0; k < classes; k++) {
            begin[k + 1] += begin[k];
        }
        var next = begin.clone();
        var values = new double[classes][labels.length];
        for (int i = 0; i < labels.length; i++) {
            int place = next[labels[i]]++;
            double origin = isRelative ? largest(split.logits(), i * classes, classes) : 0;
            for (int j = 0; j < classes; j++) {
                double z = split.logits()[i * classes + j] - origin;
                values[j][place] = Math.exp(Math.max(-FARTHEST, Math.min(FARTHEST, z)));
            }
        }
        return new Exponentials(split.split(), isRelative, begin, values);
    }

    private static double largest(float[] logits, int offset, int count) {
        double largest = logits[offset];
        for (int j = 1; j < count; j++) {
            largest = Math.max(largest, logits[offset + j]);
        }
        return largest;
    }

    int classes() {
        return values.length;
    }

    int samples() {
        return begin[classes()];
    }

    /** Samples of each class. */
    long[] counts() {
        var counts = new long[classes()];
        Arrays.setAll(counts, k -> begin[k + 1] - begin[k]);
        return counts;
    }

    long bytes() {
        return (long) classes() * samples() * Double.BYTES;
    }

    /** Takes samples of one class. */
    interface Block {

        /** Of so many samples the exponentials of shifted logits, {@code [classes][samples, or more]}, which may be changed. */
        void of(int label, int samples, double[][] shifted);
    }

    /** Goes through all samples, at most {@value #BLOCK} at a time; where they are relative so is the shift, to its largest value. */
    void eachBlock(double[] shift, Block block) {
        double origin = isRelative ? Arrays.stream(shift).max().orElse(0) : 0;
        var factors =
                Arrays.stream(shift).map(value -> Math.exp(value - origin)).toArray();
        var shifted = new double[classes()][BLOCK];
        for (int label = 0; label < classes(); label++) {
            for (int from = begin[label]; from < begin[label + 1]; from += BLOCK) {
                int samples = Math.min(BLOCK, begin[label + 1] - from);
                for (int j = 0; j < factors.length; j++) {
                    multiply(values[j], from, samples, factors[j], shifted[j]);
                }
                block.of(label, samples, shifted);
            }
        }
    }

    private static void multiply(double[] column, int from, int samples, double factor, double[] products) {
        for (int i = 0; i < samples; i++) {
            products[i] = column[from + i] * factor;
        }
    }

    /** Divides each sample's values by their sum. */
    static void normalise(double[][] values, int samples, double[] sums) {
        Arrays.fill(sums, 0, samples, 0);
        for (var column : values) {
            for (int i = 0; i < samples; i++) {
                sums[i] += column[i];
            }
        }
        for (var column : values) {
            for (int i = 0; i < samples; i++) {
                column[i] /= sums[i];
            }
        }
    }

    /** Room for a number per sample of a block. */
    static double[] scratch() {
        return new double[BLOCK];
    }

    static double sum(double[] values, int count) {
        double even = 0;
        double odd = 0;
        int i = 0;
        for (; i + 1 < count; i += 2) {
            even += values[i];
            odd += values[i + 1];
        }
        return even + odd + (i < count ? values[i] : 0);
    }

    static double product(double[] first, double[] second, int count) {
        double a = 0;
        double b = 0;
        double c = 0;
        double d = 0;
        int i = 0;
        for (; i + 3 < count; i += 4) {
            a += first[i] * second[i];
            b += first[i + 1] * second[i + 1];
            c += first[i + 2] * second[i + 2];
            d += first[i + 3] * second[i + 3];
        }
        for (; i < count; i++) {
            a += first[i] * second[i];
        }
        return a + b + c + d;
    }
}
