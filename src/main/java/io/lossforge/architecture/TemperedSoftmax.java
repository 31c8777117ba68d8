package io.lossforge.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Serving transform: one distribution over the classes, {@code p_j = u_j^(−1/(t − 1))}, {@code u_j = 1 + (t − 1)(λ − z_j)}, with λ such that they sum to 1. λ by six
 * steps of Newton's method on {@code F^(1 − t) = 1}, F = Σ_j p_j, from the largest logit: {@code λ ← λ + (F^t − F) / ((t − 1) Σ_j p_j / u_j)}.
 *
 * @param temperature t, above 1 and at most 2
 */
public record TemperedSoftmax(double temperature) implements Layer {

    private static final int STEPS = 6;
    private static final int[] CLASSES = {1};

    @Override
    public String kind() {
        return "temperedSoftmax";
    }

    @Override
    public Shape output(Shape input) {
        return input;
    }

    @Override
    public NDArray forward(NDArray input, Weights weights, boolean training) {
        var manager = input.getManager();
        var one = manager.create(1f);
        var lessOne = manager.create(lessOne());
        var exponent = manager.create(exponent());
        var temperature = manager.create((float) this.temperature);
        UnaryOperator<NDArray> bases = lambda -> lambda.sub(input).mul(lessOne).add(one);
        var lambda = input.max(CLASSES, true);
        for (int step = 0; step < STEPS; step++) {
            var base = bases.apply(lambda);
            var powers = base.pow(exponent);
            var sum = powers.sum(CLASSES, true);
            var slope = powers.div(base).sum(CLASSES, true).mul(lessOne);
            lambda = lambda.add(sum.pow(temperature).sub(sum).div(slope));
        }
        return bases.apply(lambda).pow(exponent);
    }

    private float lessOne() {
        return (float) (temperature - 1);
    }

    private float exponent() {
        return (float) (-1 / (temperature - 1));
    }

    @Override
    public String write(OnnxGraph graph, String input) {
        var constants = new Constants(
                graph.constant("one", new float[] {1}),
                graph.constant("lessOne", new float[] {lessOne()}),
                graph.constant("exponent", new float[] {exponent()}),
                graph.constant("temperature", new float[] {(float) temperature}));
        var lambda = reduced(graph, "ReduceMax", input);
        for (int step = 1; step <= STEPS; step++) {
            lambda = step(graph.within("step" + step), constants, input, lambda);
        }
        return graph.node("Pow", List.of(bases(graph, constants, input, lambda), constants.exponent));
    }

    /** Names of the numbers in the graph. */
    private record Constants(String one, String lessOne, String exponent, String temperature) {}

    private static String step(OnnxGraph graph, Constants constants, String input, String lambda) {
        var bases = bases(graph, constants, input, lambda);
        var powers = graph.node("Pow", List.of(bases, constants.exponent));
        var sum = reduced(graph, "ReduceL1", powers); // all are above 0
        var slopes = graph.within("slope");
        var slope = slopes.node(
                "Mul",
                List.of(reduced(slopes, "ReduceL1", slopes.node("Div", List.of(powers, bases))), constants.lessOne));
        var excess = graph.within("excess");
        var above = excess.node("Sub", List.of(excess.node("Pow", List.of(sum, constants.temperature)), sum));
        return excess.node("Add", List.of(lambda, excess.node("Div", List.of(above, slope))));
    }

    private static String bases(OnnxGraph graph, Constants constants, String input, String lambda) {
        var distances = graph.node("Sub", List.of(lambda, input));
        var scaled = graph.node("Mul", List.of(distances, constants.lessOne));
        return graph.node("Add", List.of(scaled, constants.one));
    }

    private static String reduced(OnnxGraph graph, String operator, String values) {
        return graph.node(operator, List.of(values), OnnxGraph.ints("axes", 1), OnnxGraph.integer("keepdims", 1));
    }
}
