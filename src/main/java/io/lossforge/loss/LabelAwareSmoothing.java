package io.lossforge.loss;

import com.google.auto.service.AutoService;
import io.lossforge.catalogue.Described;
import io.lossforge.catalogue.Parameter;
import java.util.Arrays;

/**
 * Label smoothing by class: {@code (1 − ε_y)·−log p_y + ε_y · mean_k −log p_k}, ε_k linear in n_k between {@code tailEpsilon} at the rarest class and {@code headEpsilon} at
 * the most frequent one. The linear course, and {@code tailEpsilon} for all where the classes are equally frequent, are our choice.
 *
 * @param headEpsilon ε of the most frequent class
 * @param tailEpsilon ε of the rarest class
 */
@AutoService(LossFunction.class)
@Described(
        name = "label-aware-smoothing",
        summary =
                "Label smoothing that is stronger for frequent classes, which long-tailed training makes overconfident.",
        formula = "L = mean_i λ_{y_i} (−(1 − ε_{y_i}) log p_{i,y_i} − ε_{y_i} mean_k log p_ik),  ε_k = tail +"
                + " (head − tail)(n_k − n_min)/(n_max − n_min)",
        reference =
                "Zhong, Cui, Liu, Jia: Improving Calibration for Long-Tailed Recognition, CVPR 2021; defaults as in OpenLT")
public record LabelAwareSmoothing(
        @Parameter(value = "smoothing ε of the most frequent class", min = 0, max = 1, exclusiveMax = true)
        double headEpsilon,

        @Parameter(value = "smoothing ε of the rarest class", min = 0, max = 1, exclusiveMax = true)
        double tailEpsilon)
        implements LossFunction {

    public LabelAwareSmoothing() {
        this(0.4, 0.1);
    }

    @Override
    public Objective bind(LossContext context) {
        var smoothing = context.constants(smoothing(context.classCounts()));
        return (logits, labels, sampleWeights) -> {
            var logs = LogSoftmax.of(logits, labels);
            var own = labels.oneHot(context.classes(), logits.getDataType())
                    .mul(smoothing)
                    .sum(new int[] {1});
            var mean = logs.classes().mean(new int[] {1});
            return BatchMean.of(logs.target().sub(mean).mul(own).sub(logs.target()), sampleWeights);
        };
    }

    /** ε of each class. */
    double[] smoothing(long[] classCounts) {
        long least = Arrays.stream(classCounts).min().orElse(0);
        long range = Arrays.stream(classCounts).max().orElse(0) - least;
        return Arrays.stream(classCounts)
                .mapToDouble(
                        n -> range == 0 ? tailEpsilon : tailEpsilon + (headEpsilon - tailEpsilon) * (n - least) / range)
                .toArray();
    }

    @Override
    public ServingTransform servingTransform() {
        return ServingTransform.SOFTMAX;
    }
}
