package io.lossforge.training;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A packed dataset as a trainer sees it: {@code manifest.json} and {@code .npy} files in one directory, mapped into memory and never
 * decoded. Nothing in the directory is trusted: names, shapes, counts, lengths and labels are all checked on opening.
 *
 * @param kind what a sample is
 * @param shape of one sample: {@code [channels, height, width]} or {@code [features]}
 * @param classes names, the label is the position
 */
public record PackedDataset(Kind kind, List<Integer> shape, List<String> classes, Split train, Split test) {

    private static final int MAPPING_BYTES = NpyFile.MAPPING_BYTES;
    private static final int LONGEST_MANIFEST = 64 << 20;
    private static final int MOST_CLASSES = 100_000;
    private static final Pattern FILE = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}");

    /** What a sample is: uint8 pixels or float32 features. */
    public enum Kind {
        IMAGES(NpyFile.Type.UINT8),
        FEATURES(NpyFile.Type.FLOAT32);

        private final NpyFile.Type type;

        Kind(NpyFile.Type type) {
            this.type = type;
        }

        String json() {
            return this == IMAGES ? "images" : "features";
        }
    }

    /**
     * The samples of one split, in the order they were packed.
     *
     * @param labels of every sample, each from 0 to classes − 1; not to be changed
     */
    public record Split(NpyFile inputs, int[] labels) {

        /** How many there are. */
        public int count() {
            return labels.length;
        }

        /** Bytes of one sample. */
        public int sampleBytes() {
            return inputs.rowBytes();
        }

        /** Copies one sample as it is stored. */
        public void read(int sample, ByteBuffer target, int offset) {
            inputs.read(sample, target, offset);
        }

        /** Copies one sample as it is stored. */
        void read(int sample, byte[] target) {
            inputs.read(sample, target);
        }
    }

    /**
     * Opens the directory.
     *
     * @throws MalformedDataset if anything in it is not as the manifest says
     */
    public static PackedDataset open(Path directory) throws IOException {
        return open(directory, MAPPING_BYTES);
    }

    static PackedDataset open(Path directory, int mappingBytes) throws IOException {
        var manifest = manifest(directory);
        check(
                manifest.path("format").asString("").equals("lossforge-packed")
                        && manifest.path("formatVersion").asInt(0) == 1,
                "format must be lossforge-packed, version 1");
        var kind = Arrays.stream(Kind.values())
                .filter(candidate ->
                        candidate.json().equals(manifest.path("kind").asString("")))
                .findFirst()
                .orElseThrow(() -> malformed("kind must be images or features"));
        var shape = shape(manifest.path("shape"), kind);
        var classes = new ArrayList<String>();
        manifest.path("classes").forEach(name -> classes.add(name.asString()));
        check(
                classes.size() >= 2 && classes.size() <= MOST_CLASSES,
                "must have 2 to %d classes".formatted(MOST_CLASSES));
        var splits = manifest.path("splits");
        var opening = new Opening(directory, mappingBytes, kind, shape, classes.size());
        var train = opening.split("train", splits.path("train"));
        check(train.count() > 0, "the training split is empty");
        return new PackedDataset(kind, shape, List.copyOf(classes), train, opening.split("test", splits.path("test")));
    }

    private static JsonNode manifest(Path directory) throws IOException {
        var file = directory.resolve("manifest.json");
        check(Files.isRegularFile(file), "is missing");
        check(Files.size(file) <= LONGEST_MANIFEST, "is too long");
        try {
            return JsonMapper.shared().readTree(Files.readString(file));
        } catch (JacksonException e) {
            throw malformed("is no JSON");
        }
    }

    private static List<Integer> shape(JsonNode json, Kind kind) {
        var shape = new ArrayList<Integer>();
        json.forEach(size -> shape.add(size.asInt(0)));
        check(
                shape.size() == (kind == Kind.IMAGES ? 3 : 1) && shape.stream().allMatch(size -> size > 0),
                "shape must be " + (kind == Kind.IMAGES ? "[channels, height, width]" : "[features]"));
        return List.copyOf(shape);
    }

    private static void check(boolean holds, String detail) {
        if (!holds) {
            throw malformed(detail);
        }
    }

    private static MalformedDataset malformed(String detail) {
        return new MalformedDataset("manifest.json", detail);
    }

    private record Opening(Path directory, int mappingBytes, Kind kind, List<Integer> shape, int classes) {

        Split split(String name, JsonNode json) throws IOException {
            var inputs = NpyFile.open(file(json.path("inputs"), name), kind.type, mappingBytes);
            var labelFile = file(json.path("labels"), name);
            var labels = NpyFile.open(labelFile, NpyFile.Type.INT32, mappingBytes);
            long count = json.path("count").asLong(-1);
            check(
                    count == inputs.rows() && count == labels.rows() && count <= Integer.MAX_VALUE - 8,
                    "split %s must count %d samples; has %d inputs and %d labels"
                            .formatted(name, count, inputs.rows(), labels.rows()));
            check(
                    labels.shape().length == 1
                            && Arrays.equals(inputs.shape(), 1, inputs.shape().length, wanted(), 0, shape.size()),
                    "split %s: the arrays do not have the dataset's shape".formatted(name));
            var values = labels.ints();
            for (int label : values) {
                if (label < 0 || label >= classes) {
                    throw new MalformedDataset(
                            String.valueOf(labelFile.getFileName()),
                            "label %d is outside 0 to %d".formatted(label, classes - 1));
                }
            }
            return new Split(inputs, values);
        }

        private long[] wanted() {
            return shape.stream().mapToLong(Integer::longValue).toArray();
        }

        private Path file(JsonNode json, String split) {
            var name = json.asString("");
            check(FILE.matcher(name).matches(), "split %s must name its files".formatted(split));
            return directory.resolve(name);
        }
    }

    /** Values of one sample. */
    int sampleSize() {
        return shape.stream().reduce(1, Math::multiplyExact);
    }

    /** Samples of each class among some of a split's samples. */
    long[] counts(int[] labels, int[] samples) {
        var counts = new long[classes.size()];
        for (int sample : samples) {
            counts[labels[sample]]++;
        }
        return counts;
    }
}
