package io.lossforge.architecture;

import ai.djl.ndarray.types.Shape;
import com.google.auto.service.AutoService;
import io.lossforge.catalogue.Described;
import io.lossforge.catalogue.InvalidDocument;
import io.lossforge.catalogue.Parameter;
import java.util.ArrayList;
import java.util.List;

/**
 * Residual network for small images: a 3×3 stem without pooling, stages of basic blocks (each two 3×3 convolutions with batch norm), global
 * average, linear. Depths 20, 32 and 56 are the CIFAR form: three stages of 16, 32 and 64 filters. Depth 18 is ResNet-18: four stages
 * of 64, 128, 256 and 512 filters, two blocks each. Where a stage halves the side, the shortcut is a 1×1 convolution with batch norm
 * (option B of the paper): the same layers as elsewhere, where the zero padding of option A would save 1 % of the parameters.
 *
 * @param depth number of layers with weights, shortcuts not counted
 */
@AutoService(Architecture.class)
@Described(
        name = "resnet",
        summary = "residual network for images from 8×8 (depth 18: from 16×16): the choice for photographs",
        formula = "y = relu(F(x) + x) with F = conv, norm, relu, conv, norm",
        reference = "He, Zhang, Ren, Sun: Deep Residual Learning for Image Recognition, CVPR 2016, section 4.2")
public record ResNet(
        @Parameter(
                value = "18 (wide, 11 million parameters), or 20, 32, 56 (narrow, under one million)",
                min = 18,
                max = 56)
        int depth)
        implements Architecture {

    private static final List<Integer> NARROW = List.of(16, 32, 64);

    /** The last stage sees at least 2×2, so that its batch norm has more than one value even for a batch of one. */
    private record Stages(List<Integer> filters, int blocks) {

        int smallest() {
            return 2 << (filters.size() - 1);
        }
    }

    public ResNet {
        stages(depth);
    }

    public ResNet() {
        this(20);
    }

    private static Stages stages(int depth) {
        return switch (depth) {
            case 18 -> new Stages(List.of(64, 128, 256, 512), 2);
            case 20 -> new Stages(NARROW, 3);
            case 32 -> new Stages(NARROW, 5);
            case 56 -> new Stages(NARROW, 9);
            default -> throw new InvalidDocument("/depth", "must be one of 18, 20, 32, 56, was " + depth);
        };
    }

    @Override
    public Network network(Shape input, int classes) {
        var stages = stages(depth);
        Images.require(input, stages.smallest(), "resnet of depth " + depth);
        var layers = new ArrayList<Layer>();
        int filters = stages.filters().get(0);
        layers.addAll(List.of(convolution(filters, 3, 1), new BatchNorm(), new Relu()));
        for (int next : stages.filters()) {
            for (int block = 0; block < stages.blocks(); block++) {
                layers.add(block(filters, next));
                layers.add(new Relu());
                filters = next;
            }
        }
        layers.add(new GlobalAvgPool2d());
        layers.add(Linear.logits(classes));
        return Network.of(input, classes, layers);
    }

    private static Residual block(int before, int filters) {
        int stride = before == filters ? 1 : 2;
        var main = Sequence.of(
                convolution(filters, 3, stride),
                new BatchNorm(),
                new Relu(),
                convolution(filters, 3, 1),
                new BatchNorm());
        var shortcut = stride == 1 ? Sequence.of() : Sequence.of(convolution(filters, 1, stride), new BatchNorm());
        return new Residual(main, shortcut);
    }

    private static Conv2d convolution(int filters, int kernel, int stride) {
        return new Conv2d(filters, kernel, stride, kernel / 2, false);
    }
}
