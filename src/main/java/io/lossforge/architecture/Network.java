package io.lossforge.architecture;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.ParameterList;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The layers of one architecture for one input shape and number of classes. Immutable; only {@link #newBlock} and what is made of it
 * load a native library.
 */
public final class Network {

    /** So that the weights fit into one ONNX file: protobuf ends at 2 GiB. */
    private static final long MOST_PARAMETERS = 500_000_000;

    private final Shape input;
    private final int classes;
    private final Sequence layers;
    private final long parameterCount;

    private Network(Shape input, int classes, Sequence layers) {
        this.input = input;
        this.classes = classes;
        this.layers = layers;
        this.parameterCount = layers.parameterCount(input);
    }

    /**
     * Composes a network.
     *
     * @param input shape of one sample: {@code [channels, height, width]} of an image or {@code [features]}
     * @param layers from standardised input to logits; the last is a {@link Linear} of as many units as classes
     * @throws IllegalArgumentException if a layer can't take what the one before gives, the last gives no logits, or there are more than
     *     500 million parameters
     */
    public static Network of(Shape input, int classes, List<Layer> layers) {
        if (classes < 2) {
            throw new IllegalArgumentException("a classifier needs at least 2 classes, was " + classes);
        }
        var sequence = Sequence.of(layers);
        if (!sequence.output(input).equals(new Shape(classes)) || !(layers.get(layers.size() - 1) instanceof Linear)) {
            throw new IllegalArgumentException("the last layer must be linear with %d units".formatted(classes));
        }
        return checked(new Network(input, classes, sequence));
    }

    private static Network checked(Network network) {
        if (network.parameterCount > MOST_PARAMETERS) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "the network would have %,d parameters for input of %s; at most %,d are allowed",
                    network.parameterCount,
                    Images.shown(network.input),
                    MOST_PARAMETERS));
        }
        return network;
    }

    /**
     * The same network with logits that are scaled cosines: its last layer is replaced by a {@link CosineLinear}, without a bias.
     *
     * @param scale the largest logit there can be
     */
    public Network withCosineHead(double scale) {
        var cosine = new ArrayList<>(layers());
        cosine.set(cosine.size() - 1, new CosineLinear(classes, scale));
        return checked(new Network(input, classes, Sequence.of(cosine)));
    }

    /** Shape of one sample. */
    public Shape input() {
        return input;
    }

    /** Number of logits. */
    public int classes() {
        return classes;
    }

    /** From standardised input to logits. */
    public List<Layer> layers() {
        return layers.steps().stream().map(Sequence.Step::layer).toList();
    }

    /** Numbers that training changes. */
    public long parameterCount() {
        return parameterCount;
    }

    /**
     * A new block to train: takes standardised float32 {@code [batch, …]}, gives logits {@code [batch, classes]}. Not initialised:
     * {@code block.initialize(manager, DataType.FLOAT32, new Shape(1).addAll(network.input()))} draws its parameters from the engine's random
     * state, in the order of the layers. Parameter names are unique and the same for every block of equal layers.
     */
    public Block newBlock() {
        return new LayerBlock(layers, input);
    }

    /** Whether a bias is added to the logits: not with a cosine head. */
    public boolean hasLastBias() {
        return last().layer() instanceof Linear;
    }

    /**
     * Name of the bias that is added to the logits.
     *
     * @throws IllegalStateException if there is none
     */
    public String lastBiasName() {
        if (!hasLastBias()) {
            throw new IllegalStateException("the last layer has no bias: " + last().layer());
        }
        return last().name() + ".bias";
    }

    /** Name of the layer that gives the logits: its parameters are called {@code <name>.weight} and so on. */
    public String lastLayer() {
        return last().name();
    }

    private Sequence.Step last() {
        var steps = layers.steps();
        return steps.get(steps.size() - 1);
    }

    /**
     * The bias that is added to the logits, of a block that {@link #newBlock} made.
     *
     * @throws IllegalStateException if there is none
     */
    public Parameter lastBias(Block block) {
        return block.getParameters().get(lastBiasName());
    }

    /**
     * Writes a trained network as one self-contained ONNX file: raw samples in, {@code logits} and {@code probabilities} out. The file is
     * there as a whole or not at all; equal weights give equal bytes.
     *
     * @param trained a block that {@link #newBlock} made, initialised
     * @param serving from logits to probabilities, such as {@link Softmax}
     * @param metadata kept in the file, readable without running it
     * @throws IllegalArgumentException if the block or the pre-processing is of another network
     */
    public void write(
            Path file, Block trained, Preprocessing preprocessing, List<Layer> serving, Map<String, String> metadata)
            throws IOException {
        preprocessing.output(input);
        requireWeights(trained.getParameters());
        var graph = new OnnxGraph(trained.getParameters());
        graph.input("input", preprocessing.inputType(), input);
        var standardised = preprocessing.write(graph.within(preprocessing.kind()), "input");
        graph.output(layers.write(graph, standardised), "logits", classes);
        graph.output(Sequence.of(serving).write(graph.within("serving"), "logits"), "probabilities", classes);
        graph.save(file, metadata);
    }

    private void requireWeights(ParameterList parameters) {
        for (var weight : layers.weights(input)) {
            var parameter = parameters.get(weight.name());
            if (parameter == null) {
                throw new IllegalArgumentException(
                        "the block is of another network: it has no parameter " + weight.name());
            }
            var shape = parameter.getArray().getShape();
            if (!shape.equals(weight.shape())) {
                throw new IllegalArgumentException("the block is of another network: its %s is %s, not %s"
                        .formatted(weight.name(), shape, weight.shape()));
            }
        }
    }
}
