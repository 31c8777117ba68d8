package io.lossforge.analysis;

/**
 * Means over the samples of each true class k, of one column of shifted logits.
 *
 * @param probability σ(z)
 * @param slope σ(z)(1 − σ(z))
 * @param loss −log(1 − σ(z))
 */
record ColumnMeans(double[] probability, double[] slope, double[] loss) {

    /** Every class must have samples. */
    static ColumnMeans of(Exponentials train, int column, double shift) {
        int classes = train.classes();
        var means = new ColumnMeans(new double[classes], new double[classes], new double[classes]);
        var values = train.values()[column];
        double factor = Math.exp(shift);
        for (int k = 0; k < classes; k++) {
            int from = train.begin()[k];
            int to = train.begin()[k + 1];
            double probability = 0;
            double squares = 0;
            var odds = new LogProduct();
            for (int i = from; i < to; i++) {
                double x = values[i] * factor;
                double p = x / (1 + x);
                probability += p;
                squares += p * p;
                odds.times(1 + x);
            }
            means.probability[k] = probability / (to - from);
            means.slope[k] = (probability - squares) / (to - from);
            means.loss[k] = odds.logarithm() / (to - from);
        }
        return means;
    }
}
