package io.lossforge.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.List;

/**
 * Linear layer without bias of normalised rows on normalised features: {@code z_j = scale · cos(w_j, x)}, {@code [inputs]} to {@code [units]}. A norm is
 * {@code √(Σ x² + 1e-12)}, so that features that are all 0 have logits of 0 and a gradient.
 *
 * @param scale the largest output there can be
 */
public record CosineLinear(int units, double scale) implements Layer {

    private static final float EPSILON = 1e-12f;

    @Override
    public String kind() {
        return "cosine";
    }

    @Override
    public Shape output(Shape input) {
        if (input.dimension() != 1) {
            throw new IllegalArgumentException("a cosine layer takes features, was " + Images.shown(input));
        }
        return new Shape(units);
    }

    @Override
    public List<Weight> weights(Shape input) {
        return List.of(Weight.normal("weight", 1, new Shape(units, input.get(0))));
    }

    @Override
    public NDArray forward(NDArray input, Weights weights, boolean training) {
        var manager = input.getManager();
        // what comes of an operation belongs to its first operand's manager: with the weight first it would outlive the
        // step
        var weight = manager.create(0f).add(weights.get("weight"));
        return normalised(input).matMul(normalised(weight).transpose()).mul(manager.create((float) scale));
    }

    private static NDArray normalised(NDArray rows) {
        var epsilon = rows.getManager().create(EPSILON);
        return rows.div(rows.square().sum(new int[] {1}, true).add(epsilon).sqrt());
    }

    @Override
    public String write(OnnxGraph graph, String input) {
        var directions = normalised(graph.within("directions"), graph.parameter("weight"));
        var features = normalised(graph.within("features"), input);
        return graph.node(
                "Gemm", List.of(features, directions), OnnxGraph.integer("transB", 1), OnnxGraph.number("alpha", (float)
                        scale));
    }

    private static String normalised(OnnxGraph graph, String rows) {
        var squares = graph.node(
                "ReduceSumSquare", List.of(rows), OnnxGraph.ints("axes", 1), OnnxGraph.integer("keepdims", 1));
        var sum = graph.node("Add", List.of(squares, graph.constant("epsilon", new float[] {EPSILON})));
        return graph.node("Div", List.of(rows, graph.node("Sqrt", List.of(sum))));
    }
}
