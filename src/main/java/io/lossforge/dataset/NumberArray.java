package io.lossforge.dataset;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An array in a file, in C order, its data not read yet.
 *
 * @param source the file
 * @param name within the source; empty if the source is this one array
 * @param type null for texts
 * @param elementBytes of one element
 * @param shape first the samples; as the header says, so possibly lies
 * @param opener opens the data behind the header
 */
record NumberArray(
        Source source,
        String name,
        @Nullable ElementType type,
        int elementBytes,
        ByteOrder order,
        List<Long> shape,
        Opener opener) {

    /** Most numbers in one sample. */
    private static final long MOST_VALUES = 16 << 20;

    /** Opens a stream for the caller to close. */
    interface Opener {
        InputStream open() throws IOException;
    }

    NumberArray {
        for (long dimension : shape) {
            if (dimension < 1) {
                throw source.refused(name, "has the shape %s; each dimension must be at least 1".formatted(shape));
            }
        }
        if (shape.isEmpty()) {
            throw source.refused(name, "is a single number, not an array");
        }
        long values = 1;
        for (long dimension : shape.subList(1, shape.size())) {
            values = dimension > MOST_VALUES ? Long.MAX_VALUE : values * dimension;
            if (values > MOST_VALUES) {
                throw source.refused(
                        name, "has the shape %s; a sample may have %d numbers".formatted(shape, MOST_VALUES));
            }
        }
    }

    long samples() {
        return shape.get(0);
    }

    /** Numbers in one sample. */
    int valuesPerSample() {
        return Math.toIntExact(shape.subList(1, shape.size()).stream().reduce(1L, Math::multiplyExact));
    }

    /** Whether it has the form of labels: one element per sample. */
    boolean isLabels() {
        return shape.size() == 1 || type == null || shape.size() == 2 && shape.get(1) == 1;
    }

    /** What messages call it. */
    String shown() {
        return name.isEmpty() ? Shown.name(source.name()) : Shown.name(name);
    }

    RefusedUpload refused(String detail) {
        return source.refused(name, detail);
    }
}
