package io.lossforge.loss;

import com.google.auto.service.AutoService;
import io.lossforge.catalogue.Described;
import io.lossforge.catalogue.Parameter;

/**
 * Cross entropy with smoothed labels: {@code (1 − ε)·−log p_y + ε · mean_k −log p_k}.
 *
 * @param epsilon smoothing ε
 */
@AutoService(LossFunction.class)
@Described(
        name = "label-smoothing",
        summary = "Cross entropy that never asks for certainty: less overconfident.",
        formula = "L = mean_i λ_{y_i} (−(1 − ε) log p_{i,y_i} − ε mean_k log p_ik),  p_i = softmax(z_i)",
        reference =
                "Szegedy et al.: Rethinking the Inception Architecture for Computer Vision, CVPR 2016; default as in timm")
public record LabelSmoothing(
        @Parameter(
                value = "share ε of the label spread over all classes: 0 is the softmax loss",
                min = 0,
                max = 1,
                exclusiveMax = true)
        double epsilon)
        implements LossFunction {

    public LabelSmoothing() {
        this(0.1);
    }

    @Override
    public Objective bind(LossContext context) {
        return new Softmax().bindSmoothed(context, epsilon);
    }

    @Override
    public ServingTransform servingTransform() {
        return ServingTransform.SOFTMAX;
    }
}
