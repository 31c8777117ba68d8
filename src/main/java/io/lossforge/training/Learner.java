package io.lossforge.training;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.training.initializer.ConstantInitializer;
import io.lossforge.architecture.Network;
import io.lossforge.architecture.Preprocessing;
import io.lossforge.loss.LossContext;
import io.lossforge.loss.Objective;
import io.lossforge.loss.ServingTransform;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A network with its loss and its optimizer. Used by one thread.
 *
 * <p>Where only the last layer is trained the others are frozen, and batch norm uses its running statistics, which stay.
 *
 * <p>Weight decay acts on the weights of linear and convolution layers only, not on biases and not on batch norm: the last bias must be
 * free for the conditions of the learning-property analysis to hold, and the others gain nothing from it. The last bias of a sigmoid loss starts
 * at −log(classes − 1), so that each class is as probable as by chance.
 */
final class Learner implements AutoCloseable {

    private static final String WEIGHTS = "weights/";
    private static final String OPTIMIZER = "optimizer/";
    private static final String LOSS = "loss/";
    private static final String AVERAGE = "average/";

    private final Engine engine = Libtorch.engine();
    private final NDManager manager;
    private final Block block;
    private final @Nullable Parameter lastBias;
    private final boolean lastLayerOnly;
    private final ParameterStore store;
    private final Weights weights;
    private final List<Map.Entry<String, Parameter>> trained;
    private final UnaryOperator<NDArray> standardise;
    private final Objective objective;
    private final Objective measuring;
    private final @Nullable NDArray shift;
    private final UpdateRule rule;
    private final @Nullable Clipping clipping;
    private final @Nullable WeightAverage average;

    /** @param classCounts of the samples trained on */
    Learner(
            TrainingSpec spec,
            Network network,
            Preprocessing preprocessing,
            long[] classCounts,
            Device device,
            Seeds seeds) {
        manager = engine.newBaseManager(device);
        block = network.newBlock();
        lastBias = network.hasLastBias() ? network.lastBias(block) : null;
        if (lastBias != null && spec.loss().servingTransform().equals(ServingTransform.SIGMOID)) {
            lastBias.setInitializer(new ConstantInitializer((float) -Math.log(network.classes() - 1)));
        }
        engine.setRandomSeed(seeds.engineSeed(Seeds.Purpose.WEIGHTS));
        block.initialize(manager, DataType.FLOAT32, new Shape(1).addAll(network.input()));
        lastLayerOnly = spec.lastLayerOnly();
        if (lastLayerOnly) {
            freezeAllBefore(network.lastLayer());
        }
        store = new ParameterStore(manager, false);
        weights = new Weights(block);
        trained = weights.trained();
        standardise = preprocessing.bind(manager);
        objective = spec.objective(new LossContext(manager, classCounts));
        measuring = objective.measuring();
        shift = spec.logitAdjustment() == null
                ? null
                : manager.create(spec.logitAdjustment().shift(classCounts));
        rule = spec.optimizer().bind(manager);
        clipping = spec.clipGradientNorm() == null ? null : new Clipping(manager, spec.clipGradientNorm());
        average = spec.weightAveraging() == null ? null : new WeightAverage(spec.weightAveraging(), weights, manager);
    }

    private void freezeAllBefore(String lastLayer) {
        block.getParameters().forEach(parameter -> {
            if (!parameter.getKey().startsWith(lastLayer + ".")) {
                parameter.getValue().freeze(true);
            }
        });
    }

    /**
     * What a step or a measurement gives, on the device and owned by the batch's manager.
     *
     * @param loss scalar
     * @param right scalar, samples whose largest logit, after logit adjustment, is that of their label
     */
    record Outcome(NDArray loss, NDArray right) {}

    /**
     * Takes one step.
     *
     * @param batch of a manager of its own, which takes every intermediate with it
     * @param step counted from 1
     */
    Outcome step(Batches.Batch batch, double learningRate, long step) {
        var inputs = new NDList(standardise.apply(batch.inputs()));
        NDArray logits;
        NDArray loss;
        try (var gradients = engine.newGradientCollector()) {
            logits = block.forward(store, inputs, !lastLayerOnly).singletonOrThrow();
            loss = objective.evaluate(logits, batch.labels(), batch.weights());
            gradients.backward(loss);
        }
        update(batch.inputs().getManager(), learningRate, step);
        return new Outcome(loss.stopGradient(), right(logits, batch));
    }

    private void update(NDManager scope, double learningRate, long step) {
        var gradients = new ArrayList<NDArray>(trained.size());
        for (var parameter : trained) {
            var gradient = parameter.getValue().getArray().getGradient();
            gradient.attach(scope);
            gradients.add(gradient);
        }
        if (clipping != null) {
            clipping.clip(gradients, scope);
        }
        for (int i = 0; i < gradients.size(); i++) {
            var parameter = trained.get(i).getValue();
            rule.update(
                    trained.get(i).getKey(),
                    parameter.getArray(),
                    gradients.get(i),
                    learningRate,
                    parameter.getType() == Parameter.Type.WEIGHT,
                    step);
        }
        if (average != null) {
            average.update(step, scope);
        }
    }

