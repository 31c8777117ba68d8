package io.lossforge.architecture;

import ai.djl.ndarray.types.Shape;
import com.google.auto.service.AutoService;
import io.lossforge.catalogue.Described;
import io.lossforge.catalogue.Parameter;
import java.util.ArrayList;
import java.util.List;

/**
 * Multilayer perceptron.
 *
 * @param hidden units of each hidden layer, in order
 */
@AutoService(Architecture.class)
@Described(
        name = "mlp",
        summary =
                "linear layers with ReLU between them, on features or on flattened images: quick to train on small inputs",
        formula = "z = W_L relu(… relu(W_1 x + b_1) …) + b_L")
public record Mlp(
        @Parameter(value = "units of each hidden layer, in order", min = 1, max = 65_536, minItems = 1, maxItems = 32)
        List<Integer> hidden)
        implements Architecture {

    public Mlp {
        hidden = List.copyOf(hidden);
    }

    public Mlp() {
        this(List.of(128));
    }

    @Override
    public Network network(Shape input, int classes) {
        var layers = new ArrayList<Layer>();
        if (Images.are(input)) {
            layers.add(new Flatten());
        }
        for (int units : hidden) {
            layers.add(Linear.hidden(units));
            layers.add(new Relu());
        }
        layers.add(Linear.logits(classes));
        return Network.of(input, classes, layers);
    }
}
