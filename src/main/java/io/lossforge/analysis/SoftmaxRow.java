package io.lossforge.analysis;

/** One sample under a softmax. */
final class SoftmaxRow {

    private SoftmaxRow() {}

    /**
     * Probabilities of shifted logits.
     *
     * @param offset of the sample's first logit
     * @param probabilities takes them
     * @return −log of that of the label
     */
    static double of(float[] logits, int offset, double[] shift, int label, double[] probabilities) {
        double most = Double.NEGATIVE_INFINITY;
        for (int j = 0; j < shift.length; j++) {
            probabilities[j] = logits[offset + j] + shift[j];
            most = Math.max(most, probabilities[j]);
        }
        double ofLabel = probabilities[label] - most;
        double sum = 0;
        for (int j = 0; j < shift.length; j++) {
            probabilities[j] = Math.exp(probabilities[j] - most);
            sum += probabilities[j];
        }
        for (int j = 0; j < shift.length; j++) {
            probabilities[j] /= sum;
        }
        return Math.log(sum) - ofLabel;
    }
}
