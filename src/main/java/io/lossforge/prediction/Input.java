package io.lossforge.prediction;

import io.lossforge.model.ModelVersion;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What one sample of a model is.
 *
 * @param pixels whether elements are uint8 pixels of an image, else float32 features
 * @param shape {@code [channels, height, width]} or {@code [features]}
 * @param size elements of a sample
 */
record Input(boolean pixels, List<Integer> shape, int size) {

    static Input of(ModelVersion version) {
        var shape = version.inputShape();
        return new Input(
                version.inputKind().equals("images"), shape, shape.stream().reduce(1, Math::multiplyExact));
    }

    int elementBytes() {
        return pixels ? Byte.BYTES : Float.BYTES;
    }

    int bytes() {
        return Math.multiplyExact(size, elementBytes());
    }

    /** In the words of the Open Inference Protocol. */
    String datatype() {
        return pixels ? "UINT8" : "FP32";
    }

    /** Whether an array of these dimensions is a sample: its shape, without the channel if there is but one, or flat. */
    boolean takes(int[] dimensions) {
        var given = Arrays.stream(dimensions).boxed().toList();
        return given.equals(shape)
                || given.equals(List.of(size))
                || (pixels && shape.get(0) == 1 && given.equals(shape.subList(1, 3)));
    }

    /** The shapes that are taken, for a message. */
    String wanted() {
        if (!pixels) {
            return "%d numbers".formatted(size);
        }
        var grey = shape.get(0) == 1 ? ", " + shape.subList(1, 3) : "";
        return "%s (channels, height, width)%s or %d numbers in a row".formatted(shape, grey, size);
    }

    /** Shape of a batch; -1 stands for any number of samples. */
    long[] batch(long samples) {
        var batch = new long[shape.size() + 1];
        batch[0] = samples;
        for (int i = 0; i < shape.size(); i++) {
            batch[i + 1] = shape.get(i);
        }
        return batch;
    }

    static String shown(int[] dimensions) {
        return Arrays.stream(dimensions).mapToObj(String::valueOf).collect(Collectors.joining(", ", "[", "]"));
    }
}
