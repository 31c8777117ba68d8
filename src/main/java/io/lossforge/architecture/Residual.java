package io.lossforge.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * Sum of two paths from the same input (He et al. 2016). A shortcut without layers is the identity.
 */
public record Residual(Sequence main, Sequence shortcut) implements Layer {

    @Override
    public String kind() {
        return "residual";
    }

    @Override
    public Shape output(Shape input) {
        var output = main.output(input);
        if (!shortcut.output(input).equals(output)) {
            throw new IllegalArgumentException(
                    "the shortcut gives %s where the main path gives %s".formatted(shortcut.output(input), output));
        }
        return output;
    }

    @Override
    public List<Weight> weights(Shape input) {
        var weights = new ArrayList<Weight>();
        main.weights(input).forEach(weight -> weights.add(weight.within("main")));
        shortcut.weights(input).forEach(weight -> weights.add(weight.within("shortcut")));
        return weights;
    }

    @Override
    public NDArray forward(NDArray input, Weights weights, boolean training) {
        return main.forward(input, weights.within("main"), training)
                .add(shortcut.forward(input, weights.within("shortcut"), training));
    }

    @Override
    public String write(OnnxGraph graph, String input) {
        return graph.node(
                "Add",
                List.of(main.write(graph.within("main"), input), shortcut.write(graph.within("shortcut"), input)));
    }
}
