package io.lossforge.worker;

import io.lossforge.storage.NoSuchBlob;
import io.lossforge.storage.Storage;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A blob as a local file, whose bytes are those that were stored. */
final class LocalCopy {

    private LocalCopy() {}

    /**
     * Makes one.
     *
     * @param sha256 of the bytes, hex
     * @return false, and there is no file, if the blob is gone or its bytes have changed
     * @throws UncheckedIOException if the storage is away
     */
    static boolean make(Storage storage, String key, String sha256, Path file) {
        try {
            storage.copyTo(key, file);
            if (sha256(file).equals(sha256)) {
                return true;
            }
            Files.delete(file);
            return false;
        } catch (NoSuchBlob e) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String sha256(Path file) throws IOException {
        try (InputStream bytes = Files.newInputStream(file)) {
            var digest = MessageDigest.getInstance("SHA-256");
            new DigestInputStream(bytes, digest).transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
