package io.lossforge.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.List;

/** {@code [C, H, W]} to {@code [C·H·W]}, in that order. */
public record Flatten() implements Layer {

    @Override
    public String kind() {
        return "flatten";
    }

    @Override
    public Shape output(Shape input) {
        return new Shape(input.size());
    }

    @Override
    public NDArray forward(NDArray input, Weights weights, boolean training) {
        return input.reshape(input.size(0), -1);
    }

    @Override
    public String write(OnnxGraph graph, String input) {
        return graph.node("Flatten", List.of(input), OnnxGraph.integer("axis", 1));
    }
}
