package io.lossforge.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Arrays in the safetensors format (Hugging Face, {@code safetensors/README.md}): 8 bytes with the length of a JSON header, the header, then
 * the raw little-endian values.
 */
final class SafeTensors {

    private static final String METADATA = "__metadata__";
    private static final int LONGEST_HEADER = 100_000_000;
    private static final Map<DataType, String> TYPES = Map.of(
            DataType.FLOAT32, "F32",
            DataType.FLOAT64, "F64",
            DataType.INT64, "I64",
            DataType.INT32, "I32",
            DataType.UINT8, "U8");

    /** @param sha256 of the file, hex */
    record Written(String sha256, long bytes) {}

    /** @param metadata texts by name */
    record Content(Map<String, String> metadata, Map<String, NDArray> arrays) {}

    private SafeTensors() {}

    /** Writes a file that is there as a whole, flushed to the disk, or not at all. */
    static Written write(Path file, Map<String, NDArray> arrays, Map<String, String> metadata) throws IOException {
        var directory = file.toAbsolutePath().resolveSibling(".");
        return write(directory, sha256 -> file.getFileName().toString(), arrays, metadata);
    }

    /**
     * Like {@link #write(Path, Map, Map)}, into a file whose name may hold the hash of its bytes.
     *
     * @param name of the file, from its SHA-256 in hex
     */
    static Written write(
            Path directory, UnaryOperator<String> name, Map<String, NDArray> arrays, Map<String, String> metadata)
            throws IOException {
        var temporary = directory.resolve(name.apply("") + ".partial");
        try {
            var written = writeAll(temporary, arrays, metadata);
            Files.move(
                    temporary,
                    directory.resolve(name.apply(written.sha256())),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
            try (var opened = FileChannel.open(directory)) {
                opened.force(true);
            }
            return written;
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static Written writeAll(Path file, Map<String, NDArray> arrays, Map<String, String> metadata)
            throws IOException {
        var digest = Digests.sha256();
        try (var channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            var header = header(arrays, metadata);
            write(channel, digest, length(header.length));
            write(channel, digest, ByteBuffer.wrap(header));
            for (var array : arrays.values()) {
                write(channel, digest, Weights.bytes(array));
            }
            channel.force(true);
            return new Written(Digests.hex(digest), channel.position());
        }
    }

    private static ByteBuffer length(long length) {
        return ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(length)
                .flip();
    }

    private static void write(FileChannel channel, MessageDigest digest, ByteBuffer bytes) throws IOException {
        digest.update(bytes.duplicate());
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private static byte[] header(Map<String, NDArray> arrays, Map<String, String> metadata) {
        var header = JsonMapper.shared().createObjectNode();
        var texts = header.putObject(METADATA);
        metadata.forEach(texts::put);
        long offset = 0;
        for (var entry : arrays.entrySet()) {
            var array = entry.getValue();
            var type = TYPES.get(array.getDataType());
            if (type == null) {
                throw new IllegalArgumentException(entry.getKey() + " is of type " + array.getDataType());
            }
            var json = header.putObject(entry.getKey());
            json.put("dtype", type);
            var shape = json.putArray("shape");
            for (long size : array.getShape().getShape()) {
                shape.add(size);
            }
            long end = offset + array.size() * array.getDataType().getNumOfBytes();
            json.putArray("data_offsets").add(offset).add(end);
            offset = end;
        }
        var bytes = JsonMapper.shared().writeValueAsBytes(header);
        var padded = new byte[(bytes.length + 7) / 8 * 8];
        Arrays.fill(padded, (byte) ' ');
        System.arraycopy(bytes, 0, padded, 0, bytes.length);
        return padded;
    }

    /**
     * Reads a file.
     *
     * @param manager owner of the arrays, which are on its device
     * @throws IOException if the file is missing, cut short or not in this format
     */
    static Content read(Path file, NDManager manager) throws IOException {
        try (var channel = FileChannel.open(file)) {
            long headerLength = read(channel, Long.BYTES).getLong();
            if (headerLength < 2 || headerLength > Math.min(LONGEST_HEADER, channel.size() - Long.BYTES)) {
                throw new IOException("no safetensors file");
            }
            var header = JsonMapper.shared()
                    .readTree(new String(read(channel, (int) headerLength).array(), StandardCharsets.UTF_8));
            var metadata = new LinkedHashMap<String, String>();
            var arrays = new LinkedHashMap<String, NDArray>();
            header.path(METADATA).forEachEntry((name, value) -> metadata.put(name, value.asString("")));
            long start = Long.BYTES + headerLength;
            header.forEachEntry((name, json) -> {
                if (!name.equals(METADATA)) {
                    arrays.put(name, array(channel, start, json, manager));
                }
            });
            return new Content(metadata, arrays);
        } catch (JacksonException | IllegalArgumentException | ArithmeticException e) {
            throw new IOException("no safetensors file", e);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static NDArray array(FileChannel channel, long start, JsonNode json, NDManager manager) {
        var type = TYPES.entrySet().stream()
                .filter(entry -> entry.getValue().equals(json.path("dtype").asString("")))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("unknown type"));
        long bytes = type.getNumOfBytes();
        var sizes = new long[json.path("shape").size()];
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = json.path("shape").path(i).asLong(-1);
            if (sizes[i] < 0 || sizes[i] > Integer.MAX_VALUE) {
                throw new IllegalArgumentException("shape");
            }
            bytes = Math.multiplyExact(bytes, sizes[i]);
        }
        long from = json.path("data_offsets").path(0).asLong(-1);
        if (from < 0 || json.path("data_offsets").path(1).asLong(-1) != from + bytes || bytes > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("offsets");
        }
        try {
            channel.position(Math.addExact(start, from));
            var values = ByteBuffer.allocateDirect((int) bytes).order(ByteOrder.LITTLE_ENDIAN);
            fill(channel, values);
            try (var view = manager.create(values, new Shape(sizes), type)) {
                return view.duplicate();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ByteBuffer read(FileChannel channel, int length) throws IOException {
        var bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        fill(channel, bytes);
        return bytes;
    }

    private static void fill(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            if (channel.read(bytes) < 0) {
                throw new IOException("file is cut short");
            }
        }
        bytes.flip();
    }
}
