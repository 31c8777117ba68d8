package io.lossforge.analysis;

import io.lossforge.analysis.WeightPreview.Predicted;
import io.lossforge.analysis.WeightPreview.ShiftedClass;
import io.lossforge.analysis.WeightPreview.SplitPreview;
import io.lossforge.loss.LglInr;
import io.lossforge.loss.Logistic;
import io.lossforge.loss.LossFunction;
import io.lossforge.loss.Softmax;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A trained network of which only the last bias can still move, ready to be asked what class weights would do. Making one solves for the
 * job's own weights; each question after that starts from there. Immutable; threads may share it.
 */
public final class FrozenNetwork {

    /** The coupled equations of the softmax loss are solved for so many classes at most. */
    public static final int MOST_CLASSES = 200;

    private final Training training;
    private final Exponentials train;
    private final List<Exponentials> splits;
    private final double[] settled;
    private final List<Predicted> before;
    private final List<Predicted> whenSettled;

    private FrozenNetwork(Training training, Exponentials train, List<Exponentials> splits) {
        this.training = training;
        this.train = train;
        this.splits = splits;
        var start = new double[train.classes()];
        settled = shift(training.weights(), start);
        before = predicted(start);
        whenSettled = predicted(settled);
    }

    /** Whether the loss's condition can be solved for the bias alone: softmax, logistic and lgl-inr. */
    public static boolean knows(LossFunction loss) {
        return loss instanceof Softmax || loss instanceof Logistic || loss instanceof LglInr;
    }

    /**
     * Solves for the job's own weights.
     *
     * @param training as the job was trained
     * @param splits what to predict for, {@code train}, with every class, among them
     * @throws IllegalArgumentException if the loss is none that {@link #knows} names, its targets are smoothed, there are more than {@link #MOST_CLASSES} classes,
     *     or a class has no samples or no weight, so that its bias would have no end; the message says so
     */
    public static FrozenNetwork of(Training training, List<SplitLogits> splits) {
        var logits = splits.stream()
                .filter(split -> split.split().equals("train"))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there are no logits of training samples"));
        check(training, logits);
        boolean isRelative = training.loss() instanceof Softmax;
        var ready =
                splits.stream().map(split -> Exponentials.of(split, isRelative)).toList();
        return new FrozenNetwork(training, ready.get(splits.indexOf(logits)), ready);
    }

    private static void check(Training training, SplitLogits train) {
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
        int classes = training.classes().size();
        if (classes > MOST_CLASSES) {
            throw new IllegalArgumentException(
                    "at most %d classes can be solved for, the job has %d".formatted(MOST_CLASSES, classes));
        }
        var counts = train.counts();
        for (int k = 0; k < classes; k++) {
            if (counts[k] == 0 || training.drawn()[k] == 0) {
                throw new IllegalArgumentException("class \"%s\" has no training samples, so its bias has no end"
                        .formatted(training.classes().get(k)));
            }
        }
        check(training, training.weights());
    }

    private static void check(Training training, double[] weights) {
        for (int k = 0; k < weights.length; k++) {
            if (!(weights[k] > 0)) {
                throw new IllegalArgumentException(
                        "the weight of class \"%s\" is 0, so its bias has no end; give it a little"
                                .formatted(training.classes().get(k)));
            }
        }
    }

    /** Samples of each class in the training split. */
    public long[] trainingCounts() {
        return training.counts().clone();
    }

    /** What it holds in memory, about. */
    public long bytes() {
        return splits.stream().mapToLong(Exponentials::bytes).sum();
    }

    /**
     * Predicts.
     *
     * @param weights the new λ
     * @throws IllegalArgumentException if one is not above 0; the message says so
     */
    public WeightPreview preview(double[] weights) {
        check(training, weights);
        long begin = System.nanoTime();
        var after = shift(weights, settled);
        double milliseconds = (System.nanoTime() - begin) / 1e6;
        var classes = new ArrayList<ShiftedClass>();
        for (int k = 0; k < weights.length; k++) {
            classes.add(new ShiftedClass(
                    training.classes().get(k), training.weights()[k], weights[k], after[k] - settled[k]));
        }
        var predicted = predicted(after);
        var previews = new ArrayList<SplitPreview>();
        for (int i = 0; i < splits.size(); i++) {
            previews.add(new SplitPreview(
                    splits.get(i).split(),
                    splits.get(i).samples(),
                    before.get(i),
                    whenSettled.get(i),
                    predicted.get(i)));
        }
        return new WeightPreview(classes, previews, milliseconds);
    }

    private double[] shift(double[] weights, double[] start) {
        if (training.loss() instanceof LglInr loss) {
            return BiasShift.lglInr(loss, train, weights, start);
        }
        var masses = new double[weights.length];
        Arrays.setAll(masses, k -> weights[k] * training.drawn()[k]);
        return training.loss() instanceof Softmax
                ? BiasShift.softmax(train, masses, start, guess(weights, start))
                : BiasShift.logistic(train, masses, start);
    }

    /** Where the bias would go if the network's probabilities were those of the data: the prior moves by as much as the weights. */
    private double[] guess(double[] weights, double[] start) {
        var guess = start.clone();
        for (int k = 0; k < guess.length; k++) {
            guess[k] += Math.log(weights[k] / training.weights()[k]);
        }
        return guess;
    }

    private List<Predicted> predicted(double[] shift) {
        return splits.stream().map(split -> predicted(split, shift)).toList();
    }

    private static Predicted predicted(Exponentials split, double[] shift) {
        int classes = shift.length;
        var counts = split.counts();
        var means = new double[classes][classes];
        var right = new long[classes];
        var sums = Exponentials.scratch();
        split.eachBlock(shift, (label, samples, shifted) -> {
            right[label] += right(label, samples, shifted);
            if (split.isRelative()) {
                Exponentials.normalise(shifted, samples, sums);
            } else {
                odds(shifted, samples);
            }
            for (int j = 0; j < classes; j++) {
                means[label][j] += Exponentials.sum(shifted[j], samples) / counts[label];
            }
        });
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
        return new Predicted(ClassMatrix.of(means), recall, sum / present, found / (double) split.samples());
    }

    /** Of how many samples the label has the largest value, and no class before it the same. */
    private static int right(int label, int samples, double[][] shifted) {
        var own = shifted[label];
        var wrong = new boolean[samples];
        for (int j = 0; j < shifted.length; j++) {
            var other = shifted[j];
            for (int i = 0; i < samples; i++) {
                wrong[i] |= j < label ? other[i] >= own[i] : other[i] > own[i];
            }
        }
        int right = 0;
        for (boolean isWrong : wrong) {
            right += isWrong ? 0 : 1;
        }
        return right;
    }

    /** Makes sigmoids of exponentials. */
    private static void odds(double[][] shifted, int samples) {
        for (var column : shifted) {
            for (int i = 0; i < samples; i++) {
                column[i] /= 1 + column[i];
            }
        }
    }
}
