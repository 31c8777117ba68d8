package io.lossforge.dataset;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A tar, plain or gzipped, read as a stream: POSIX (pax), GNU and old ones. Unlike Commons Compress it bounds the long names it holds in
 * memory and keeps the bytes of names, so that one that is not UTF-8 is refused and not guessed.
 */
final class TarArchive implements Archive {

    private static final int BLOCK = 512;
    private static final int LONGEST_NAME = 1 << 16;

    private final Source source;
    private final Unpacking unpacking;

    TarArchive(Source source, Unpacking unpacking) {
        this.source = source;
        this.unpacking = unpacking;
    }

    /** Whether the first bytes are a tar's first header. */
    static boolean looksLike(byte[] head) {
        return head.length >= BLOCK && head[0] != 0 && checksumIsRight(head);
    }

    /** What extended headers say of the entry after them. */
    private static final class Extended {
        private byte @Nullable [] name;
        private long size = -1;
    }

    @Override
    public void each(Visitor visitor) throws IOException {
        try (var in = source.open(unpacking)) {
            var extended = new Extended();
            while (true) {
                var header = in.readNBytes(BLOCK);
                if (header.length == 0 || header.length == BLOCK && isEmpty(header)) {
                    return;
                }
                if (header.length < BLOCK) {
                    throw source.refused("cut off: this tar ends inside of a header");
                }
                if (!checksumIsRight(header)) {
                    throw source.refused("damaged: a header of this tar has a wrong checksum");
                }
                if (isExtension(header[156])) {
                    extend(in, header, extended);
                } else {
                    unpacking.entry(source);
                    if (!visit(in, header, extended, visitor)) {
                        return;
                    }
                    extended = new Extended();
                }
            }
        }
    }

    private static boolean isExtension(byte type) {
        return type == 'L' || type == 'K' || type == 'x' || type == 'g';
    }

    private void extend(InputStream in, byte[] header, Extended extended) throws IOException {
        long size = number(header, 124, 12);
        if (size > LONGEST_NAME) {
            throw source.refused("a header of %d bytes in this tar; at most %d are read".formatted(size, LONGEST_NAME));
        }
        var data = in.readNBytes((int) size);
        in.skipNBytes(padding(size));
        if (header[156] == 'L') {
            extended.name = untilZero(data, 0, data.length);
        } else if (header[156] == 'x') {
            readRecords(data, extended);
        }
    }

    /** Records of {@code "length key=value\n"}. */
    private void readRecords(byte[] data, Extended extended) {
        for (int at = 0; at < data.length && data[at] != 0; ) {
            int space = at;
            int length = 0;
            while (space < data.length && data[space] >= '0' && data[space] <= '9' && length <= LONGEST_NAME) {
                length = length * 10 + data[space++] - '0';
            }
            if (length < 5 || space >= data.length || data[space] != ' ' || length > data.length - at) {
                throw source.refused("damaged: an extended header of this tar can't be read");
            }
            var record = Arrays.copyOfRange(data, space + 1, Math.max(space + 1, at + length - 1));
            var text = new String(record, StandardCharsets.ISO_8859_1);
            if (text.startsWith("path=")) {
                extended.name = Arrays.copyOfRange(record, 5, record.length);
            } else if (text.startsWith("size=")) {
                extended.size = size(text.substring(5));
            } else if (text.startsWith("GNU.sparse.")) {
                throw source.refused("has a sparse file; pack it again without");
            }
            at += length;
        }
    }

    private long size(String digits) {
        try {
            return Math.max(0, Long.parseLong(digits));
        } catch (NumberFormatException e) {
            throw source.refused("damaged: a size in this tar is no number");
        }
    }

    private boolean visit(InputStream in, byte[] header, Extended extended, Visitor visitor) throws IOException {
        var name = extended.name != null ? extended.name : name(header);
        var path = Archive.path(source, name);
        byte type = header[156];
        boolean isDirectory = type == '5' || name.length > 0 && name[name.length - 1] == '/';
        if (!isDirectory && type != '0' && type != 0 && type != '7') {
            throw source.refused(path, kind(type));
        }
        long size = extended.size >= 0 ? extended.size : number(header, 124, 12);
        var content = new Bounded(in, size, path);
        if (!path.isEmpty() && !visitor.visit(new TarEntry(path, isDirectory, content))) {
            return false;
        }
        content.finish();
        if (in.skip(padding(size)) < padding(size)) {
            throw source.refused(path, "cut off: this tar ends too early");
        }
        return true;
    }

    private static String kind(byte type) {
        return switch (type) {
            case '1' -> "is a hard link";
            case '2' -> "is a symbolic link";
            case '3', '4' -> "is a device";
            default -> "is neither a file nor a folder";
        };
    }

    private record TarEntry(String path, boolean isDirectory, InputStream content) implements Entry {
        @Override
        public InputStream open() {
            return content;
        }
    }

    /** Data of one entry. Closing it leaves the tar open. */
    private final class Bounded extends InputStream {

        private final InputStream in;
        private final String path;
        private long left;

        Bounded(InputStream in, long size, String path) {
            this.in = in;
            this.left = size;
            this.path = path;
        }

        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            if (left == 0) {
                return -1;
            }
            int read = in.read(into, offset, (int) Math.min(length, left));
            if (read < 0) {
                throw source.refused(path, "cut off: this tar ends too early");
            }
            left -= read;
            return read;
        }

        void finish() throws IOException {
            var buffer = new byte[1 << 15];
            while (left > 0) {
                read(buffer, 0, buffer.length);
            }
        }
    }

    private static long padding(long size) {
        return (BLOCK - size % BLOCK) % BLOCK;
    }

    private static byte[] name(byte[] header) {
        var name = untilZero(header, 0, 100);
        boolean posix = header[257] == 'u' && header[261] == 'r' && header[262] == 0;
        var prefix = posix ? untilZero(header, 345, 155) : new byte[0];
        if (prefix.length == 0) {
            return name;
        }
        var whole = Arrays.copyOf(prefix, prefix.length + 1 + name.length);
        whole[prefix.length] = '/';
        System.arraycopy(name, 0, whole, prefix.length + 1, name.length);
        return whole;
    }

    private static byte[] untilZero(byte[] bytes, int from, int length) {
        int end = from;
        while (end < from + length && bytes[end] != 0) {
            end++;
        }
        return Arrays.copyOfRange(bytes, from, end);
    }

    /** Octal digits, or GNU's binary form for large values. */
    private long number(byte[] header, int at, int length) {
        if ((header[at] & 0x80) != 0) {
            long value = header[at] & 0x3f;
            for (int i = at + 1; i < at + length; i++) {
                if (value >> 54 != 0) {
                    throw source.refused("damaged: a size in this tar is too large");
                }
                value = value << 8 | header[i] & 0xff;
            }
            return value;
        }
        return octal(header, at, length);
    }

    private static long octal(byte[] header, int at, int length) {
        long value = 0;
        for (int i = at; i < at + length; i++) {
            if (header[i] >= '0' && header[i] <= '7') {
                value = value * 8 + header[i] - '0';
            }
        }
        return value;
    }

    private static boolean isEmpty(byte[] header) {
        for (byte value : header) {
            if (value != 0) {
                return false;
            }
        }
        return true;
    }

    private static boolean checksumIsRight(byte[] header) {
        long sum = 0;
        for (int i = 0; i < BLOCK; i++) {
            sum += i >= 148 && i < 156 ? ' ' : header[i] & 0xff;
        }
        return sum == octal(header, 148, 8);
    }
}
