package io.lossforge.loss;

import java.util.Arrays;
import java.util.function.ToDoubleBiFunction;
import java.util.stream.IntStream;

/**
 * LGL-INR once more, sample by sample as the formulas are written and with its gradient by hand: what the vectorised loss is checked
 * against. Sums over the classes.
 *
 * @param means {@code means[k][j]}: mean σ(z_ij) over the samples i of class k
 * @param losses {@code losses[k][j]}: mean −λ_i log(1 − σ(z_ij)) over the samples i of class k
 * @param weights {@code weights[k][j]}: w_kj
 */
record LglInrReference(double loss, double[][] gradient, double[][] means, double[][] losses, double[][] weights) {

    static LglInrReference of(Batch batch, double beta, boolean gradThroughWeights, LglInr.NegativeMass mass) {
        return of(batch, beta, gradThroughWeights, mass, means(batch));
    }

    /** With mean probabilities that are not those of the batch. */
    static LglInrReference of(
            Batch batch, double beta, boolean gradThroughWeights, LglInr.NegativeMass mass, double[][] means) {
        var losses = classMeans(batch, (i, j) -> lambda(batch, i) * softplus(batch.logits()[i][j]));
        int classes = batch.classes();
        var counts = batch.classCounts();
        boolean prior = mass == LglInr.NegativeMass.PRIOR;
        var weights = new double[classes][classes];
        var averageLoss = new double[classes];
        double loss = 0;
        for (int j = 0; j < classes; j++) {
            double sum = 0;
            for (int k = 0; k < classes; k++) {
                if (k != j && counts[k] > 0) {
                    weights[k][j] = Math.exp(beta * means[k][j]) * (prior ? counts[k] : 1);
                    sum += weights[k][j];
                }
            }
            for (int k = 0; k < classes; k++) {
                weights[k][j] /= sum == 0 ? 1 : sum;
                averageLoss[j] += weights[k][j] * losses[k][j];
            }
            loss += averageLoss[j] * (prior ? 1 - share(batch, j) : 1);
        }
        var gradient = new double[batch.size()][classes];
        for (int i = 0; i < batch.size(); i++) {
            int k = (int) batch.labels()[i];
            double lambda = lambda(batch, i);
            double positiveMass = (prior ? share(batch, k) : 1) / counts[k];
            loss += lambda * softplus(-batch.logits()[i][k]) * positiveMass;
            for (int j = 0; j < classes; j++) {
                double p = sigmoid(batch.logits()[i][j]);
                double throughWeight = gradThroughWeights ? beta * (losses[k][j] - averageLoss[j]) * p * (1 - p) : 0;
                double negativeMass = (prior ? 1 - share(batch, j) : 1) * weights[k][j] / counts[k];
                gradient[i][j] =
                        j == k ? -lambda * (1 - p) * positiveMass : negativeMass * (lambda * p + throughWeight);
            }
        }
        return new LglInrReference(loss, gradient, means, losses, weights);
    }

    /** What the gradient of a free last bias says of each class at a minimum, unit masses: 0 where the condition of the paper holds. */
    double[] residuals(Batch batch, double beta, boolean gradThroughWeights) {
        var counts = batch.classCounts();
        var residuals = new double[batch.classes()];
        for (int j = 0; j < residuals.length; j++) {
            double slopeTimesLoss = 0;
            double slope = 0;
            double loss = 0;
            residuals[j] = -(1 - means[j][j]);
            for (int k = 0; k < residuals.length; k++) {
                double meanSlope = 0;
                for (int i = 0; i < batch.size(); i++) {
                    double p = sigmoid(batch.logits()[i][j]);
                    meanSlope += batch.labels()[i] == k ? p * (1 - p) / counts[k] : 0;
                }
                residuals[j] += weights[k][j] * means[k][j];
                slopeTimesLoss += weights[k][j] * meanSlope * losses[k][j];
                slope += weights[k][j] * meanSlope;
                loss += weights[k][j] * losses[k][j];
            }
            residuals[j] += gradThroughWeights ? beta * (slopeTimesLoss - slope * loss) : 0;
        }
        return residuals;
    }

    /** Mean over the classes of how far the most confused other class lies above the average other class. */
    double multiModalityGap() {
        return IntStream.range(0, means.length)
                .mapToDouble(j -> {
                    var others = IntStream.range(0, means.length)
                            .filter(k -> k != j)
                            .mapToDouble(k -> means[k][j])
                            .toArray();
                    return Arrays.stream(others).max().orElseThrow()
                            - Arrays.stream(others).average().orElseThrow();
                })
                .average()
                .orElseThrow();
    }

    /** {@code [k][j]}: mean σ(z_ij) over the samples i of class k. */
    static double[][] means(Batch batch) {
        return classMeans(batch, (i, j) -> sigmoid(batch.logits()[i][j]));
    }

    /** {@code [k][j]}: mean of the term of i and j over the samples i of class k. */
    static double[][] classMeans(Batch batch, ToDoubleBiFunction<Integer, Integer> term) {
        var means = new double[batch.classes()][batch.classes()];
        var counts = batch.classCounts();
        for (int i = 0; i < batch.size(); i++) {
            int k = (int) batch.labels()[i];
            for (int j = 0; j < batch.classes(); j++) {
                means[k][j] += term.applyAsDouble(i, j) / counts[k];
            }
        }
        return means;
    }

    private static double share(Batch batch, int classIndex) {
        return (double) batch.classCounts()[classIndex] / batch.size();
    }

    private static double lambda(Batch batch, int sample) {
        var weights = batch.weights();
        return weights == null ? 1 : weights[sample];
    }

    static double sigmoid(double z) {
        return 1 / (1 + Math.exp(-z));
    }

    static double softplus(double z) {
        return Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
    }
}
