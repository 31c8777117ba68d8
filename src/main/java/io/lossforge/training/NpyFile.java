package io.lossforge.training;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A NumPy array file, mapped into memory: rows of equal length, as many mappings as its size takes. Format:
 * {@code numpy.lib.format}, versions 1 to 3, C order, little endian.
 */
public final class NpyFile {

    static final int MAPPING_BYTES = 1 << 30;

    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int LONGEST_HEADER = 1 << 16;
    private static final Pattern DESCR = Pattern.compile("['\"]descr['\"]\\s*:\\s*['\"]([^'\"]{1,8})['\"]");
    private static final Pattern ORDER = Pattern.compile("['\"]fortran_order['\"]\\s*:\\s*(True|False)");
    private static final Pattern SHAPE =
            Pattern.compile("['\"]shape['\"]\\s*:\\s*\\(\\s*((?:\\d{1,18}\\s*,?\\s*){1,16})\\)");

    /** The types of values that datasets are packed as. */
    public enum Type {
        UINT8("|u1", 1),
        INT32("<i4", 4),
        FLOAT32("<f4", 4);

        private final String descr;
        private final int bytes;

        Type(String descr, int bytes) {
            this.descr = descr;
            this.bytes = bytes;
        }
    }

    private final String name;
    private final long[] shape;
    private final int rowBytes;
    private final int rowsPerMapping;
    private final ByteBuffer[] mappings;

    private NpyFile(String name, long[] shape, int rowBytes, int rowsPerMapping, ByteBuffer[] mappings) {
        this.name = name;
        this.shape = shape;
        this.rowBytes = rowBytes;
        this.rowsPerMapping = rowsPerMapping;
        this.mappings = mappings;
    }

    /**
     * Opens a file of a known type.
     *
     * @throws MalformedDataset if the file is missing, or its header or length is not that of such an array
     */
    public static NpyFile open(Path file, Type type) throws IOException {
        return open(file, type, MAPPING_BYTES);
    }

    /**
     * Opens a file of a known type.
     *
     * @param mappingBytes greatest size of one mapping, at most {@link Integer#MAX_VALUE}; a row that is longer is refused
     * @throws MalformedDataset if the file is missing, or its header or length is not that of such an array
     */
    static NpyFile open(Path file, Type type, int mappingBytes) throws IOException {
        var name = String.valueOf(file.getFileName());
        if (!Files.isRegularFile(file)) {
            throw new MalformedDataset(name, "is missing");
        }
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            var header = header(channel, name);
            var shape = shape(header, type, name);
            long start = channel.position();
            long rowBytes = rowBytes(shape, type, mappingBytes, name);
            long bytes = product(shape[0], rowBytes, name);
            if (channel.size() - start != bytes) {
                throw new MalformedDataset(
                        name,
                        "shape %s of %s takes %d bytes of data, the file has %d"
                                .formatted(Arrays.toString(shape), type.descr, bytes, channel.size() - start));
            }
            int rowsPerMapping = (int) Math.min(Math.max(1, shape[0]), mappingBytes / rowBytes);
            var mappings = new ByteBuffer[(int) ((shape[0] + rowsPerMapping - 1) / rowsPerMapping)];
            for (int i = 0; i < mappings.length; i++) {
                long first = (long) i * rowsPerMapping;
                long rows = Math.min(rowsPerMapping, shape[0] - first);
                mappings[i] = channel.map(FileChannel.MapMode.READ_ONLY, start + first * rowBytes, rows * rowBytes)
                        .order(ByteOrder.LITTLE_ENDIAN);
            }
            return new NpyFile(name, shape, (int) rowBytes, rowsPerMapping, mappings);
        }
    }

    private static String header(FileChannel channel, String name) throws IOException {
        var start = read(channel, 8, name);
        if (!Arrays.equals(Arrays.copyOf(start.array(), MAGIC.length), MAGIC)) {
            throw new MalformedDataset(name, "is no .npy file");
        }
        int version = start.get(6);
        if (version < 1 || version > 3) {
            throw new MalformedDataset(name, ".npy version %d is not known".formatted(version));
        }
        int length = version == 1
                ? Short.toUnsignedInt(read(channel, 2, name).getShort())
                : read(channel, 4, name).getInt();
        if (length < 0 || length > LONGEST_HEADER) {
            throw new MalformedDataset(name, "header is too long");
        }
        return new String(read(channel, length, name).array(), StandardCharsets.ISO_8859_1);
    }

    private static ByteBuffer read(FileChannel channel, int length, String name) throws IOException {
        var bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes) < 0) {
                throw new MalformedDataset(name, "ends inside its header");
            }
        }
        return bytes.flip();
    }

    private static long[] shape(String header, Type type, String name) {
        var descr = DESCR.matcher(header);
        var order = ORDER.matcher(header);
        var shape = SHAPE.matcher(header);
        if (!descr.find() || !order.find() || !shape.find()) {
            throw new MalformedDataset(name, "header does not give descr, fortran_order and shape");
        }
        if (!descr.group(1).equals(type.descr)) {
            throw new MalformedDataset(name, "holds %s, expected %s".formatted(descr.group(1), type.descr));
        }
        if (!order.group(1).equals("False")) {
            throw new MalformedDataset(name, "is in Fortran order, expected C order");
        }
        return Arrays.stream(shape.group(1).trim().split("\\s*,\\s*"))
                .mapToLong(Long::parseLong)
                .toArray();
    }

    private static long rowBytes(long[] shape, Type type, int mappingBytes, String name) {
        long bytes = type.bytes;
        for (int i = 1; i < shape.length; i++) {
            bytes = product(bytes, shape[i], name);
        }
        if (bytes == 0 || bytes > mappingBytes) {
            throw new MalformedDataset(name, "one row of %d bytes can't be used".formatted(bytes));
        }
        return bytes;
    }

    private static long product(long left, long right, String name) {
        try {
            return Math.multiplyExact(left, right);
        } catch (ArithmeticException e) {
            throw new MalformedDataset(name, "shape is too large");
        }
    }

    /** Sizes, the number of rows first. */
    public long[] shape() {
        return shape.clone();
    }

    long rows() {
        return shape[0];
    }

    /** Bytes of one row. */
    public int rowBytes() {
        return rowBytes;
    }

    /** Copies one row. */
    public void read(int row, ByteBuffer target, int offset) {
        target.put(offset, mapping(row), rowStart(row), rowBytes);
    }

    /** Copies one row. */
    void read(int row, byte[] target) {
        mapping(row).get(rowStart(row), target, 0, rowBytes);
    }

    /** All values of a file of {@link Type#INT32} with one dimension. */
    int[] ints() {
        var values = new int[Math.toIntExact(rows())];
        int next = 0;
        for (var mapping : mappings) {
            var ints = mapping.asIntBuffer();
            int count = ints.remaining();
            ints.get(values, next, count);
            next += count;
        }
        return values;
    }

    private ByteBuffer mapping(int row) {
        return mappings[row / rowsPerMapping];
    }

    private int rowStart(int row) {
        return row % rowsPerMapping * rowBytes;
    }

    @Override
    public String toString() {
        return name + Map.of("shape", Arrays.toString(shape));
    }
}
