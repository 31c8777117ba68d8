package io.lossforge.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;

/** Secrets that only the user who runs the service can read. */
final class OwnerOnly {

    private OwnerOnly() {}

    /** A new file beside others; the JDK makes temporary files readable by their owner only. */
    static Path temporaryFile(Path directory) throws IOException {
        return Files.createTempFile(directory, "new", "");
    }

    /** 256 random bits in hexadecimal. */
    static String randomText() {
        var bytes = new byte[32];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
