package io.lossforge.architecture;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.initializer.Initializer;
import ai.djl.training.initializer.XavierInitializer;
import ai.djl.training.initializer.XavierInitializer.FactorType;
import ai.djl.training.initializer.XavierInitializer.RandomType;

/**
 * A parameter that a layer needs.
 *
 * @param name unique in the layer, such as {@code weight}
 * @param initializer where its first values come from: constant, or drawn from the engine's random state
 */
public record Weight(String name, Parameter.Type type, Shape shape, Initializer initializer) {

    /**
     * Drawn from a normal distribution of variance {@code gain / fan-in}.
     *
     * @param gain 2 before a ReLU (He et al. 2015), 1 where the values are used as they are
     * @param shape {@code [outputs, inputs, …]}
     */
    static Weight normal(String name, double gain, Shape shape) {
        var initializer = new XavierInitializer(RandomType.GAUSSIAN, FactorType.IN, (float) gain);
        return new Weight(name, Parameter.Type.WEIGHT, shape, initializer);
    }

    static Weight zeros(String name, Parameter.Type type, long size) {
        return new Weight(name, type, new Shape(size), Initializer.ZEROS);
    }

    static Weight ones(String name, Parameter.Type type, long size) {
        return new Weight(name, type, new Shape(size), Initializer.ONES);
    }

    /** Whether the optimizer changes it; running statistics change in the forward pass. */
    boolean trained() {
        return type != Parameter.Type.RUNNING_MEAN && type != Parameter.Type.RUNNING_VAR;
    }

    Weight within(String scope) {
        return new Weight(scope + "." + name, type, shape, initializer);
    }
}
