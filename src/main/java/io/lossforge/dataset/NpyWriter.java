package io.lossforge.dataset;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Writes a NumPy file whose length is known only at the end: the header has a fixed size and is filled in when all is written.
 * C order, little endian.
 */
final class NpyWriter implements AutoCloseable {

    /** Bytes before the data. */
    static final int HEADER = 128;

    private final Path file;
    private final FileChannel channel;
    private final OutputStream out;

    NpyWriter(Path file) {
        this.file = file;
        try {
            this.channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            this.out = new java.io.BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
            out.write(new byte[HEADER]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path file() {
        return file;
    }

    void write(byte[] bytes) throws IOException {
        out.write(bytes);
    }

    void write(byte[] bytes, int offset, int length) throws IOException {
        out.write(bytes, offset, length);
    }

    void writeInt(int value) throws IOException {
        out.write(value);
        out.write(value >> 8);
        out.write(value >> 16);
        out.write(value >> 24);
    }

    /**
     * Writes the header and closes.
     *
     * @param type NumPy's name of the element type, such as {@code |u1}
     */
    void finish(String type, List<Long> shape) throws IOException {
        out.flush();
        channel.write(ByteBuffer.wrap(header(type, shape)), 0);
        close();
    }

    /** Writes the header of a finished file anew. */
    static void writeHeader(Path file, String type, List<Long> shape) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(header(type, shape)), 0);
        }
    }

    private static byte[] header(String type, List<Long> shape) {
        var dimensions = shape.stream().map(String::valueOf).collect(Collectors.joining(", "));
        var text = "{'descr': '%s', 'fortran_order': False, 'shape': (%s%s), }"
                .formatted(type, dimensions, shape.size() == 1 ? "," : "");
        var header = ByteBuffer.allocate(HEADER).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        header.put((byte) 0x93)
                .put("NUMPY".getBytes(StandardCharsets.US_ASCII))
                .put((byte) 1)
                .put((byte) 0);
        header.putShort((short) (HEADER - 10));
        header.put("%-117s\n".formatted(text).getBytes(StandardCharsets.US_ASCII));
        return header.array();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
