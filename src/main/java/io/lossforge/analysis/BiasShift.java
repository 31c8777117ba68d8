package io.lossforge.analysis;

import io.lossforge.loss.LglInr;
import java.util.Arrays;
import java.util.Comparator;
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

    private BiasShift() {}

    /**
     * Of the softmax loss: Newton's method on the loss, which is convex in δ, with steps halved until the loss falls. A common shift of
     * all classes changes nothing; the one with mean 0 is given.
     *
     * @param train relative
     * @param masses m_k of each class, of any scale
     * @param starts guesses, of which the best one is begun with
     */
    static double[] softmax(Exponentials train, double[] masses, double[]... starts) {
        var problem = SoftmaxProblem.of(train, masses);
        var here = Arrays.stream(starts)
                .map(problem::at)
                .min(Comparator.comparingDouble(SoftmaxProblem.Point::loss))
                .orElseThrow();
        for (int step = 0; step < MOST_STEPS && here.steepest() > SMALLEST_GRADIENT; step++) {
            var direction = new CholeskyDecomposition(
                            new Array2DRowRealMatrix(problem.curvature(here.shift()), false), 1e-9, 0)
                    .getSolver()
                    .solve(new ArrayRealVector(here.gradient(), false))
                    .toArray();
            double length = 1;
            var next = problem.at(moved(here.shift(), direction, length));
            while (next.loss() > here.loss() + 1e-15 * Math.abs(here.loss()) && length > 1e-6) {
                length /= 2;
                next = problem.at(moved(here.shift(), direction, length));
            }
            if (length <= 1e-6) {
                break; // as low as double precision sees
            }
            here = next;
        }
        double mean = Arrays.stream(here.shift()).average().orElse(0);
        return Arrays.stream(here.shift()).map(value -> value - mean).toArray();
    }

    private static double[] moved(double[] from, double[] direction, double length) {
        var moved = from.clone();
        for (int j = 0; j < moved.length; j++) {
            moved[j] -= length * direction[j];
        }
        return moved;
    }

    /**
     * Of the logistic loss: an equation for each class, whose left side rises with δ_j.
     *
     * @param masses m_k of each class, of any scale
     * @param start where to begin
     */
    static double[] logistic(Exponentials train, double[] masses, double[] start) {
        double sum = Arrays.stream(masses).sum();
        return oneVersusAll(train, start, (j, means) -> {
            double surplus = 0;
            for (int k = 0; k < masses.length; k++) {
                surplus += masses[k] / sum * (k == j ? means.probability()[k] - 1 : means.probability()[k]);
            }
            return surplus;
        });
    }

    /** Of LGL-INR, whose weights w_kj follow from the probabilities of class j alone: an equation for each class here too. */
    static double[] lglInr(LglInr loss, Exponentials train, double[] lambda, double[] start) {
        var counts = train.counts();
        boolean prior = loss.negativeMass() == LglInr.NegativeMass.PRIOR;
        return oneVersusAll(train, start, (j, means) -> {
            double share = counts[j] / (double) train.samples();
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

    private static double[] oneVersusAll(Exponentials train, double[] start, Surplus surplus) {
        var shift = new double[train.classes()];
        Arrays.setAll(shift, j -> rootNear(start[j], delta -> surplus.of(j, ColumnMeans.of(train, j, delta))));
        return shift;
    }

    /** The root that is met first on the way from the start in the direction in which the function must change its sign. */
    private static double rootNear(double start, DoubleUnaryOperator surplus) {
        double atStart = surplus.applyAsDouble(start);
        if (Math.abs(atStart) < SMALLEST_GRADIENT) {
            return start;
        }
        double from = start;
        double step = atStart > 0 ? -0.5 : 0.5;
        double to = start + step;
        while (surplus.applyAsDouble(to) * atStart > 0 && Math.abs(to) < Exponentials.FARTHEST) {
            from = to;
            step *= 2;
            to = start + step;
        }
        if (Math.abs(to) >= Exponentials.FARTHEST) {
            return to;
        }
        return new BracketingNthOrderBrentSolver(1e-13, 1e-13, 1e-15, 5)
                .solve(MOST_EVALUATIONS, surplus::applyAsDouble, Math.min(from, to), Math.max(from, to));
    }
}
