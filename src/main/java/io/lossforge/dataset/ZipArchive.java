package io.lossforge.dataset;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.zip.CRC32;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;

/**
 * A zip, read from its central directory entry by entry. The JDK and Commons Compress hold the whole directory in memory, which an
 * upload of millions of entries would fill; they also guess names that are not UTF-8, and the JDK hides what is a link.
 */
final class ZipArchive implements Archive {

    private static final int END = 22;
    private static final int LONGEST_COMMENT = 0xffff;
    private static final int END_SIGNATURE = 0x06054b50;
    private static final int END64_SIGNATURE = 0x06064b50;
    private static final int LOCATOR64_SIGNATURE = 0x07064b50;
    private static final int CENTRAL_SIGNATURE = 0x02014b50;
    private static final int LOCAL_SIGNATURE = 0x04034b50;

    private final Source source;
    private final Unpacking unpacking;

    ZipArchive(Source source, Unpacking unpacking) {
        this.source = source;
        this.unpacking = unpacking;
    }

    /** Where the central directory is. */
    private record Directory(long entries, long offset, long size) {}

    @Override
    public void each(Visitor visitor) throws IOException {
        try (var file = FileChannel.open(source.path())) {
            walk(file, visitor);
        }
    }

    /**
     * The content of one entry, for the caller to close.
     *
     * @throws RefusedUpload if there is none of that path
     */
    InputStream open(String path) throws IOException {
        var file = FileChannel.open(source.path());
        try {
            var found = new ArrayList<Entry>();
            walk(file, entry -> {
                if (entry.path().equals(path)) {
                    found.add(entry);
                }
                return found.isEmpty();
            });
            if (found.isEmpty()) {
                throw source.refused(path, "is not in the archive");
            }
            return new FilterInputStream(found.get(0).open()) {
                @Override
                public void close() throws IOException {
                    super.close();
                    file.close();
                }
            };
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private void walk(FileChannel file, Visitor visitor) throws IOException {
        var directory = directory(file);
        unpacking.checkEntries(source, directory.entries());
        var start = new Range(file, directory.offset(), file.size() - directory.offset());
        var in = new DataInputStream(new BufferedInputStream(start, 1 << 16));
        for (long i = 0; i < directory.entries(); i++) {
            var entry = next(in, file);
            if (!entry.path().isEmpty() && !visitor.visit(entry)) {
                return;
            }
        }
    }

    private RefusedUpload damaged() {
        return source.refused("damaged: the directory of this zip can't be read");
    }

    private Directory directory(FileChannel file) throws IOException {
        long size = file.size();
        int length = (int) Math.min(size, END + LONGEST_COMMENT);
        var tail = read(file, size - length, length);
        for (int at = length - END; at >= 0; at--) {
            if (tail.getInt(at) == END_SIGNATURE && at + END + (tail.getShort(at + 20) & 0xffff) <= length) {
                return directory(file, tail, at, size - length + at);
            }
        }
        throw source.refused("cut off or damaged: the directory at the end of this zip is missing");
    }

    private Directory directory(FileChannel file, ByteBuffer tail, int at, long end) throws IOException {
        long entries = tail.getShort(at + 10) & 0xffff;
        long size = tail.getInt(at + 12) & 0xffffffffL;
        long offset = tail.getInt(at + 16) & 0xffffffffL;
        if (at >= 20 && tail.getInt(at - 20) == LOCATOR64_SIGNATURE) {
            var end64 = read(file, tail.getLong(at - 12), 56);
            if (end64.getInt(0) != END64_SIGNATURE) {
                throw damaged();
            }
            entries = end64.getLong(32);
            size = end64.getLong(40);
            offset = end64.getLong(48);
        }
        if (entries < 0 || offset < 0 || size < 0 || offset > end - size) {
            throw damaged();
        }
        return new Directory(entries, offset, size);
    }

    private ByteBuffer read(FileChannel file, long position, int length) throws IOException {
        var buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (position < 0 || file.read(buffer, position + buffer.position()) < 0) {
                throw damaged();
            }
        }
        return buffer.flip();
    }

    private ZipEntry next(DataInputStream in, FileChannel file) throws IOException {
        try {
            return read(in, file);
        } catch (EOFException e) {
            throw damaged();
        }
    }

    private ZipEntry read(DataInputStream in, FileChannel file) throws IOException {
        var fixed = ByteBuffer.allocate(46).order(ByteOrder.LITTLE_ENDIAN);
        in.readFully(fixed.array());
        if (fixed.getInt(0) != CENTRAL_SIGNATURE) {
            throw damaged();
        }
        var name = new byte[fixed.getShort(28) & 0xffff];
        var extra = new byte[fixed.getShort(30) & 0xffff];
        in.readFully(name);
        in.readFully(extra);
        in.skipNBytes(fixed.getShort(32) & 0xffff);
        var path = Archive.path(source, name);
        int mode = fixed.getInt(38) >>> 16 & 0xf000;
        if (mode != 0 && mode != 0x8000 && mode != 0x4000) {
            throw source.refused(path, mode == 0xa000 ? "is a symbolic link" : "is neither a file nor a folder");
        }
        if ((fixed.getShort(8) & 1) != 0) {
            throw source.refused(path, "is encrypted");
        }
        var sizes = new Sizes(fixed, ByteBuffer.wrap(extra).order(ByteOrder.LITTLE_ENDIAN));
        boolean isDirectory =
                mode == 0x4000 || name.length > 0 && (name[name.length - 1] == '/' || name[name.length - 1] == '\\');
        return new ZipEntry(path, isDirectory, fixed.getShort(10), fixed.getInt(16), sizes, file);
    }

    /** Sizes and place of an entry, which may be in its zip64 field. */
    private static final class Sizes {

        final long unpacked;
        final long packed;
        final long offset;

        Sizes(ByteBuffer fixed, ByteBuffer extra) {
            var wide = zip64(extra);
            this.unpacked = size(fixed, 24, wide);
            this.packed = size(fixed, 20, wide);
            this.offset = size(fixed, 42, wide);
        }

        private static ByteBuffer zip64(ByteBuffer extra) {
            while (extra.remaining() >= 4) {
                int id = extra.getShort();
                int length = extra.getShort() & 0xffff;
                if (length > extra.remaining()) {
                    break;
                }
                if (id == 1) {
                    return extra.slice(extra.position(), length).order(ByteOrder.LITTLE_ENDIAN);
                }
                extra.position(extra.position() + length);
            }
            return ByteBuffer.allocate(0);
        }

        private static long size(ByteBuffer fixed, int at, ByteBuffer wide) {
            long value = fixed.getInt(at) & 0xffffffffL;
            return value == 0xffffffffL && wide.remaining() >= 8 ? wide.getLong() : value;
        }
    }

    private final class ZipEntry implements Entry {

        private final String path;
        private final boolean directory;
        private final int method;
        private final int checksum;
        private final Sizes sizes;
        private final FileChannel file;

        ZipEntry(String path, boolean directory, int method, int checksum, Sizes sizes, FileChannel file) {
            this.path = path;
            this.directory = directory;
            this.method = method;
            this.checksum = checksum;
            this.sizes = sizes;
            this.file = file;
        }

        @Override
        public String path() {
            return path;
        }

        @Override
        public boolean isDirectory() {
            return directory;
        }

        @Override
        public InputStream open() throws IOException {
            var local = read(file, sizes.offset, 30);
            if (local.getInt(0) != LOCAL_SIGNATURE) {
                throw damaged();
            }
            long start = sizes.offset + 30 + (local.getShort(26) & 0xffff) + (local.getShort(28) & 0xffff);
            if (sizes.packed < 0 || sizes.unpacked < 0 || start > file.size() - sizes.packed) {
                throw source.refused(path, "cut off: its data does not end in the file");
            }
            var packed = new Range(file, start, sizes.packed);
            InputStream content = switch (method) {
                case 0 -> packed;
                case 8 -> inflated(packed);
                default ->
                    throw source.refused(
                            path, "is packed by method %d; only stored and deflated are read".formatted(method));
            };
            return new Checked(new ContentStream(content, source, path, unpacking));
        }

        private InputStream inflated(InputStream packed) {
            var inflater = new Inflater(true);
            // the extra byte is what Inflater wants at the end of raw data
            var input = new java.io.SequenceInputStream(packed, new ByteArrayInputStream(new byte[1]));
            return new InflaterInputStream(input, inflater, (int) Math.min(Math.max(sizes.packed, 64), 1 << 15)) {
                @Override
                public void close() throws IOException {
                    super.close();
                    inflater.end();
                }
            };
        }

        /** Checks size and checksum when the end is reached. */
        private final class Checked extends FilterInputStream {

            private final CRC32 crc = new CRC32();
            private long size;

            Checked(InputStream in) {
                super(in);
            }

            @Override
            public int read() throws IOException {
                var one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                int read = in.read(into, offset, length);
                if (read > 0) {
                    crc.update(into, offset, read);
                    size += read;
                }
                if (size > sizes.unpacked || read < 0 && (size < sizes.unpacked || (int) crc.getValue() != checksum)) {
                    throw source.refused(path, "damaged: size or checksum is not what the zip says");
                }
                return read;
            }

            @Override
            public long skip(long bytes) throws IOException {
                var skipped = readNBytes((int) Math.min(bytes, 1 << 16)); // read, so that the checksum has all of it
                return skipped.length;
            }
        }
    }

    /** A part of a file. Closing it leaves the file open. */
    private static final class Range extends InputStream {

        private final FileChannel file;
        private long position;
        private long left;

        Range(FileChannel file, long position, long length) {
            this.file = file;
            this.position = position;
            this.left = length;
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
            int read = file.read(ByteBuffer.wrap(into, offset, (int) Math.min(length, left)), position);
            position += Math.max(read, 0);
            left -= Math.max(read, 0);
            return read;
        }
    }
}
