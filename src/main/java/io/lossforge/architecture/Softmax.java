package io.lossforge.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.List;

/** Serving transform: one distribution over the classes. */
public record Softmax() implements Layer {

    @Override
    public String kind() {
        return "softmax";
    }

    @Override
    public Shape output(Shape input) {
        return input;
    }

    @Override
    public NDArray forward(NDArray input, Weights weights, boolean training) {
        return input.softmax(-1);
    }

    @Override
    public String write(OnnxGraph graph, String input) {
        return graph.node("Softmax", List.of(input), OnnxGraph.integer("axis", -1));
    }
}
