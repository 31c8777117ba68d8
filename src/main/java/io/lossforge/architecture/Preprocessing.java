package io.lossforge.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * What happens to raw samples before the network, when training and when serving: {@code y = (x·scale − mean) / std}, float32. Immutable.
 */
public final class Preprocessing implements Layer {

    private final boolean pixels;
    private final float scale;
    private final float[] mean;
    private final float[] std;
    private final float[] factors;
    private final float[] offsets;

    /**
     * @param pixels whether raw samples are uint8 images {@code [channels, height, width]}, else float32 {@code [features]}
     * @param scale such as 1/255, so that pixels are 0–1
     * @param mean of the scaled values, one per channel of images or per feature
     * @param std of the scaled values, as many as means, each above 0
     * @throws IllegalArgumentException if a deviation is not above 0, or a result would not be finite
     */
    public Preprocessing(boolean pixels, float scale, float[] mean, float[] std) {
        if (mean.length != std.length) {
            throw new IllegalArgumentException("%d means, but %d deviations".formatted(mean.length, std.length));
        }
        this.pixels = pixels;
        this.scale = scale;
        this.mean = mean.clone();
        this.std = std.clone();
        this.factors = new float[std.length];
        this.offsets = new float[std.length];
        for (int i = 0; i < std.length; i++) {
            factors[i] = (float) ((double) scale / std[i]);
            offsets[i] = (float) (-(double) mean[i] / std[i]);
            if (!(std[i] > 0) || !Float.isFinite(factors[i]) || !Float.isFinite(offsets[i])) {
                throw new IllegalArgumentException(
                        "mean %s and deviation %s at %d can't standardise".formatted(mean[i], std[i], i));
            }
        }
    }

    /** Whether raw samples are uint8 images, else float32 features. */
    public boolean pixels() {
        return pixels;
    }

    /** What raw values are multiplied by first. */
    public float scale() {
        return scale;
    }

    /** Means of the scaled values, one per channel or feature. */
    public float[] mean() {
        return mean.clone();
    }

    /** Standard deviations of the scaled values, one per channel or feature. */
    public float[] std() {
        return std.clone();
    }

    /** Data type of raw samples. */
    public DataType inputType() {
        return pixels ? DataType.UINT8 : DataType.FLOAT32;
    }

    /**
     * Makes it ready for many batches.
     *
     * @param manager owner of its two small constants; they must live as long as the function is used, on the device of the batches
     * @return takes raw {@code [batch, …]} and gives new float32 of the same shape, owned by the manager of what it took
     */
    public UnaryOperator<NDArray> bind(NDManager manager) {
        var factor = manager.create(factors, broadcast());
        var offset = manager.create(offsets, broadcast());
        return raw -> raw.mul(factor).addi(offset);
    }

    private Shape broadcast() {
        return pixels ? new Shape(factors.length, 1, 1) : new Shape(factors.length);
    }

    @Override
    public String kind() {
        return "preprocessing";
    }

    @Override
    public Shape output(Shape input) {
        if (Images.are(input) != pixels || input.get(0) != factors.length) {
            throw new IllegalArgumentException("pre-processing of %d %s can't take %s"
                    .formatted(factors.length, pixels ? "channels" : "features", Images.shown(input)));
        }
        return input;
    }

    @Override
    public NDArray forward(NDArray input, Weights weights, boolean training) {
        return bind(input.getManager()).apply(input);
    }

    @Override
    public String write(OnnxGraph graph, String input) {
        var shape = broadcast().getShape();
        var floats = pixels ? graph.castToFloat(input) : input;
        var scaled = graph.node("Mul", List.of(floats, graph.constant("factor", factors, shape)));
        return graph.node("Add", List.of(scaled, graph.constant("offset", offsets, shape)));
    }
}
