package io.lossforge.dataset;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The header of a NumPy file, versions 1 to 3.
 *
 * @param type null for texts
 * @param elementBytes of one element
 * @param length bytes before the data
 */
record NpyHeader(@Nullable ElementType type, int elementBytes, ByteOrder order, List<Long> shape, int length) {

    static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

    private static final int LONGEST = 1 << 16;
    private static final int LONGEST_TEXT = 4 * 1024;
    private static final Pattern TYPE = Pattern.compile("'descr'\\s*:\\s*'([<>|=])([a-zA-Z?])([0-9]{0,6})'");
    private static final Pattern ORDER = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
    private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([0-9, L]*)\\)");
    private static final Map<String, ElementType> TYPES = Map.ofEntries(
            Map.entry("b1", ElementType.BOOL),
            Map.entry("u1", ElementType.UINT8),
            Map.entry("i1", ElementType.INT8),
            Map.entry("u2", ElementType.UINT16),
            Map.entry("i2", ElementType.INT16),
            Map.entry("u4", ElementType.UINT32),
            Map.entry("i4", ElementType.INT32),
            Map.entry("u8", ElementType.UINT64),
            Map.entry("i8", ElementType.INT64),
            Map.entry("f4", ElementType.FLOAT32),
            Map.entry("f8", ElementType.FLOAT64));

    static boolean startsWithMagic(byte[] head) {
        return head.length >= MAGIC.length && java.util.Arrays.equals(head, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
    }

    /**
     * Reads the header and leaves the stream at the data.
     *
     * @throws IllegalArgumentException if it can't be read, or what it announces is not read here; the message says why
     */
    static NpyHeader read(InputStream in) throws IOException {
        var fixed = in.readNBytes(8);
        if (fixed.length < 8 || !startsWithMagic(fixed)) {
            throw new IllegalArgumentException("is not a NumPy file");
        }
        int sizeBytes = fixed[6] == 1 ? 2 : 4;
        if (fixed[6] < 1 || fixed[6] > 3) {
            throw new IllegalArgumentException("is a NumPy file of version %d; 1 to 3 are read".formatted(fixed[6]));
        }
        var size = in.readNBytes(sizeBytes);
        long length = 0;
        for (int i = size.length - 1; i >= 0; i--) {
            length = length << 8 | size[i] & 0xff;
        }
        if (size.length < sizeBytes || length > LONGEST) {
            throw new IllegalArgumentException("has a NumPy header cut off or longer than %d bytes".formatted(LONGEST));
        }
        var header = in.readNBytes((int) length);
        if (header.length < length) {
            throw new IllegalArgumentException("cut off: it ends inside of its NumPy header");
        }
        return parse(new String(header, StandardCharsets.UTF_8), 8 + sizeBytes + (int) length);
    }

    private static NpyHeader parse(String text, int length) {
        var order = ORDER.matcher(text);
        var shape = SHAPE.matcher(text);
        var type = TYPE.matcher(text);
        if (text.contains("'|O")) {
            throw new IllegalArgumentException("holds Python objects (pickle), which are not read; save numbers");
        }
        if (!order.find() || !shape.find() || !type.find()) {
            throw new IllegalArgumentException("has a NumPy header that can't be read, or an array of records");
        }
        var dimensions = dimensions(shape.group(1));
        if (order.group(1).equals("True") && dimensions.size() > 1) {
            throw new IllegalArgumentException("is in Fortran order; save numpy.ascontiguousarray(a)");
        }
        var bytes = type.group(1).equals(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        var name = type.group(2) + type.group(3);
        if (type.group(2).equals("U") && !type.group(3).isEmpty()) {
            int width = 4 * Integer.parseInt(type.group(3));
            if (width < 4 || width > LONGEST_TEXT) {
                throw new IllegalArgumentException(
                        "holds texts of %d bytes; at most %d".formatted(width, LONGEST_TEXT));
            }
            return new NpyHeader(null, width, bytes, dimensions, length);
        }
        var element = TYPES.get(name.equals("?") ? "b1" : name);
        if (element == null) {
            throw new IllegalArgumentException(
                    "has the element type %s; read are bool, int8–64, uint8–64, float32, float64 and str"
                            .formatted(name));
        }
        return new NpyHeader(element, element.bytes, bytes, dimensions, length);
    }

    private static List<Long> dimensions(String tuple) {
        var dimensions = new ArrayList<Long>();
        for (var dimension : tuple.replace("L", "").split(",")) {
            if (!dimension.isBlank()) {
                try {
                    dimensions.add(Long.parseLong(dimension.strip()));
                } catch (NumberFormatException e) {
                    throw new IllegalArgumentException("has a dimension of %s".formatted(Shown.name(dimension)));
                }
            }
        }
        return dimensions;
    }
}
