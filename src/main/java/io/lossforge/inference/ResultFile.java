package io.lossforge.inference;

import io.lossforge.training.TrainerEvent;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/** A gzipped text being written, and the hash of its bytes. */
final class ResultFile implements AutoCloseable {

    private static final int BUFFER = 1 << 16;

    private final Path file;
    private final MessageDigest digest;
    private final OutputStream stream;

    ResultFile(Path file) throws IOException {
        this.file = file;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
        stream =
                new Fast(new DigestOutputStream(new BufferedOutputStream(Files.newOutputStream(file), BUFFER), digest));
    }

    /** Rows repeat so much that more effort saves little. */
    private static final class Fast extends GZIPOutputStream {

        Fast(OutputStream out) throws IOException {
            super(out, BUFFER);
            def.setLevel(Deflater.BEST_SPEED);
        }
    }

    void write(CharSequence text) throws IOException {
        stream.write(text.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** Ends it. */
    TrainerEvent.OutputFile finish() throws IOException {
        stream.close();
        return new TrainerEvent.OutputFile(
                String.valueOf(file.getFileName()), HexFormat.of().formatHex(digest.digest()), Files.size(file));
    }

    @Override
    public void close() throws IOException {
        stream.close();
    }
}
