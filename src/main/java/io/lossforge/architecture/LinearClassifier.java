package io.lossforge.architecture;

import ai.djl.ndarray.types.Shape;
import com.google.auto.service.AutoService;
import io.lossforge.catalogue.Described;
import java.util.ArrayList;

/** One linear layer. */
@AutoService(Architecture.class)
@Described(
        name = "linear",
        summary =
                "one linear layer from the flattened input to the logits: the baseline that any other network should beat",
        formula = "z = W x + b")
public record LinearClassifier() implements Architecture {

    @Override
    public Network network(Shape input, int classes) {
        var layers = new ArrayList<Layer>();
        if (Images.are(input)) {
            layers.add(new Flatten());
        }
        layers.add(Linear.logits(classes));
        return Network.of(input, classes, layers);
    }
}
