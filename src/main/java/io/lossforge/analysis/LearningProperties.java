package io.lossforge.analysis;

import ai.djl.ndarray.NDManager;
import io.lossforge.analysis.Analysis.ClassShare;
import io.lossforge.analysis.Analysis.Condition;
import io.lossforge.loss.LglInr;
import io.lossforge.loss.Objective;
import io.lossforge.loss.ServingTransform;
import io.lossforge.loss.StationaryCondition;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Computes the learning-property analysis of a split: the engine gives probabilities and gradients, the rest is sums in double precision. */
public final class LearningProperties {

    /** Logits that are looked at, per split (16 MiB): the greatest samples × classes. */
    public static final int MOST_LOGITS = 1 << 22;

    /** No analysis of more classes: a matrix of theirs takes 32 MiB. */
    public static final int MOST_CLASSES = 2_000;

    private final Training training;
    private final SplitLogits split;
    private final int classes;
    private final long[] counts;
    private final double[] masses;
    private final EngineResults results;
    private final double[][] probabilities;
    private final double @Nullable [][] weights;
    private final @Nullable Balance balance;
    private final Condition condition;

    private LearningProperties(Training training, SplitLogits split, Objective objective, NDManager manager) {
        this.training = training;
        this.split = split;
        classes = split.classes();
        counts = split.counts();
        masses = training.masses();
        for (int k = 0; k < classes; k++) {
            masses[k] = counts[k] == 0 ? 0 : masses[k];
        }
        condition = condition(training);
        results = EngineResults.of(split, objective, training, sampleWeights(), manager);
        probabilities = ClassMeans.of(results.training(), split.labels(), classes);
        weights = weights();
        balance = balance();
    }

    /**
     * Analyses a split.
     *
     * @param objective the loss bound to the job, which learns nothing from it: {@link Objective#measuring()}
     * @param manager its arrays are closed at the end; its device computes
     */
    public static Analysis of(Training training, SplitLogits split, Objective objective, NDManager manager) {
        return new LearningProperties(training, split, objective, manager).analysis();
    }

    private static Condition condition(Training training) {
        if (training.lastBias() == null) {
            return Condition.NOT_APPLICABLE;
        }
        if (training.loss().stationaryCondition() == StationaryCondition.WEIGHTED_COUNTS) {
            return Condition.WEIGHTED_COUNTS;
        }
        return training.loss() instanceof LglInr ? Condition.REWEIGHTED : Condition.MEAN_GRADIENT;
    }

