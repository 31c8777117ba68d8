package io.lossforge.architecture;

import ai.djl.ndarray.types.Shape;
import com.google.auto.service.AutoService;
import io.lossforge.catalogue.Described;
import java.util.List;

/**
 * LeNet-5 with ReLU and max pooling: {@code conv 6@5×5 (padding 2), pool 2, conv 16@5×5, pool 2, linear 120, linear 84, linear K}. At 28×28 it
 * sees what the original sees of its 32×32 with borders. The second convolution is padded as well where the image is smaller than 16×16,
 * down to 8×8.
 */
@AutoService(Architecture.class)
@Described(
        name = "lenet",
        summary =
                "two convolutions with pooling and three linear layers: small images of digits, letters, simple shapes",
        formula = "conv 6@5×5, pool 2, conv 16@5×5, pool 2, linear 120, linear 84, linear K; ReLU between",
        reference =
                "LeCun, Bottou, Bengio, Haffner: Gradient-Based Learning Applied to Document Recognition, 1998, LeNet-5")
public record LeNet() implements Architecture {

    private static final int SMALLEST = 8;
    private static final int UNPADDED_FROM = 16;

    @Override
    public Network network(Shape input, int classes) {
        Images.require(input, SMALLEST, "lenet");
        int secondPadding = Math.min(input.get(1), input.get(2)) < UNPADDED_FROM ? 2 : 0;
        return Network.of(
                input,
                classes,
                List.of(
                        new Conv2d(6, 5, 1, 2, true),
                        new Relu(),
                        new MaxPool2d(2),
                        new Conv2d(16, 5, 1, secondPadding, true),
                        new Relu(),
                        new MaxPool2d(2),
                        new Flatten(),
                        Linear.hidden(120),
                        new Relu(),
                        Linear.hidden(84),
                        new Relu(),
                        Linear.logits(classes)));
    }
}
