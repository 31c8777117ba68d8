package io.lossforge.architecture;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import io.lossforge.catalogue.Catalogue;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.function.UnaryOperator;

/** A network with weights, in the engine that trains it, and random samples for it. */
final class Trained implements AutoCloseable {

    private static final Catalogue<Architecture> ARCHITECTURES = Catalogue.of("architecture", Architecture.class);

    final NDManager manager;
    final Network network;
    final Block block;
    final Preprocessing preprocessing;
    private final UnaryOperator<NDArray> standardise;
    private final Random random;

    Trained(Network network, int seed) {
        this.network = network;
        manager = NDManager.newBaseManager();
        random = new Random(seed);
        Engine.getEngine("PyTorch").setRandomSeed(seed);
        block = network.newBlock();
        block.initialize(manager, DataType.FLOAT32, new Shape(1).addAll(network.input()));
        preprocessing = preprocessing();
        standardise = preprocessing.bind(manager);
    }

    static Catalogue<Architecture> architectures() {
        return ARCHITECTURES;
    }

    private Preprocessing preprocessing() {
        var mean = new float[(int) network.input().get(0)];
        var std = new float[mean.length];
        boolean pixels = network.input().dimension() == 3;
        for (int i = 0; i < mean.length; i++) {
            mean[i] = pixels ? 0.4f + 0.1f * random.nextFloat() : random.nextFloat();
            std[i] = 0.2f + 0.1f * random.nextFloat();
        }
        return new Preprocessing(pixels, pixels ? 1f / 255 : 1, mean, std);
    }

    /** Raw samples: uint8 or float32 {@code [batch, …]}. */
    NDArray samples(int batch) {
        var shape = new Shape(batch).addAll(network.input());
        if (preprocessing.pixels()) {
            var pixels = new byte[(int) shape.size()];
            random.nextBytes(pixels);
            return manager.create(ByteBuffer.wrap(pixels), shape, DataType.UINT8);
        }
        var features = new float[(int) shape.size()];
        for (int i = 0; i < features.length; i++) {
            features[i] = (float) random.nextGaussian();
        }
        return manager.create(features, shape);
    }

    /** Steps of plain gradient descent on softmax loss, with random samples and labels. */
    Trained steps(int steps, int batch) {
        for (int step = 0; step < steps; step++) {
            var labels = random.ints(batch, 0, network.classes()).toArray();
            var samples = samples(batch);
            try (var scope = manager.newSubManager()) {
                samples.attach(scope);
                var targets = scope.create(labels).oneHot(network.classes());
                try (var collector = Engine.getEngine("PyTorch").newGradientCollector()) {
                    var logits = logits(samples, true);
                    collector.backward(
                            logits.logSoftmax(-1).mul(targets).sum().neg().div(batch));
                }
                descend(scope);
            }
        }
        return this;
    }

    private void descend(NDManager scope) {
        for (var parameter : block.getParameters().values()) {
            if (parameter.requiresGradient()) {
                var gradient = parameter.getArray().getGradient();
                gradient.attach(scope);
                parameter.getArray().subi(gradient.mul(0.01));
                gradient.muli(0);
            }
        }
    }

    NDArray logits(NDArray raw, boolean training) {
        return block.forward(new ParameterStore(manager, false), new NDList(standardise.apply(raw)), training)
                .singletonOrThrow();
    }

    /** Logits as served; one row per sample. */
    float[][] logits(NDArray raw) {
        return rows(logits(raw, false));
    }

    float[][] rows(NDArray matrix) {
        var flat = matrix.toFloatArray();
        int columns = (int) matrix.getShape().get(1);
        var rows = new float[flat.length / columns][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = Arrays.copyOfRange(flat, i * columns, (i + 1) * columns);
        }
        return rows;
    }

    @Override
    public void close() {
        manager.close();
    }
}
