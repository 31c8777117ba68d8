package io.lossforge.dataset;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/**
 * One file as it was sent.
 *
 * @param pointer to the part of the request, such as {@code /file}
 * @param name as the sender calls it; says nothing about the content
 * @param path where it lies now
 */
record Source(String pointer, String name, Path path) {

    private static final int BUFFER = 1 << 16;

    /** The refusal of this file. */
    RefusedUpload refused(String detail) {
        return new RefusedUpload(pointer, "%s: %s".formatted(Shown.name(name), detail));
    }

    /** The refusal of an entry of this file; an empty entry stands for the file. */
    RefusedUpload refused(String entry, String detail) {
        return entry.isEmpty() ? refused(detail) : refused("%s: %s".formatted(Shown.name(entry), detail));
    }

    boolean isGzip() throws IOException {
        try (var in = Files.newInputStream(path)) {
            return in.read() == 0x1f && in.read() == 0x8b;
        }
    }

    /**
     * The first bytes of the content, unpacked where it is gzip; fewer where it is shorter or can't be unpacked.
     *
     * @param length at most
     */
    byte[] head(int length) throws IOException {
        try (var in = raw()) {
            var head = new byte[length];
            int filled = 0;
            try {
                for (int read = 0; read >= 0 && filled < length; filled += Math.max(read, 0)) {
                    read = in.read(head, filled, length - filled);
                }
            } catch (java.io.EOFException | java.util.zip.ZipException e) {
                // what came before it tells the format; reading it all will say what is wrong
            }
            return java.util.Arrays.copyOf(head, filled);
        } catch (java.io.EOFException | java.util.zip.ZipException e) {
            return new byte[0];
        }
    }

    /** The content, unpacked where it is gzip, for the caller to close. */
    InputStream open(Unpacking unpacking) throws IOException {
        try {
            return new BufferedInputStream(new ContentStream(raw(), this, "", unpacking), BUFFER);
        } catch (java.io.EOFException | java.util.zip.ZipException e) {
            throw refused("damaged: starts like gzip and is none");
        }
    }

    private InputStream raw() throws IOException {
        var file = Files.newInputStream(path);
        try {
            return isGzip() ? new GZIPInputStream(file, BUFFER) : file;
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }
}
