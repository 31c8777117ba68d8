package io.lossforge.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import java.util.List;

/** Rectifier: {@code max(x, 0)}. */
public record Relu() implements Layer {

    @Override
    public String kind() {
        return "relu";
    }

    @Override
    public Shape output(Shape input) {
        return input;
    }

    @Override
    public NDArray forward(NDArray input, Weights weights, boolean training) {
        return Activation.relu(input);
    }

    @Override
    public String write(OnnxGraph graph, String input) {
        return graph.node("Relu", List.of(input));
    }
}
