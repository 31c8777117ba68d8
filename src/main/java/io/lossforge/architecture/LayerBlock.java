package io.lossforge.architecture;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import org.jspecify.annotations.Nullable;

/**
 * A layer, with all that is in it, as one DJL block. Parameters are direct ones with their full name, so that names are the same in
 * checkpoints, optimizer state and ONNX, whatever DJL calls its child blocks.
 */
final class LayerBlock extends AbstractBlock {

    private final Layer layer;
    private final Shape sample;

    LayerBlock(Layer layer, Shape sample) {
        this.layer = layer;
        this.sample = sample;
        for (var weight : layer.weights(sample)) {
            var parameter = addParameter(Parameter.builder()
                    .setName(weight.name())
                    .setType(weight.type())
                    .optShape(weight.shape())
                    .optRequiresGrad(weight.trained())
                    .build());
            parameter.setInitializer(weight.initializer());
        }
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, @Nullable PairList<String, Object> options) {
        var input = inputs.singletonOrThrow();
        var device = input.getDevice();
        return new NDList(
                layer.forward(input, name -> store.getValue(parameters.get(name), device, training), training));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputs) {
        return new Shape[] {new Shape(inputs[0].get(0)).addAll(layer.output(sample))};
    }

    @Override
    protected void beforeInitialize(Shape... inputs) {
        super.beforeInitialize(inputs);
        if (!inputs[0].slice(1).equals(sample)) {
            throw new IllegalArgumentException("takes [batch, …] of %s, was %s".formatted(sample, inputs[0].slice(1)));
        }
    }

    @Override
    public String toString() {
        return layer.toString();
    }
}
