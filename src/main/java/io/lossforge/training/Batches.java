package io.lossforge.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Brings samples from the packed dataset into arrays. Its buffers are used again for every batch: on the CPU the arrays are views of
 * them, so a batch is over when the next one is loaded.
 */
final class Batches {

    /**
     * Some samples, as the network and the loss take them.
     *
     * @param inputs raw: uint8 {@code [batch, channels, height, width]} or float32 {@code [batch, features]}
     * @param labels int64 {@code [batch]}
     * @param weights float32 {@code [batch]}; null for all ones
     * @param classesPresent different labels among them
     */
    record Batch(NDArray inputs, NDArray labels, @Nullable NDArray weights, int size, int classesPresent) {}

    private final PackedDataset dataset;
    private final List<Augmentation> augmentations;
    private final ByteBuffer inputs;
    private final ByteBuffer labels;
    private final ByteBuffer weights;
    private final byte[] pixels;
    private final byte[] scratch;
    /** The batch in which a class was last seen, so that nothing has to be cleared. */
    private final long[] seen;

    private long batch;

    Batches(PackedDataset dataset, int batchSize, List<Augmentation> augmentations) {
        this.dataset = dataset;
        this.augmentations = augmentations;
        int sampleBytes = dataset.train().sampleBytes();
        inputs = direct((long) batchSize * sampleBytes);
        labels = direct((long) batchSize * Long.BYTES);
        weights = direct((long) batchSize * Float.BYTES);
        int scratchBytes = augmentations.isEmpty() ? 0 : sampleBytes;
        pixels = new byte[scratchBytes];
        scratch = new byte[scratchBytes];
        seen = new long[dataset.classes().size()];
    }

    private static ByteBuffer direct(long bytes) {
        if (bytes > Integer.MAX_VALUE) {
            throw new TrainingFailure(
                    TrainingFailure.Reason.ERROR, "one batch would take more than 2 GiB: lower batchSize", null);
        }
        return ByteBuffer.allocateDirect((int) bytes).order(ByteOrder.nativeOrder());
    }

    /**
     * Loads {@code samples[from]} up to {@code samples[to − 1]}.
     *
     * @param classWeights weight of each class; null for all ones
     * @param random of the augmentations; null to leave the images as they are
     * @param manager owner of the arrays
     */
    Batch load(
            PackedDataset.Split split,
            int[] samples,
            int from,
            int to,
            float @Nullable [] classWeights,
            @Nullable RandomGenerator random,
            NDManager manager) {
        batch++;
        inputs.clear();
        labels.clear();
        weights.clear();
        int size = to - from;
        int present = 0;
        for (int i = 0; i < size; i++) {
            int sample = samples[from + i];
            int label = split.labels()[sample];
            present += seen[label] == batch ? 0 : 1;
            seen[label] = batch;
            labels.putLong(i * Long.BYTES, label);
            if (classWeights != null) {
                weights.putFloat(i * Float.BYTES, classWeights[label]);
            }
            load(split, sample, i * split.sampleBytes(), random);
        }
        return new Batch(
                array(
                        manager,
                        inputs,
                        inputShape(size),
                        dataset.kind() == PackedDataset.Kind.IMAGES ? DataType.UINT8 : DataType.FLOAT32),
                array(manager, labels, new Shape(size), DataType.INT64),
                classWeights == null ? null : array(manager, weights, new Shape(size), DataType.FLOAT32),
                size,
                present);
    }

    private void load(PackedDataset.Split split, int sample, int offset, @Nullable RandomGenerator random) {
        if (random == null || augmentations.isEmpty()) {
            split.read(sample, inputs, offset);
            return;
        }
        split.read(sample, pixels);
        var shape = dataset.shape();
        for (var augmentation : augmentations) {
            augmentation.apply(pixels, scratch, shape.get(0), shape.get(1), shape.get(2), random);
        }
        inputs.put(offset, pixels);
    }

    private Shape inputShape(int size) {
        return new Shape(size)
                .addAll(new Shape(
                        dataset.shape().stream().mapToLong(Integer::longValue).toArray()));
    }

    private static NDArray array(NDManager manager, ByteBuffer buffer, Shape shape, DataType type) {
        buffer.position(0).limit(Math.toIntExact(shape.size() * type.getNumOfBytes()));
        return manager.create(buffer, shape, type);
    }
}
