package io.lossforge.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.lossforge.analysis.SplitLogits;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a trained network says about the samples of each split. On disk a safetensors file: {@code <split>/logits} float32
 * {@code [samples, classes]} and {@code <split>/labels} int32 {@code [samples]}, of as many samples as
 * {@link io.lossforge.analysis.LearningProperties#MOST_LOGITS} allows; {@code test/predicted} and {@code test/actual} int32 of all test
 * samples in the dataset's order, so that two jobs on one dataset version can be compared sample by sample. Reading needs no engine.
 *
 * @param splits in the order train, validation, test, those that there are
 * @param testPredicted class of the largest logit of each test sample; empty without a test split
 * @param testActual label of each test sample
 */
public record Outputs(List<SplitLogits> splits, int[] testPredicted, int[] testActual) {

    static final String FILE = "outputs.safetensors";

    private static final String PREDICTED = "test/predicted";
    private static final String ACTUAL = "test/actual";
    private static final String NONE = "no outputs of a job";
    private static final int LONGEST_HEADER = 1 << 16;
    private static final int MOST_BYTES = 1 << 30;

    /** That of one split, if there is one. */
    public Optional<SplitLogits> split(String name) {
        return splits.stream().filter(split -> split.split().equals(name)).findFirst();
    }

    SafeTensors.Written write(Path directory, NDManager manager) throws IOException {
        try (var scope = manager.newSubManager()) {
            var arrays = new LinkedHashMap<String, NDArray>();
            var metadata = new LinkedHashMap<String, String>();
            for (var split : splits) {
                arrays.put(
                        split.split() + "/logits",
                        scope.create(split.logits(), new Shape(split.labels().length, split.classes())));
                arrays.put(split.split() + "/labels", scope.create(split.labels()));
                metadata.put(split.split() + "/samples", Long.toString(split.samples()));
            }
            if (testPredicted.length > 0) {
                arrays.put(PREDICTED, scope.create(testPredicted));
                arrays.put(ACTUAL, scope.create(testActual));
            }
            return SafeTensors.write(directory.resolve(FILE), arrays, metadata);
        }
    }

    /**
     * Which test samples the file says are right, in the dataset's order; nothing of the logits is read.
     *
     * @return null without a test split
     * @throws IOException if the file is missing or cut short, or is no such file
     */
    public static @Nullable BitSet testCorrect(Path file) throws IOException {
        try (var stream = Files.newInputStream(file)) {
            var header = header(stream);
            if (!header.has(PREDICTED)) {
                return null;
            }
            long from = from(header, PREDICTED);
            int length = Math.toIntExact(from(header, ACTUAL) - from); // the two are written one after the other
            stream.skipNBytes(from);
            var predicted = bytes(stream, length).asIntBuffer();
            var actual = bytes(stream, length).asIntBuffer();
            var correct = new BitSet();
            for (int i = 0; i < actual.limit(); i++) {
                correct.set(i, predicted.get(i) == actual.get(i));
            }
            return correct;
        } catch (JacksonException | IllegalArgumentException | ArithmeticException e) {
            throw new IOException(NONE, e);
        }
    }

    /**
     * Reads what a job wrote.
     *
     * @throws IOException if the stream is cut short, or is no such file
     */
    public static Outputs read(InputStream stream) throws IOException {
        try {
            var header = header(stream);
            var values = ByteBuffer.wrap(stream.readNBytes(MOST_BYTES)).order(ByteOrder.LITTLE_ENDIAN);
            return of(header, values);
        } catch (JacksonException | IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new IOException(NONE, e);
        }
    }

    private static JsonNode header(InputStream stream) throws IOException {
        long length = bytes(stream, Long.BYTES).getLong();
        if (length < 2 || length > LONGEST_HEADER) {
            throw new IOException(NONE);
        }
        return JsonMapper.shared()
                .readTree(new String(bytes(stream, (int) length).array(), StandardCharsets.UTF_8));
    }

    private static ByteBuffer bytes(InputStream stream, int count) throws IOException {
        var bytes = stream.readNBytes(count);
        if (bytes.length < count) {
            throw new EOFException("outputs of a job are cut short");
        }
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static Outputs of(JsonNode header, ByteBuffer values) {
        var splits = new ArrayList<SplitLogits>();
        for (var split : List.of("train", "validation", "test")) {
            if (header.has(split + "/logits")) {
                var part = part(header, split + "/logits", values);
                var logits = new float[part.remaining() / Float.BYTES];
                part.asFloatBuffer().get(logits);
                splits.add(new SplitLogits(
                        split,
                        logits,
                        ints(header, split + "/labels", values),
                        header.path("__metadata__").path(split + "/samples").asLong(0)));
            }
        }
        return new Outputs(splits, ints(header, PREDICTED, values), ints(header, ACTUAL, values));
    }

    private static int[] ints(JsonNode header, String name, ByteBuffer values) {
        if (!header.has(name)) {
            return new int[0];
        }
        var part = part(header, name, values);
        var ints = new int[part.remaining() / Integer.BYTES];
        part.asIntBuffer().get(ints);
        return ints;
    }

    private static ByteBuffer part(JsonNode header, String name, ByteBuffer values) {
        int from = Math.toIntExact(from(header, name));
        int to = header.path(name).path("data_offsets").path(1).asInt(-1);
        return values.slice(from, to - from).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static long from(JsonNode header, String name) {
        return header.path(name).path("data_offsets").path(0).asLong(-1);
    }
}
