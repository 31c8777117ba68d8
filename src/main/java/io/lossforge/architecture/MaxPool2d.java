package io.lossforge.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.pooling.Pool;
import java.util.List;

/**
 * Largest value of each {@code size × size} window, windows side by side; rows and columns that fill no window are left out.
 */
public record MaxPool2d(int size) implements Layer {

    @Override
    public String kind() {
        return "pool";
    }

    @Override
    public Shape output(Shape input) {
        Images.require(input, size, "%d×%d pooling".formatted(size, size));
        return new Shape(input.get(0), input.get(1) / size, input.get(2) / size);
    }

    @Override
    public NDArray forward(NDArray input, Weights weights, boolean training) {
        var window = new Shape(size, size);
        return Pool.maxPool2d(input, window, window, new Shape(0, 0), false);
    }

    @Override
    public String write(OnnxGraph graph, String input) {
        return graph.node(
                "MaxPool",
                List.of(input),
                OnnxGraph.ints("kernel_shape", size, size),
                OnnxGraph.ints("strides", size, size));
    }
}
