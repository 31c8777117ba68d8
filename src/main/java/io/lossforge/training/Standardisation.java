package io.lossforge.training;

import io.lossforge.architecture.Preprocessing;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Mean and deviation of the samples trained on, per channel of images or per feature. Computed here rather than by the engine: pixels
 * are counted, so their moments are exact, and the result has the same bits on every device and with every number of threads.
 */
final class Standardisation {

    private Standardisation() {}

    /** A constant channel or feature gets the deviation 1. */
    static Preprocessing of(PackedDataset dataset, int[] samples) {
        return dataset.kind() == PackedDataset.Kind.IMAGES ? images(dataset, samples) : features(dataset, samples);
    }

    private static Preprocessing images(PackedDataset dataset, int[] samples) {
        int channels = dataset.shape().get(0);
        int plane = dataset.sampleSize() / channels;
        var histogram = new long[channels][256];
        var pixels = new byte[dataset.sampleSize()];
        for (int sample : samples) {
            dataset.train().read(sample, pixels);
            for (int channel = 0; channel < channels; channel++) {
                var counts = histogram[channel];
                for (int i = channel * plane; i < (channel + 1) * plane; i++) {
                    counts[pixels[i] & 0xFF]++;
                }
            }
        }
        var mean = new float[channels];
        var std = new float[channels];
        for (int channel = 0; channel < channels; channel++) {
            double count = (double) samples.length * plane;
            double sum = 0;
            for (int value = 0; value < 256; value++) {
                sum += (double) histogram[channel][value] * value;
            }
            double squares = 0;
            for (int value = 0; value < 256; value++) {
                squares += histogram[channel][value] * Math.pow(value - sum / count, 2);
            }
            mean[channel] = (float) (sum / count / 255);
            std[channel] = deviation(squares / count / (255 * 255));
        }
        return new Preprocessing(true, 1f / 255, mean, std);
    }

    /** Two passes, so that a large mean does not swallow a small deviation. */
    private static Preprocessing features(PackedDataset dataset, int[] samples) {
        int size = dataset.sampleSize();
        var sum = new double[size];
        var squares = new double[size];
        var bytes = ByteBuffer.allocate(size * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int sample : samples) {
            dataset.train().read(sample, bytes.array());
            for (int i = 0; i < size; i++) {
                sum[i] += bytes.getFloat(i * Float.BYTES);
            }
        }
        for (int sample : samples) {
            dataset.train().read(sample, bytes.array());
            for (int i = 0; i < size; i++) {
                double distance = bytes.getFloat(i * Float.BYTES) - sum[i] / samples.length;
                squares[i] += distance * distance;
            }
        }
        var mean = new float[size];
        var std = new float[size];
        for (int i = 0; i < size; i++) {
            mean[i] = (float) (sum[i] / samples.length);
            std[i] = deviation(squares[i] / samples.length);
        }
        return new Preprocessing(false, 1, mean, std);
    }

    private static float deviation(double variance) {
        float deviation = (float) Math.sqrt(variance);
        return deviation > 0 ? deviation : 1;
    }
}
