package io.lossforge.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import java.util.List;

/** Serving transform: an independent confidence per class. */
public record Sigmoid() implements Layer {

    @Override
    public String kind() {
        return "sigmoid";
    }

    @Override
    public Shape output(Shape input) {
        return input;
    }

    @Override
    public NDArray forward(NDArray input, Weights weights, boolean training) {
        return Activation.sigmoid(input);
    }

    @Override
    public String write(OnnxGraph graph, String input) {
        return graph.node("Sigmoid", List.of(input));
    }
}