    /** Logits as when served: batch norm with its running statistics. */
    NDArray logits(NDArray rawInputs) {
        return block.forward(store, new NDList(standardise.apply(rawInputs)), false)
                .singletonOrThrow();
    }

    /** The training loss, measured: nothing learns from it, a loss with memory included. */
    NDArray loss(NDArray logits, Batches.Batch batch) {
        return measuring.evaluate(logits, batch.labels(), batch.weights());
    }

    /** What is decided and served from, after logit adjustment. */
    NDArray adjusted(NDArray logits) {
        return shift == null ? logits : logits.sub(shift);
    }

    /** What {@link #adjusted} takes from the logits of each class; null for nothing. */
    float @Nullable [] logitShift() {
        return shift == null ? null : shift.toFloatArray();
    }

    private NDArray right(NDArray logits, Batches.Batch batch) {
        return adjusted(logits).argMax(1).eq(batch.labels()).sum();
    }

    /** Makes whatever is random inside layers a function of the seed alone. */
    void seedLayers(int seed) {
        engine.setRandomSeed(seed);
    }

    /** The training loss for measuring. */
    Objective measuring() {
        return measuring;
    }

    /** What is added to the logits; null where the head has no bias. */
    double @Nullable [] lastBias() {
        return lastBias == null
                ? null
                : lastBias.getArray().toType(DataType.FLOAT64, false).toDoubleArray();
    }

    NDManager manager() {
        return manager;
    }

    Block block() {
        return block;
    }

    Weights weights() {
        return weights;
    }

    /** The weights that are validated and served, themselves: the average where there is one. */
    Map<String, NDArray> served() {
        return average == null ? weights.arrays() : average.arrays();
    }

    /** Measures the network with the weights that are served in place of those that are trained, which come back after it. */
    <T> T withServedWeights(Supplier<T> measurement) {
        if (average == null) {
            return measurement.get();
        }
        try (var scope = manager.newSubManager()) {
            var trainedWeights = Weights.copies(weights.arrays(), scope);
            weights.restore(average.arrays());
            try {
                return measurement.get();
            } finally {
                weights.restore(trainedWeights);
            }
        }
    }

    /** Begins with other weights than new ones; those that are not given stay as they are. */
    void startFrom(Map<String, NDArray> values) {
        var all = new LinkedHashMap<>(weights.arrays());
        all.putAll(values);
        weights.restore(all);
        if (average != null) {
            average.restore(all);
        }
    }

    /** The arrays that must be saved for an exact resume, themselves, not copies. */
    Map<String, NDArray> state() {
        var state = new LinkedHashMap<String, NDArray>();
        weights.arrays().forEach((name, array) -> state.put(WEIGHTS + name, array));
        rule.state().forEach((name, array) -> state.put(OPTIMIZER + name, array));
        objective.state().forEach((name, array) -> state.put(LOSS + name, array));
        if (average != null) {
            average.arrays().forEach((name, array) -> state.put(AVERAGE + name, array));
        }
        return state;
    }

    /**
     * Takes back what {@link #state} gave.
     *
     * @throws IllegalArgumentException if it is of another network, optimizer or loss
     */
    void restore(Map<String, NDArray> state) {
        weights.restore(below(WEIGHTS, state));
        rule.restore(below(OPTIMIZER, state));
        objective.restore(below(LOSS, state));
        if (average != null) {
            average.restore(below(AVERAGE, state));
        }
    }

    static Map<String, NDArray> below(String prefix, Map<String, NDArray> arrays) {
        var below = new LinkedHashMap<String, NDArray>();
        arrays.forEach((name, array) -> {
            if (name.startsWith(prefix)) {
                below.put(name.substring(prefix.length()), array);
            }
        });
        return below;
    }

    @Override
    public void close() {
        manager.close();
    }

    /** Scales all gradients by {@code min(1, limit / (norm + 1e-6))} of their common norm, as PyTorch does, without waiting for the device. */
    private static final class Clipping {

        private final NDArray limit;
        private final NDArray epsilon;
        private final NDArray one;

        Clipping(NDManager manager, double limit) {
            this.limit = manager.create((float) limit);
            epsilon = manager.create(1e-6f);
            one = manager.create(1f);
        }

        void clip(List<NDArray> gradients, NDManager scope) {
            var squares = new NDList();
            for (var gradient : gradients) {
                squares.add(gradient.square().sum());
            }
            var norm = NDArrays.stack(squares).sum().sqrt();
            var factor = limit.div(norm.add(epsilon));
            factor.attach(scope);
            var atMostOne = factor.minimum(one);
            for (var gradient : gradients) {
                gradient.muli(atMostOne);
            }
        }
    }
}
