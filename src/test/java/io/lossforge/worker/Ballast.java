package io.lossforge.worker;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Leaves no room on a disk, not even what others give back meanwhile, until it is removed. */
final class Ballast {

    private static final byte[] PIECE = new byte[4096];

    private final Path file;
    private final FileOutputStream output;
    private final ScheduledExecutorService filling = Executors.newSingleThreadScheduledExecutor();

    Ballast(Path file) {
        this.file = file;
        try {
            output = new FileOutputStream(file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        fill();
        filling.scheduleWithFixedDelay(this::fill, 1, 1, TimeUnit.MILLISECONDS);
    }

    private void fill() {
        try {
            while (true) {
                output.write(PIECE);
            }
        } catch (IOException e) {
            // The disk is full.
        }
    }

    void remove() throws IOException, InterruptedException {
        filling.shutdownNow();
        filling.awaitTermination(10, TimeUnit.SECONDS);
        output.close();
        Files.delete(file);
    }
}
