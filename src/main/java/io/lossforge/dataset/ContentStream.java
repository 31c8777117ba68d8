package io.lossforge.dataset;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.ZipException;

/** Unpacked bytes of a source, counted; what is wrong with their compression becomes a refusal that names the place. */
class ContentStream extends FilterInputStream {

    private final Source source;
    private final String where;
    private final Unpacking unpacking;

    /**
     * Watches a stream.
     *
     * @param where the entry of an archive; empty for the source itself
     */
    ContentStream(InputStream in, Source source, String where, Unpacking unpacking) {
        super(in);
        this.source = source;
        this.where = where;
        this.unpacking = unpacking;
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        try {
            int read = in.read(into, offset, length);
            if (read > 0) {
                unpacking.unpacked(source, read);
            }
            return read;
        } catch (EOFException e) {
            throw source.refused(where, "cut off: its compressed data ends too early");
        } catch (ZipException e) {
            throw source.refused(where, "damaged: its compressed data can't be unpacked");
        }
    }

    @Override
    public long skip(long bytes) throws IOException {
        var buffer = new byte[(int) Math.min(bytes, 1 << 16)];
        long skipped = 0;
        while (skipped < bytes) {
            int read = read(buffer, 0, (int) Math.min(buffer.length, bytes - skipped));
            if (read < 0) {
                break;
            }
            skipped += read;
        }
        return skipped;
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
