package io.lossforge.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import java.util.ArrayList;
import java.util.List;

/**
 * Square two-dimensional convolution: {@code [C, H, W]} to {@code [filters, H', W']} with {@code H' = ⌊(H + 2·padding − kernel) / stride⌋ + 1}.
 *
 * @param kernel side of the square window
 * @param padding rows and columns of zeros on each side
 * @param bias whether each filter has one; not needed before a batch norm
 */
public record Conv2d(int filters, int kernel, int stride, int padding, boolean bias) implements Layer {

    @Override
    public String kind() {
        return "conv";
    }

    @Override
    public Shape output(Shape input) {
        Images.require(input, kernel - 2L * padding, "a %d×%d convolution".formatted(kernel, kernel));
        return new Shape(filters, side(input.get(1)), side(input.get(2)));
    }

    private long side(long input) {
        return (input + 2L * padding - kernel) / stride + 1;
    }

    @Override
    public List<Weight> weights(Shape input) {
        var weights = new ArrayList<Weight>();
        weights.add(Weight.normal("weight", 2, new Shape(filters, input.get(0), kernel, kernel)));
        if (bias) {
            weights.add(Weight.zeros("bias", Parameter.Type.BIAS, filters));
        }
        return weights;
    }

    @Override
    public NDArray forward(NDArray input, Weights weights, boolean training) {
        return ai.djl.nn.convolutional.Conv2d.conv2d(
                        input,
                        weights.get("weight"),
                        bias ? weights.get("bias") : null,
                        new Shape(stride, stride),
                        new Shape(padding, padding),
                        new Shape(1, 1))
                .singletonOrThrow();
    }

    @Override
    public String write(OnnxGraph graph, String input) {
        var inputs = new ArrayList<>(List.of(input, graph.parameter("weight")));
        if (bias) {
            inputs.add(graph.parameter("bias"));
        }
        return graph.node(
                "Conv",
                inputs,
                OnnxGraph.ints("kernel_shape", kernel, kernel),
                OnnxGraph.ints("strides", stride, stride),
                OnnxGraph.ints("pads", padding, padding, padding, padding));
    }
}
