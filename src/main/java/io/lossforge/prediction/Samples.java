package io.lossforge.prediction;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/**
 * Samples in the memory that the engine reads, in its element type; grows as they come. For one thread. {@link #close} gives the
 * memory back.
 */
final class Samples implements AutoCloseable {

    private static final long LARGEST = Integer.MAX_VALUE - 8;
    private static final int CHUNK = 1 << 16;

    private final Input input;
    private final DirectBuffers pool;
    private ByteBuffer buffer;
    private int count;

    Samples(Input input, DirectBuffers pool) {
        this.input = input;
        this.pool = pool;
        this.buffer = pool.take(input.bytes());
    }

    Input input() {
        return input;
    }

    /** Whole samples. */
    int count() {
        return count;
    }

    /** Makes room for one more sample. */
    void begin() {
        begin(1);
    }

    private void begin(int more) {
        long needed = ((long) count + more) * input.bytes();
        if (needed > LARGEST) {
            throw new IllegalArgumentException("more than 2 GiB of samples");
        }
        if (needed > buffer.capacity()) {
            var larger = pool.take((int) Math.min(LARGEST, Math.max(needed, 2L * buffer.capacity())));
            buffer.flip();
            larger.put(buffer);
            pool.give(buffer);
            buffer = larger;
        }
    }

    /** Adds one element of a sample of pixels. */
    void putPixel(int value) {
        buffer.put((byte) value);
    }

    /** Adds one element of a sample of features. */
    void putFeature(float value) {
        buffer.putFloat(value);
    }

    /** Adds elements of a sample of pixels. */
    void putPixels(byte[] planes) {
        buffer.put(planes);
    }

    /**
     * Adds a whole sample.
     *
     * @throws NumberArrays.Refused if there are not as many values as a sample has, or one is no pixel or no feature
     */
    void add(double[] values) {
        if (values.length != input.size()) {
            throw new NumberArrays.Refused("has %d values, must have %d".formatted(values.length, input.size()));
        }
        begin();
        for (int i = 0; i < values.length; i++) {
            double value = values[i];
            if (input.pixels()) {
                if (!isPixel(value)) {
                    throw new NumberArrays.Refused("pixels are 0 to 255, number %d is %s".formatted(i, value));
                }
                putPixel((int) Math.round(value));
            } else {
                if (!Float.isFinite((float) value)) {
                    throw new NumberArrays.Refused(
                            "must hold finite float32 numbers, number %d is %s".formatted(i, value));
                }
                putFeature((float) value);
            }
        }
        end();
    }

    /** Whether a number is a pixel once it is rounded; NaN is none. */
    static boolean isPixel(double value) {
        return value >= -0.5 && value < 255.5;
    }

    /** Counts the sample whose elements are all there. */
    void end() {
        count++;
    }

    /**
     * Adds whole samples as they are in memory: little-endian, in C order.
     *
     * @throws EOFException if the stream ends before
     */
    void read(InputStream stream, int more) throws IOException {
        begin(more);
        var chunk = new byte[(int) Math.min(CHUNK, (long) more * input.bytes())];
        for (long left = (long) more * input.bytes(); left > 0; ) {
            int read = stream.readNBytes(chunk, 0, (int) Math.min(chunk.length, left));
            if (read == 0) {
                throw new EOFException();
            }
            buffer.put(chunk, 0, read);
            left -= read;
        }
        count += more;
    }

    /** Position among all elements of the first feature that is no finite number; -1 if all are. */
    int firstNotFinite() {
        var features = buffer.duplicate().order(buffer.order()).flip().asFloatBuffer();
        for (int i = 0; i < features.limit(); i++) {
            if (!Float.isFinite(features.get(i))) {
                return i;
            }
        }
        return -1;
    }

    /** The memory of some samples, not copied. */
    ByteBuffer slice(int first, int samples) {
        return buffer.slice(first * input.bytes(), samples * input.bytes()).order(buffer.order());
    }

    @Override
    public void close() {
        pool.give(buffer);
        buffer = ByteBuffer.allocate(0);
    }
}
