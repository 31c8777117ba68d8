package io.lossforge.analysis;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.lossforge.loss.LglInr;
import io.lossforge.loss.Logistic;
import io.lossforge.loss.LossFunction;
import io.lossforge.loss.ServingTransform;
import io.lossforge.loss.Softmax;
import java.util.ArrayList;
import java.util.List;

/**
 * What other class weights would do, without training: the last bias is solved for on the training samples' logits, everything before it
 * frozen. What training with the weights would do to the features is not in it.
 */
public record WeightPreview(
        @JsonPropertyDescription("The classes, in the order of rows and columns of every matrix")
        List<ShiftedClass> classes,

        @JsonPropertyDescription("What is predicted for each split")
        List<SplitPreview> splits,

        @JsonPropertyDescription("How long it took to solve for the bias")
        double milliseconds) {

    /** The coupled equations of the softmax loss are solved for so many classes at most. */
    public static final int MOST_CLASSES = 200;

    /** A class, and what becomes of its bias. */
    public record ShiftedClass(
            @JsonProperty("class") @JsonPropertyDescription("Its name")
            String className,

            @JsonPropertyDescription("Its weight in the job")
            double weight,

            @JsonPropertyDescription("Its weight asked about")
            double newWeight,

            @JsonPropertyDescription("By how much the new weights move its last bias")
            double biasChange) {}

    /** One split. */
    public record SplitPreview(
            @JsonPropertyDescription("train, validation or test")
            String split,

            @JsonPropertyDescription("Samples that the numbers are from")
            int samples,

            @JsonPropertyDescription("The network as it is") Predicted before,

            @JsonPropertyDescription(
                    "With the last bias solved for under the job's own weights: differs from before as far as training was not at its minimum")
            Predicted settled,

            @JsonPropertyDescription("With the last bias solved for under the new weights")
            Predicted after) {}

    /** How a split would be classified. */
    public record Predicted(
            @JsonPropertyDescription("Q: mean probability of each class over the samples of each true class")
            ClassMatrix probabilities,

            @JsonPropertyDescription("Part of each class's samples found; 0 for a class without samples")
            double[] recall,

            @JsonPropertyDescription("Mean recall over the classes that have samples")
            double balancedAccuracy,

            @JsonPropertyDescription("Part of all samples classified rightly")
            double accuracy) {}

    /** Whether the loss's condition can be solved for the bias alone: softmax, logistic and lgl-inr. */
    public static boolean knows(LossFunction loss) {
        return loss instanceof Softmax || loss instanceof Logistic || loss instanceof LglInr;
    }

    /**
     * Predicts.
     *
     * @param training as the job was trained
     * @param weights the new λ, each above 0
     * @param train logits of training samples, with every class among them
     * @param splits what to predict for
     * @throws IllegalArgumentException if the loss is none that {@link #knows} names, its targets are smoothed, there are more than {@link #MOST_CLASSES} classes,
     *     or a class has no samples or no weight, so that its bias would have no end; the message says so
     */
    public static WeightPreview of(Training training, double[] weights, SplitLogits train, List<SplitLogits> splits) {
        check(training, weights, train);
        long begin = System.nanoTime();
        var settled = shift(training, training.weights(), train);
        var after = shift(training, weights, train);
        double milliseconds = (System.nanoTime() - begin) / 1e6;
        var classes = new ArrayList<ShiftedClass>();
        for (int k = 0; k < weights.length; k++) {
            classes.add(new ShiftedClass(
                    training.classes().get(k), training.weights()[k], weights[k], after[k] - settled[k]));
        }
        var serving = training.loss().servingTransform();
        var previews = splits.stream()
                .map(split -> new SplitPreview(
                        split.split(),
                        split.labels().length,
                        predicted(split, serving, new double[weights.length]),
                        predicted(split, serving, settled),
                        predicted(split, serving, after)))
                .toList();
        return new WeightPreview(classes, previews, milliseconds);
    }

    private static void check(Training training, double[] weights, SplitLogits train) {
        if (!knows(training.loss())) {
            throw new IllegalArgumentException(
                    "only the conditions of softmax, logistic and lgl-inr can be solved for the last bias; train a job with the weights instead");
        }
        if (training.lastBias() == null) {
            throw new IllegalArgumentException("the network has no last bias to solve for");
        }
        if (training.labelSmoothing() != 0) {
            throw new IllegalArgumentException("it is not solved for with smoothed labels");
        }
        if (weights.length > MOST_CLASSES) {
            throw new IllegalArgumentException(
                    "at most %d classes can be solved for, the job has %d".formatted(MOST_CLASSES, weights.length));
        }
        var counts = train.counts();
        for (int k = 0; k < weights.length; k++) {
            if (counts[k] == 0 || training.drawn()[k] == 0) {
                throw new IllegalArgumentException("class \"%s\" has no training samples, so its bias has no end"
                        .formatted(training.classes().get(k)));
            }
            if (!(weights[k] > 0) || !(training.weights()[k] > 0)) {
                throw new IllegalArgumentException(
                        "the weight of class \"%s\" is 0, so its bias has no end; give it a little"
                                .formatted(training.classes().get(k)));
            }
        }
    }

    private static double[] shift(Training training, double[] weights, SplitLogits train) {
        if (training.loss() instanceof LglInr loss) {
            return BiasShift.lglInr(loss, train, weights);
        }
        var masses = new double[weights.length];
        for (int k = 0; k < masses.length; k++) {
            masses[k] = weights[k] * training.drawn()[k];
        }
        return training.loss() instanceof Softmax
                ? BiasShift.softmax(train, masses)
                : BiasShift.logistic(train, masses);
    }

    private static Predicted predicted(SplitLogits split, ServingTransform serving, double[] shift) {
        int classes = shift.length;
        var means = new double[classes][classes];
        var counts = split.counts();
        var right = new long[classes];
        var p = new double[classes];
        for (int i = 0; i < split.labels().length; i++) {
            int label = split.labels()[i];
            SoftmaxRow.of(split.logits(), i * classes, shift, label, p);
            int best = 0;
            for (int j = 0; j < classes; j++) {
                best = p[j] > p[best] ? j : best;
                means[label][j] += (serving.equals(ServingTransform.SOFTMAX)
                                ? p[j]
                                : ClassMeans.sigmoid(split.logits()[i * classes + j] + shift[j]))
                        / counts[label];
            }
            right[label] += best == label ? 1 : 0;
        }
        var recall = new double[classes];
        double sum = 0;
        long found = 0;
        int present = 0;
        for (int k = 0; k < classes; k++) {
            recall[k] = counts[k] == 0 ? 0 : right[k] / (double) counts[k];
            sum += recall[k];
            found += right[k];
            present += counts[k] == 0 ? 0 : 1;
        }
        return new Predicted(ClassMatrix.of(means), recall, sum / present, found / (double) split.labels().length);
    }
}
