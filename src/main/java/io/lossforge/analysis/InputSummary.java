package io.lossforge.analysis;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The few numbers of a sample that are compared between training and serving. Of images, for each channel: mean and deviation of the
 * pixels, 0–255, and the mean distance of horizontal neighbours, which grows with noise and falls with blur. Of features: the values. Of a large
 * image every so many rows are read, of very many channels or features every so many, so that the cost of a sample is bounded. Safe for many threads.
 */
public final class InputSummary {

    /** Most features of a sample that are watched, evenly spaced. */
    public static final int MOST_FEATURES = 1000;

    /** Most channels of an image that are watched, evenly spaced. */
    static final int MOST_CHANNELS = 64;

    /** About so many pixels of a channel are read. */
    private static final int PIXELS = 4096;

    private static final List<String> OF_A_CHANNEL = List.of("mean", "deviation", "gradient");

    private final boolean pixels;
    private final int sampleBytes;
    private final int height;
    private final int width;
    private final int[] watched;
    private final int rowStep;

    private InputSummary(boolean pixels, List<Integer> shape) {
        this.pixels = pixels;
        sampleBytes = shape.stream().reduce(pixels ? 1 : Float.BYTES, Math::multiplyExact);
        height = pixels ? shape.get(1) : 1;
        width = pixels ? shape.get(2) : 1;
        watched = evenly(shape.get(0), pixels ? MOST_CHANNELS : MOST_FEATURES);
        rowStep = (int) Math.max(1, (long) height * width / PIXELS);
    }

    /**
     * The summary of samples of a shape.
     *
     * @param pixels whether elements are uint8 pixels, else float32 features
     * @param shape {@code [channels, height, width]} or {@code [features]}
     */
    public static InputSummary of(boolean pixels, List<Integer> shape) {
        return new InputSummary(pixels, shape);
    }

    private static int[] evenly(int count, int most) {
        return count <= most
                ? IntStream.range(0, count).toArray()
                : IntStream.range(0, most)
                        .map(i -> (int) ((long) i * count / most))
                        .toArray();
    }

    /** What each number is, such as {@code channel 0 mean} or {@code feature 3}. */
    public List<String> names() {
        var names = new ArrayList<String>(size());
        for (int which : watched) {
            if (pixels) {
                OF_A_CHANNEL.forEach(measure -> names.add("channel %d %s".formatted(which, measure)));
            } else {
                names.add("feature " + which);
            }
        }
        return names;
    }

    /** Numbers of a sample. */
    public int size() {
        return watched.length * (pixels ? OF_A_CHANNEL.size() : 1);
    }

    /**
     * The numbers of one sample.
     *
     * @param samples {@code [samples, …]} from its index 0 on, in the order of its bytes; its position does not change
     * @param values filled, {@link #size} long
     */
    public void read(ByteBuffer samples, int sample, double[] values) {
        int from = Math.multiplyExact(sample, sampleBytes);
        if (!pixels) {
            for (int i = 0; i < watched.length; i++) {
                values[i] = samples.getFloat(from + watched[i] * Float.BYTES);
            }
            return;
        }
        for (int i = 0; i < watched.length; i++) {
            readChannel(samples, from + watched[i] * height * width, values, i * OF_A_CHANNEL.size());
        }
    }

    private void readChannel(ByteBuffer samples, int from, double[] values, int at) {
        long sum = 0;
        long squares = 0;
        long distances = 0;
        int rows = 0;
        for (int y = 0; y < height; y += rowStep) {
            int row = from + y * width;
            int last = samples.get(row) & 0xFF;
            for (int x = 0; x < width; x++) {
                int pixel = samples.get(row + x) & 0xFF;
                sum += pixel;
                squares += pixel * pixel;
                distances += Math.abs(pixel - last);
                last = pixel;
            }
            rows++;
        }
        double count = (double) rows * width;
        double mean = sum / count;
        values[at] = mean;
        values[at + 1] = Math.sqrt(Math.max(0, squares / count - mean * mean));
        values[at + 2] = width == 1 ? 0 : distances / ((double) rows * (width - 1));
    }
}
