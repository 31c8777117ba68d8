package io.lossforge.storage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Streams into files: measured, hashed and forced to the disk. */
final class Copies {

    private Copies() {}

    /**
     * Writes the stream into a file that is there.
     *
     * @throws BlobTooLarge if there is more than {@code maxBytes}
     */
    static Stored write(String key, InputStream bytes, Path file, long maxBytes) throws IOException {
        var sha256 = sha256();
        long total = 0;
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            var buffer = new byte[1 << 16];
            for (int read = bytes.read(buffer); read >= 0; read = bytes.read(buffer)) {
                total += read;
                if (total > maxBytes) {
                    throw new BlobTooLarge(key, maxBytes);
                }
                sha256.update(buffer, 0, read);
                var chunk = ByteBuffer.wrap(buffer, 0, read);
                while (chunk.hasRemaining()) {
                    channel.write(chunk);
                }
            }
            channel.force(true);
        }
        return new Stored(key, total, HexFormat.of().formatHex(sha256.digest()));
    }

    /** Copies the stream to the target by way of a temporary file beside it. */
    static void copy(InputStream bytes, Path target) throws IOException {
        var absolute = target.toAbsolutePath();
        var directory = absolute.getParent();
        Files.createDirectories(directory);
        var temporary = Files.createTempFile(directory, ".copy", "");
        try {
            write("", bytes, temporary, Long.MAX_VALUE);
            Files.move(temporary, absolute, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
