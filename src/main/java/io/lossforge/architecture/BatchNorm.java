package io.lossforge.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import java.util.List;

/**
 * Batch normalisation of each channel or feature (Ioffe and Szegedy 2015): by the batch's mean and variance when training, else by running
 * ones, of which each training step keeps 0.9. ε is 1e-5.
 */
public record BatchNorm() implements Layer {

    private static final float MOMENTUM = 0.9f;
    private static final float EPSILON = 1e-5f;

    /** What DJL hands to PyTorch as it is: the axis is then the second, and no axes are swapped to and fro. */
    private static final int NATIVE_AXIS = -1;

    @Override
    public String kind() {
        return "norm";
    }

    @Override
    public Shape output(Shape input) {
        return input;
    }

    @Override
    public List<Weight> weights(Shape input) {
        long channels = input.get(0);
        return List.of(
                Weight.ones("gamma", Parameter.Type.GAMMA, channels),
                Weight.zeros("beta", Parameter.Type.BETA, channels),
                Weight.zeros("runningMean", Parameter.Type.RUNNING_MEAN, channels),
                Weight.ones("runningVar", Parameter.Type.RUNNING_VAR, channels));
    }

    @Override
    public NDArray forward(NDArray input, Weights weights, boolean training) {
        return ai.djl.nn.norm.BatchNorm.batchNorm(
                        input,
                        weights.get("runningMean"),
                        weights.get("runningVar"),
                        weights.get("gamma"),
                        weights.get("beta"),
                        NATIVE_AXIS,
                        MOMENTUM,
                        EPSILON,
                        training)
                .singletonOrThrow();
    }

    @Override
    public String write(OnnxGraph graph, String input) {
        return graph.node(
                "BatchNormalization",
                List.of(
                        input,
                        graph.parameter("gamma"),
                        graph.parameter("beta"),
                        graph.parameter("runningMean"),
                        graph.parameter("runningVar")),
                OnnxGraph.number("epsilon", EPSILON));
    }
}
