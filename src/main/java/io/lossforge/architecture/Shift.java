package io.lossforge.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.List;

/**
 * Serving transform before another one: takes a number from each logit, such as the logarithm of the class's prior.
 *
 * @param by one per class
 */
public record Shift(float[] by) implements Layer {

    @Override
    public String kind() {
        return "shift";
    }

    @Override
    public Shape output(Shape input) {
        if (!input.equals(new Shape(by.length))) {
            throw new IllegalArgumentException("shifts %d logits, was %s".formatted(by.length, Images.shown(input)));
        }
        return input;
    }

    @Override
    public NDArray forward(NDArray input, Weights weights, boolean training) {
        return input.sub(input.getManager().create(by));
    }

    @Override
    public String write(OnnxGraph graph, String input) {
        return graph.node("Sub", List.of(input, graph.constant("by", by, by.length)));
    }
}
