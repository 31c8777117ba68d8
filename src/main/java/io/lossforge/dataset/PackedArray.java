package io.lossforge.dataset;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.IntUnaryOperator;

/** Reads a NumPy file that {@link NpyWriter} wrote, row by row. */
final class PackedArray {

    private PackedArray() {}

    /** The data of all rows, for the caller to close. */
    static InputStream rows(Path file) throws IOException {
        var in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
        in.skipNBytes(NpyWriter.HEADER);
        return in;
    }

    /** One row. */
    static byte[] row(FileChannel file, int rowBytes, long index) throws IOException {
        var row = ByteBuffer.allocate(rowBytes);
        long at = NpyWriter.HEADER + index * rowBytes;
        while (row.hasRemaining()) {
            if (file.read(row, at + row.position()) < 0) {
                throw new DamagedDataset("a packed array ends before row %d".formatted(index));
            }
        }
        return row.array();
    }

    /** A label from a stream of them. */
    static int nextLabel(InputStream labels) throws IOException {
        return ByteBuffer.wrap(labels.readNBytes(Integer.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN)
                .getInt();
    }

    /** Writes the labels anew, each as the function says. */
    static void relabel(Path from, Path to, long count, IntUnaryOperator label) throws IOException {
        try (var in = rows(from);
                var out = new NpyWriter(to)) {
            for (long i = 0; i < count; i++) {
                out.writeInt(label.applyAsInt(nextLabel(in)));
            }
            out.finish("<i4", java.util.List.of(count));
        }
    }
}
