package io.lossforge.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.List;

/**
 * One step of a network, written down once and built twice: as a DJL computation to train ({@link #forward}) and as ONNX nodes to serve
 * ({@link #write}). Immutable; both forms must agree within float32 rounding.
 *
 * <p>Shapes are those of one sample, without the batch dimension: {@code [channels, height, width]} or {@code [features]}. Except for
 * {@link #forward} nothing here loads a native library.
 */
public interface Layer {

    /** What its parameters are named after, such as {@code conv}: the second one of a sequence has {@code conv2.weight}. */
    String kind();

    /**
     * Shape of one sample after this layer.
     *
     * @throws IllegalArgumentException if the layer can't take such input; the message says what it takes
     */
    Shape output(Shape input);

    /** The parameters it needs for such input, in a fixed order; none unless overridden. */
    default List<Weight> weights(Shape input) {
        return List.of();
    }

    /**
     * Computes a batch.
     *
     * @param input {@code [batch, …]}; the result and every intermediate belong to its manager
     * @param weights the arrays of {@link #weights}
     * @param training whether batch statistics are used and collected
     */
    NDArray forward(NDArray input, Weights weights, boolean training);

    /**
     * Adds the nodes that compute the same, as when not training.
     *
     * @param input name of the value that it takes
     * @return name of the value that it gives
     */
    String write(OnnxGraph graph, String input);

    /** Numbers that training changes; the running statistics of batch norm do not count. */
    default long parameterCount(Shape input) {
        return weights(input).stream()
                .filter(Weight::trained)
                .mapToLong(weight -> weight.shape().size())
                .sum();
    }
}
