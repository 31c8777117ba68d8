package io.lossforge.analysis;

import io.lossforge.loss.LossFunction;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the network was trained for, in the epoch whose weights it has.
 *
 * @param classes names
 * @param counts samples of each class in the training split
 * @param weights λ of each class
 * @param drawn samples of each class that the epoch drew
 * @param presence part of the epoch's batches that held each class, 0–1
 * @param labelSmoothing ε of the softmax and the logistic loss: targets (1 − ε)·onehot + ε/K; 0 for none
 * @param lastBias what is added to the logits, free of weight decay; null for a network without one
 * @param logitShift what is taken from the logits of each class when the network is served; null for nothing
 */
public record Training(
        LossFunction loss,
        List<String> classes,
        long[] counts,
        double[] weights,
        long[] drawn,
        double[] presence,
        double labelSmoothing,
        double @Nullable [] lastBias,
        float @Nullable [] logitShift) {

    public Training {
        int count = classes.size();
        if (counts.length != count
                || weights.length != count
                || drawn.length != count
                || presence.length != count
                || lastBias != null && lastBias.length != count) {
            throw new IllegalArgumentException("not as many values as the %d classes".formatted(count));
        }
        classes = List.copyOf(classes);
    }

    /** As the analysis of a job says. */
    public static Training of(LossFunction loss, Analysis analysis) {
        var classes = analysis.classes();
        var biases = analysis.firstOrder().perClass().stream()
                .map(Analysis.Residual::bias)
                .filter(Objects::nonNull)
                .mapToDouble(Double::doubleValue)
                .toArray();
        return new Training(
                loss,
                classes.stream().map(Analysis.ClassShare::className).toList(),
                classes.stream().mapToLong(Analysis.ClassShare::trained).toArray(),
                classes.stream().mapToDouble(Analysis.ClassShare::weight).toArray(),
                classes.stream().mapToLong(Analysis.ClassShare::drawn).toArray(),
                classes.stream().mapToDouble(Analysis.ClassShare::presence).toArray(),
                analysis.labelSmoothing(),
                biases.length == classes.size() ? biases : null,
                null);
    }

    /** m_k = λ_k N_k. */
    double[] masses() {
        var masses = new double[weights.length];
        for (int k = 0; k < masses.length; k++) {
            masses[k] = weights[k] * drawn[k];
        }
        return masses;
    }
}
