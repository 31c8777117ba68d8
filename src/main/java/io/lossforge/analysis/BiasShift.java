package io.lossforge.analysis;

import io.lossforge.loss.LglInr;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import org.apache.commons.math3.analysis.solvers.BracketingNthOrderBrentSolver;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.CholeskyDecomposition;

/**
 * Solves the condition of a loss for the last bias alone, everything before it frozen: finds the change δ of the bias with which the logits
 * z + δ of the training samples meet the condition. Every class must have samples and a weight above 0; then there is a solution.
 */
final class BiasShift {

    private static final double SMALLEST_GRADIENT = 1e-12;
    private static final int MOST_STEPS = 100;
    private static final int MOST_EVALUATIONS = 200;
    /** At which a sigmoid of float32 logits has long been 0 or 1. */
    private static final double FARTHEST = 1_000;

    private BiasShift() {}

    /**
     * Of the softmax loss: Newton's method on the loss, which is convex in δ, with steps halved until the loss falls. A common shift of
     * all classes changes nothing; the one with mean 0 is given.
     *
     * @param masses m_k of each class, of any scale
     */
    static double[] softmax(SplitLogits train, double[] masses) {
        var problem = SoftmaxProblem.of(train, masses);
        var shift = new double[train.classes()];
        var here = problem.at(shift);
        for (int step = 0; step < MOST_STEPS && here.steepest() > SMALLEST_GRADIENT; step++) {
            var direction = new CholeskyDecomposition(new Array2DRowRealMatrix(here.curvature(), false), 1e-9, 0)
                    .getSolver()
                    .solve(new ArrayRealVector(here.gradient(), false))
                    .toArray();
            double length = 1;
            var next = problem.at(moved(shift, direction, length));
            while (next.loss() > here.loss() + 1e-15 * Math.abs(here.loss()) && length > 1e-6) {
                length /= 2;
                next = problem.at(moved(shift, direction, length));
            }
            if (length <= 1e-6) {
                break; // as low as double precision sees
            }
            shift = moved(shift, direction, length);
            here = next;
        }
        double mean = Arrays.stream(shift).average().orElse(0);
        return Arrays.stream(shift).map(value -> value - mean).toArray();
    }

    private static double[] moved(double[] from, double[] direction, double length) {
        var moved = from.clone();
        for (int j = 0; j < moved.length; j++) {
            moved[j] -= length * direction[j];
        }
        return moved;
    }

    /** Of the logistic loss: an equation for each class, whose left side rises with δ_j. */
    static double[] logistic(SplitLogits train, double[] masses) {
        var counts = train.counts();
        double sum = Arrays.stream(masses).sum();
        return oneVersusAll(train, (j, means) -> {
            double surplus = 0;
            for (int k = 0; k < counts.length; k++) {
                surplus += masses[k] / sum * (k == j ? means.probability()[k] - 1 : means.probability()[k]);
            }
            return surplus;
        });
    }

    /** Of LGL-INR, whose weights w_kj follow from the probabilities of class j alone: an equation for each class here too. */
    static double[] lglInr(LglInr loss, SplitLogits train, double[] lambda) {
        var counts = train.counts();
        boolean prior = loss.negativeMass() == LglInr.NegativeMass.PRIOR;
        return oneVersusAll(train, (j, means) -> {
            double share = counts[j] / (double) train.labels().length;
            var weights = InrWeights.column(loss, means.probability(), counts, j);
            double negatives = 0;
            var weighted = new double[counts.length];
            for (int k = 0; k < counts.length; k++) {
                negatives += weights[k] * lambda[k] * means.probability()[k];
                weighted[k] = lambda[k] * means.loss()[k];
            }
            if (loss.gradThroughWeights()) {
                negatives += loss.beta() * InrWeights.covariance(weights, means.slope(), weighted);
            }
            return negatives * (prior ? 1 - share : 1) - lambda[j] * (1 - means.probability()[j]) * (prior ? share : 1);
        });
    }

    /** What the gradient of the loss by the bias of class j is, up to a factor. */
    private interface Surplus {
        double of(int j, ColumnMeans means);
    }

