package io.lossforge.training;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;

/** Packed datasets on disk, made here. */
final class PackedForTests {

    static final int DIGITS_TEST = 355;

    private PackedForTests() {}

    /** The digits that the project ships, images 1×8×8: of each class every fifth is for testing, {@value #DIGITS_TEST} of 1,797. */
    static Path digits(Path directory) throws IOException {
        var inputs = List.of(new ArrayList<byte[]>(), new ArrayList<byte[]>());
        var labels = List.of(new ArrayList<Integer>(), new ArrayList<Integer>());
        var seen = new int[10];
        try (var stream = Objects.requireNonNull(PackedForTests.class.getResourceAsStream("/datasets/digits.csv.gz"));
                var lines = new BufferedReader(
                        new InputStreamReader(new GZIPInputStream(stream), StandardCharsets.US_ASCII))) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                var values = Arrays.stream(line.split(","))
                        .mapToInt(Integer::parseInt)
                        .toArray();
                var image = new byte[64];
                for (int i = 0; i < image.length; i++) {
                    image[i] = (byte) Math.round(values[i] * 255 / 16.0);
                }
                int part = ++seen[values[64]] % 5 == 0 ? 1 : 0;
                inputs.get(part).add(image);
                labels.get(part).add(values[64]);
            }
        }
        return write(
                directory, "images", List.of(1, 8, 8), 10, inputs.get(0), labels.get(0), inputs.get(1), labels.get(1));
    }

    /** Features of two classes that a line separates; the features have very different scales. */
    static Path features(Path directory, int count) throws IOException {
        var rows = new ArrayList<byte[]>();
        var labels = new ArrayList<Integer>();
        for (int i = 0; i < count; i++) {
            var row = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
            int label = i % 2;
            row.putFloat(1e4f + label + (i % 7) * 0.1f)
                    .putFloat(1e-3f * (i % 5))
                    .putFloat(7);
            rows.add(row.array());
            labels.add(label);
        }
        return write(directory, "features", List.of(3), 2, rows, labels, rows, labels);
    }

    static Path write(
            Path directory,
            String kind,
            List<Integer> shape,
            int classes,
            List<byte[]> trainInputs,
            List<Integer> trainLabels,
            List<byte[]> testInputs,
            List<Integer> testLabels)
            throws IOException {
        Files.createDirectories(directory);
        split(directory, "train", kind, shape, trainInputs, trainLabels);
        split(directory, "test", kind, shape, testInputs, testLabels);
        Files.writeString(directory.resolve("manifest.json"), """
                {"format":"lossforge-packed","formatVersion":1,"kind":"%s","shape":%s,"classes":[%s],
                 "splits":{"train":%s,"test":%s}}
                """.formatted(
                        kind,
                        shape,
                        IntStream.range(0, classes)
                                .mapToObj(label -> "\"" + label + "\"")
                                .collect(Collectors.joining(",")),
                        splitJson("train", trainLabels.size()),
                        splitJson("test", testLabels.size())));
        return directory;
    }

    private static String splitJson(String name, int count) {
        return """
               {"count":%d,"inputs":"%s-inputs.npy","labels":"%s-labels.npy"}""".formatted(count, name, name);
    }

    private static void split(
            Path directory, String name, String kind, List<Integer> shape, List<byte[]> inputs, List<Integer> labels)
            throws IOException {
        var inputShape =
                inputs.size() + ", " + shape.stream().map(String::valueOf).collect(Collectors.joining(", "));
        var inputBytes = ByteBuffer.allocate(
                inputs.stream().mapToInt(input -> input.length).sum());
        inputs.forEach(inputBytes::put);
        Files.write(
                directory.resolve(name + "-inputs.npy"),
                npy(kind.equals("images") ? "|u1" : "<f4", inputShape, inputBytes.array()));
        var labelBytes = ByteBuffer.allocate(labels.size() * 4).order(ByteOrder.LITTLE_ENDIAN);
        labels.forEach(labelBytes::putInt);
        Files.write(directory.resolve(name + "-labels.npy"), npy("<i4", labels.size() + ",", labelBytes.array()));
    }

    static byte[] npy(String descr, String shape, byte[] data) {
        var text = "{'descr': '%s', 'fortran_order': False, 'shape': (%s), }".formatted(descr, shape);
        return npyWithHeader(text, data);
    }

    static byte[] npyWithHeader(String text, byte[] data) {
        var header =
                (text + " ".repeat((118 - text.length() % 64 + 64) % 64) + "\n").getBytes(StandardCharsets.ISO_8859_1);
        return ByteBuffer.allocate(10 + header.length + data.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0})
                .putShort((short) header.length)
                .put(header)
                .put(data)
                .array();
    }
}
