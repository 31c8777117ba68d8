package io.lossforge.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import java.util.List;

/**
 * Fully connected layer with bias: {@code [inputs]} to {@code [units]}.
 *
 * @param gain variance of the first weights times the number of inputs
 */
public record Linear(int units, double gain) implements Layer {

    /** One that a ReLU follows: He initialisation. */
    public static Linear hidden(int units) {
        return new Linear(units, 2);
    }

    /** The last one, whose outputs are the logits: about as large as its inputs at the start. */
    public static Linear logits(int classes) {
        return new Linear(classes, 1);
    }

    @Override
    public String kind() {
        return "linear";
    }

    @Override
    public Shape output(Shape input) {
        if (input.dimension() != 1) {
            throw new IllegalArgumentException("a linear layer takes features, was " + Images.shown(input));
        }
        return new Shape(units);
    }

    @Override
    public List<Weight> weights(Shape input) {
        return List.of(
                Weight.normal("weight", gain, new Shape(units, input.get(0))),
                Weight.zeros("bias", Parameter.Type.BIAS, units));
    }

    @Override
    public NDArray forward(NDArray input, Weights weights, boolean training) {
        return ai.djl.nn.core.Linear.linear(input, weights.get("weight"), weights.get("bias"))
                .singletonOrThrow();
    }

    @Override
    public String write(OnnxGraph graph, String input) {
        return graph.node(
                "Gemm",
                List.of(input, graph.parameter("weight"), graph.parameter("bias")),
                OnnxGraph.integer("transB", 1));
    }
}
