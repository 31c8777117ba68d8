package io.lossforge.inference;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/**
 * A packed dataset of noise, of any size: one training sample and many test samples. A sample and its label follow from its position.
 *
 * @param shape {@code [channels, height, width]}
 * @param classes names
 */
record PackedPixels(List<Integer> shape, List<String> classes, int count) {

    int size() {
        return shape.stream().reduce(1, Math::multiplyExact);
    }

    byte[] sample(int index) {
        var bytes = new byte[size()];
        new Random(index).nextBytes(bytes);
        return bytes;
    }

    int label(int index) {
        return index * 7 % classes.size();
    }

    Path write(Path directory) throws IOException {
        Files.createDirectories(directory);
        split(directory, "train", 1);
        split(directory, "test", count);
        Files.writeString(directory.resolve("manifest.json"), """
                {"format":"lossforge-packed","formatVersion":1,"kind":"images","shape":%s,"classes":[%s],
                 "splits":{"train":{"count":1,"inputs":"train-inputs.npy","labels":"train-labels.npy"},
                           "test":{"count":%d,"inputs":"test-inputs.npy","labels":"test-labels.npy"}}}""".formatted(
                        shape,
                        classes.stream()
                                .map(name -> "\"" + name.replace("\"", "\\\"") + "\"")
                                .collect(Collectors.joining(",")),
                        count));
        return directory;
    }

    private void split(Path directory, String name, int samples) throws IOException {
        try (var inputs = open(directory.resolve(name + "-inputs.npy"), "|u1", samples + ", " + joined());
                var labels = open(directory.resolve(name + "-labels.npy"), "<i4", samples + ",")) {
            var label = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < samples; i++) {
                inputs.write(sample(i));
                labels.write(label.putInt(0, label(i)).array());
            }
        }
    }

    private String joined() {
        return shape.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }

    private static OutputStream open(Path file, String type, String shape) throws IOException {
        var text = "{'descr': '%s', 'fortran_order': False, 'shape': (%s), }".formatted(type, shape);
        var header = "%-117s\n".formatted(text).getBytes(StandardCharsets.US_ASCII);
        var stream = new BufferedOutputStream(Files.newOutputStream(file));
        stream.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (byte) header.length, 0});
        stream.write(header);
        return stream;
    }
}