    /**
     * λ_k, times what makes the samples analysed stand for those that training drew. LGL-INR counts every class alike, whatever is drawn.
     */
    private float[] sampleWeights() {
        double all = Arrays.stream(masses).sum();
        double drawn = 0;
        for (int k = 0; k < classes; k++) {
            drawn += counts[k] == 0 ? 0 : training.drawn()[k];
        }
        var byClass = new float[classes];
        for (int k = 0; k < classes; k++) {
            byClass[k] = (float)
                    (condition == Condition.REWEIGHTED || all == 0
                            ? training.weights()[k]
                            : masses[k] * split.labels().length / (Math.max(1, counts[k]) * drawn));
        }
        var weights = new float[split.labels().length];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = byClass[split.labels()[i]];
        }
        return weights;
    }

    private double @Nullable [][] weights() {
        if (!(training.loss() instanceof LglInr loss)) {
            return null;
        }
        var matrix = new double[classes][classes];
        for (int j = 0; j < classes; j++) {
            var column = InrWeights.column(loss, Balance.column(probabilities, j), counts, j);
            for (int k = 0; k < classes; k++) {
                matrix[k][j] = column[k];
            }
        }
        return matrix;
    }

    private @Nullable Balance balance() {
        if (condition == Condition.WEIGHTED_COUNTS) {
            return Balance.weightedCounts(masses, training.labelSmoothing());
        }
        if (condition == Condition.REWEIGHTED && training.loss() instanceof LglInr loss && weights != null) {
            var labels = split.labels();
            return Balance.reweighted(
                    loss,
                    training.weights(),
                    counts,
                    ClassMeans.of(results.training(), labels, classes, p -> p * (1 - p)),
                    ClassMeans.of(results.trainingLogits(), labels, classes, ClassMeans::softplus),
                    weights);
        }
        return null;
    }

    private Analysis analysis() {
        var errors = new Errors(training.classes(), counts, probabilities);
        var served = ClassMeans.of(results.served(), split.labels(), classes);
        return new Analysis(
                split.split(),
                split.samples(),
                split.labels().length,
                condition,
                training.labelSmoothing(),
                shares(),
                ClassMatrix.of(probabilities),
                Arrays.deepEquals(served, probabilities) ? null : ClassMatrix.of(served),
                firstOrder(),
                errors.tradeOff(balance),
                binaryLaw(),
                errors.multiModality(),
                balance == null ? null : indeterminacy(),
                reweighting());
    }

    private List<ClassShare> shares() {
        double all = Arrays.stream(training.masses()).sum();
        var shares = new ArrayList<ClassShare>();
        for (int k = 0; k < classes; k++) {
            shares.add(new ClassShare(
                    training.classes().get(k),
                    counts[k],
                    training.counts()[k],
                    training.weights()[k],
                    training.drawn()[k],
                    all == 0 ? 0 : training.masses()[k] / all,
                    training.presence()[k]));
        }
        return shares;
    }

    private Analysis.FirstOrder firstOrder() {
        var sums = new double[classes];
        var sizes = new double[classes];
        for (int i = 0; i < results.gradients().length; i++) {
            sums[i % classes] += results.gradients()[i];
            sizes[i % classes] += Math.abs((double) results.gradients()[i]);
        }
        var bias = training.lastBias();
        var residuals = new ArrayList<Analysis.Residual>();
        double largest = 0;
        for (int j = 0; j < classes; j++) {
            double relativeGradient = sizes[j] == 0 ? 0 : Math.abs(sums[j]) / sizes[j];
            var relative = balance == null ? null : (Double) balance.relativeResidual(probabilities, j);
            residuals.add(new Analysis.Residual(
                    training.classes().get(j),
                    balance == null ? null : (Double) balance.residual(probabilities, j),
                    relative,
                    sums[j],
                    relativeGradient,
                    bias == null ? null : (Double) bias[j],
                    0));
            largest = Math.max(largest, relative == null ? relativeGradient : relative);
        }
        boolean applies = condition != Condition.NOT_APPLICABLE;
        return new Analysis.FirstOrder(
                applies && split.split().equals("train") ? Analysis.Verdict.of(largest) : null,
                applies ? (Double) largest : null,
                residuals,
                ClassMatrix.of(gradients()));
    }

    /** G. The loss is a mean over the samples, so the gradient of a sample's own loss is as many times that of the mean. */
    private double[][] gradients() {
        var means = ClassMeans.of(results.gradients(), split.labels(), classes);
        for (var row : means) {
            for (int j = 0; j < classes; j++) {
                row[j] *= split.labels().length;
            }
        }
        return means;
    }

    private Analysis.@Nullable BinaryLaw binaryLaw() {
        if (classes != 2
                || condition != Condition.WEIGHTED_COUNTS
                || training.labelSmoothing() != 0
                || masses[0] == 0
                || masses[1] == 0) {
            return null;
        }
        double onNegatives = probabilities[0][1];
        double counts = training.drawn()[0] / (double) training.drawn()[1];
        return new Analysis.BinaryLaw(
                training.classes().get(0),
                training.classes().get(1),
                onNegatives == 0 ? null : (Double) ((1 - probabilities[1][1]) / onNegatives),
                masses[0] / masses[1],
                List.of(0.25, 0.5, 1.0, 2.0, 4.0).stream()
                        .map(ratio -> new Analysis.WeightRatio(ratio, counts / ratio))
                        .toList());
    }

    private Analysis.Indeterminacy indeterminacy() {
        boolean softmax = training.loss().servingTransform().equals(ServingTransform.SOFTMAX);
        long free = softmax ? (classes - 1L) * (classes - 1L) : classes * (classes - 1L);
        if (condition != Condition.WEIGHTED_COUNTS) {
            return new Analysis.Indeterminacy(free, null, null);
        }
        double flows = 0;
        double circulation = 0;
        double distance = 0;
        double all = Arrays.stream(masses).sum();
        for (int j = 0; j < classes; j++) {
            double arriving = 0;
            for (int k = 0; k < classes; k++) {
                double flow = masses[k] * probabilities[k][j];
                arriving += flow;
                if (k != j) {
                    flows += flow;
                    circulation += Math.abs(flow - masses[j] * probabilities[j][k]) / 2;
                }
            }
            distance += Math.abs(arriving - masses[j]) / 2;
        }
        return new Analysis.Indeterminacy(
                free,
                flows == 0 ? null : (Double) (circulation / flows),
                softmax && all > 0 ? (Double) (distance / all) : null);
    }

    private Analysis.@Nullable Reweighting reweighting() {
        if (!(training.loss() instanceof LglInr loss) || weights == null) {
            return null;
        }
        var columns = new ArrayList<Analysis.WeightColumn>();
        for (int j = 0; j < classes; j++) {
            var column = Balance.column(weights, j);
            int heaviest = j;
            for (int k = 0; k < classes; k++) {
                heaviest = column[k] > column[heaviest] ? k : heaviest;
            }
            columns.add(new Analysis.WeightColumn(
                    training.classes().get(j),
                    Errors.entropy(column),
                    column[heaviest] == 0 ? null : training.classes().get(heaviest),
                    column[heaviest],
                    balance == null ? 0 : balance.extra()[j]));
        }
        return new Analysis.Reweighting(loss.beta(), loss.gradThroughWeights(), ClassMatrix.of(weights), columns);
    }
}
