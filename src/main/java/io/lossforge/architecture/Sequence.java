package io.lossforge.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Layers one after the other. The n-th of a kind is called {@code <kind><n>}, so that names stay the same when a layer of another kind
 * comes or goes.
 */
public record Sequence(List<Step> steps) implements Layer {

    /** A layer and what its parameters are called after. */
    public record Step(String name, Layer layer) {}

    public Sequence {
        steps = List.copyOf(steps);
    }

    /** Names the layers. */
    public static Sequence of(List<Layer> layers) {
        Map<String, Integer> counts = new HashMap<>();
        return new Sequence(layers.stream()
                .map(layer -> new Step(layer.kind() + counts.merge(layer.kind(), 1, Integer::sum), layer))
                .toList());
    }

    /** Names the layers. */
    public static Sequence of(Layer... layers) {
        return of(List.of(layers));
    }

    @Override
    public String kind() {
        return "sequence";
    }

    @Override
    public Shape output(Shape input) {
        var shape = input;
        for (var step : steps) {
            shape = step.layer().output(shape);
        }
        return shape;
    }

    @Override
    public List<Weight> weights(Shape input) {
        var weights = new ArrayList<Weight>();
        var shape = input;
        for (var step : steps) {
            step.layer().weights(shape).forEach(weight -> weights.add(weight.within(step.name())));
            shape = step.layer().output(shape);
        }
        return weights;
    }

    @Override
    public NDArray forward(NDArray input, Weights weights, boolean training) {
        var value = input;
        for (var step : steps) {
            value = step.layer().forward(value, weights.within(step.name()), training);
        }
        return value;
    }

    @Override
    public String write(OnnxGraph graph, String input) {
        var value = input;
        for (var step : steps) {
            value = step.layer().write(graph.within(step.name()), value);
        }
        return value;
    }
}
