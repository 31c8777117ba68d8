package io.lossforge.dataset;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Takes samples as a format reads them and writes them straight to disk. Inputs and labels of a split may come together or one after
 * the other, as long as their order is the same.
 */
class Packing implements AutoCloseable {

    private final Path directory;
    private final ClassNames classes;
    private final Map<Split, Part> parts = new EnumMap<>(Split.class);
    private @Nullable String kind;
    private List<Integer> shape = List.of();

    /** One split being written. */
    static final class Part {

        final NpyWriter inputs;
        final NpyWriter labels;
        long inputCount;
        long labelCount;

        Part(Path directory, Split split) {
            inputs = new NpyWriter(directory.resolve("received-%s-inputs".formatted(split.lowerCase())));
            labels = new NpyWriter(directory.resolve("received-%s-labels".formatted(split.lowerCase())));
        }

        private Part(NpyWriter inputs, Part before) {
            this.inputs = inputs;
            this.labels = before.labels;
            this.inputCount = before.inputCount;
            this.labelCount = before.labelCount;
        }
    }

    /**
     * Starts with nothing.
     *
     * @param directory empty, the packing's own
     */
    Packing(Path directory, IngestLimits limits) {
        this.directory = directory;
        this.classes = new ClassNames(limits.maxClasses());
    }

    /** From now on samples are uint8 pixels of this shape. */
    void images(int channels, int height, int width) {
        kind = DatasetVersion.IMAGES;
        shape = List.of(channels, height, width);
    }

    /** From now on samples are float32 values. */
    void features(int count) {
        kind = DatasetVersion.FEATURES;
        shape = List.of(count);
    }

    boolean hasShape() {
        return kind != null;
    }

    String kind() {
        if (kind == null) {
            throw new IllegalStateException("no shape yet");
        }
        return kind;
    }

    /** Empty until the first sample. */
    List<Integer> shape() {
        return shape;
    }

    ClassNames classes() {
        return classes;
    }

    /** Bytes of one sample's inputs. */
    int rowBytes() {
        int values = shape.stream().reduce(1, Math::multiplyExact);
        return kind().equals(DatasetVersion.IMAGES) ? values : Math.multiplyExact(values, Float.BYTES);
    }

    /** The inputs of the split's next sample. */
    void input(Split split, byte[] row) throws IOException {
        if (row.length != rowBytes()) {
            throw new IllegalStateException("row of %d bytes, not %d".formatted(row.length, rowBytes()));
        }
        var part = part(split);
        part.inputs.write(row);
        part.inputCount++;
    }

    /** The label of the split's next sample: a provisional index. */
    void label(Split split, int index) throws IOException {
        var part = part(split);
        part.labels.writeInt(index);
        part.labelCount++;
    }

    private Part part(Split split) {
        return parts.computeIfAbsent(split, key -> new Part(directory, key));
    }

    /** Samples whose inputs came. */
    long count(Split split) {
        var part = parts.get(split);
        return part == null ? 0 : part.inputCount;
    }

    /** Turns the grey images so far into RGB. */
    void toColour() throws IOException {
        int plane = rowBytes();
        for (var entry : parts.entrySet()) {
            var grey = entry.getValue();
            grey.inputs.finish("|u1", List.of(grey.inputCount, (long) plane));
            var colour = new NpyWriter(directory.resolve(grey.inputs.file().getFileName() + "-colour"));
            entry.setValue(new Part(colour, grey));
            try (var in = PackedArray.rows(grey.inputs.file())) {
                for (long i = 0; i < grey.inputCount; i++) {
                    var row = in.readNBytes(plane);
                    colour.write(row);
                    colour.write(row);
                    colour.write(row);
                }
            }
            Files.delete(grey.inputs.file());
        }
        images(3, shape.get(1), shape.get(2));
    }

    /**
     * Splits, sorts the classes, checks and describes what came.
     *
     * @throws RefusedUpload if it is no dataset to train a classifier on
     */
    Packed finish(String pointer, Notices notices) throws IOException {
        for (var part : parts.values()) {
            if (part.inputCount != part.labelCount) {
                throw new IllegalStateException("%d inputs, %d labels".formatted(part.inputCount, part.labelCount));
            }
        }
        if (count(Split.TRAIN) == 0) {
            throw new RefusedUpload(pointer, "no training samples");
        }
        if (classes.size() < 2) {
            throw new RefusedUpload(
                    pointer,
                    "one class only (\"%s\"): a classifier needs at least two".formatted(Shown.name(classes.name(0))));
        }
        for (var part : parts.values()) {
            part.inputs.finish(type(), List.of(part.inputCount, (long) rowBytes()));
            part.labels.finish("<i4", List.of(part.labelCount));
        }
        return new PackingEnd(directory, this, parts, pointer, notices).packed();
    }

    /** NumPy's name of the element type. */
    String type() {
        return kind().equals(DatasetVersion.IMAGES) ? "|u1" : "<f4";
    }

    @Override
    public void close() throws IOException {
        for (var part : parts.values()) {
            part.inputs.close();
            part.labels.close();
        }
    }
}
