package io.lossforge.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.List;

/** Mean of each channel: {@code [C, H, W]} to {@code [C]}. */
public record GlobalAvgPool2d() implements Layer {

    @Override
    public String kind() {
        return "average";
    }

    @Override
    public Shape output(Shape input) {
        Images.require(input, 1, "pooling");
        return new Shape(input.get(0));
    }

    @Override
    public NDArray forward(NDArray input, Weights weights, boolean training) {
        return input.reshape(input.size(0), input.size(1), -1).mean(new int[] {2});
    }

    @Override
    public String write(OnnxGraph graph, String input) {
        var means = graph.node("GlobalAveragePool", List.of(input));
        return graph.node("Flatten", List.of(means), OnnxGraph.integer("axis", 1));
    }
}