    private static double[] oneVersusAll(SplitLogits train, Surplus surplus) {
        var shift = new double[train.classes()];
        var counts = train.counts();
        for (int j = 0; j < shift.length; j++) {
            int column = j;
            shift[j] = rootNearZero(delta -> surplus.of(column, ColumnMeans.of(train, counts, column, delta)));
        }
        return shift;
    }

    /** The root that is met first on the way from 0 in the direction in which the function must change its sign. */
    private static double rootNearZero(DoubleUnaryOperator surplus) {
        double atZero = surplus.applyAsDouble(0);
        if (Math.abs(atZero) < SMALLEST_GRADIENT) {
            return 0;
        }
        double from = 0;
        double to = atZero > 0 ? -0.5 : 0.5;
        while (surplus.applyAsDouble(to) * atZero > 0 && Math.abs(to) < FARTHEST) {
            from = to;
            to *= 2;
        }
        if (Math.abs(to) >= FARTHEST) {
            return to;
        }
        return new BracketingNthOrderBrentSolver(1e-13, 1e-13, 1e-15, 5)
                .solve(MOST_EVALUATIONS, surplus::applyAsDouble, Math.min(from, to), Math.max(from, to));
    }

    /**
     * Means over the samples of each true class k, of one column of shifted logits.
     *
     * @param probability σ(z)
     * @param slope σ(z)(1 − σ(z))
     * @param loss −log(1 − σ(z))
     */
    private record ColumnMeans(double[] probability, double[] slope, double[] loss) {

        static ColumnMeans of(SplitLogits train, long[] counts, int column, double shift) {
            int classes = counts.length;
            var means = new ColumnMeans(new double[classes], new double[classes], new double[classes]);
            for (int i = 0; i < train.labels().length; i++) {
                int k = train.labels()[i];
                double z = train.logits()[i * classes + column] + shift;
                double p = ClassMeans.sigmoid(z);
                means.probability[k] += p / counts[k];
                means.slope[k] += p * (1 - p) / counts[k];
                means.loss[k] += ClassMeans.softplus(z) / counts[k];
            }
            return means;
        }
    }

    /** The softmax loss as a function of the shift. */
    private record SoftmaxProblem(SplitLogits train, double[] sampleWeights) {

        /** Loss, gradient, and second derivatives, made regular in the direction that changes nothing. */
        record Point(double loss, double[] gradient, double[][] curvature) {

            double steepest() {
                return Arrays.stream(gradient).map(Math::abs).max().orElse(0);
            }
        }

        static SoftmaxProblem of(SplitLogits train, double[] masses) {
            var counts = train.counts();
            double sum = Arrays.stream(masses).sum();
            var weights = new double[masses.length];
            for (int k = 0; k < weights.length; k++) {
                weights[k] = counts[k] == 0 ? 0 : masses[k] / (sum * counts[k]);
            }
            return new SoftmaxProblem(train, weights);
        }

        Point at(double[] shift) {
            int classes = shift.length;
            var gradient = new double[classes];
            var curvature = new double[classes][classes];
            var p = new double[classes];
            double loss = 0;
            for (int i = 0; i < train.labels().length; i++) {
                int label = train.labels()[i];
                double weight = sampleWeights[label];
                loss += weight * SoftmaxRow.of(train.logits(), i * classes, shift, label, p);
                for (int j = 0; j < classes; j++) {
                    double share = weight * p[j];
                    gradient[j] += j == label ? share - weight : share;
                    curvature[j][j] += share;
                    for (int k = 0; k <= j; k++) {
                        curvature[j][k] -= share * p[k];
                    }
                }
            }
            double trace = 0;
            for (int j = 0; j < classes; j++) {
                trace += curvature[j][j];
            }
            double regular = Math.max(trace, Double.MIN_NORMAL) / classes;
            for (int j = 0; j < classes; j++) {
                for (int k = 0; k <= j; k++) {
                    curvature[j][k] += regular / classes;
                    curvature[k][j] = curvature[j][k];
                }
                curvature[j][j] += 1e-12 * regular;
            }
            return new Point(loss, gradient, curvature);
        }
    }
}
