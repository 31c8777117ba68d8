package io.lossforge.dataset;

import io.lossforge.image.Picture;
import io.lossforge.image.Pictures;
import io.lossforge.image.UnreadablePicture;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Decodes pictures in several threads and hands them on in the order they came. At most a few pictures, and 64 MiB of encoded bytes,
 * are under way.
 */
class PictureDecoding implements AutoCloseable {

    private static final int MOST_BYTES = 64 << 20;

    private final IngestLimits limits;
    private final @Nullable ImageSize size;
    private final ExecutorService threads;
    private final Deque<Pending> window = new ArrayDeque<>();
    private final int widest;
    private final Receiver receiver;
    private long bytes;

    /** Takes what was decoded. */
    interface Receiver {

        void picture(FolderLayout.Place place, String path, Picture picture) throws IOException;

        void unreadable(FolderLayout.Place place, String path, String why);
    }

    private record Pending(FolderLayout.Place place, String path, int bytes, Future<Picture> picture) {}

    /**
     * Starts the threads.
     *
     * @param size to bring each picture to, keeping its colours; null to keep its size
     */
    PictureDecoding(IngestLimits limits, @Nullable ImageSize size, Receiver receiver) {
        this.limits = limits;
        this.size = size;
        this.receiver = receiver;
        this.widest = 8 * limits.decoders();
        this.threads = Executors.newFixedThreadPool(limits.decoders(), task -> {
            var thread = new Thread(task, "pictures");
            thread.setDaemon(true);
            return thread;
        });
    }

    void submit(FolderLayout.Place place, String path, byte[] encoded) throws IOException {
        while (!window.isEmpty() && (window.size() >= widest || bytes + encoded.length > MOST_BYTES)) {
            takeFirst();
        }
        bytes += encoded.length;
        window.add(new Pending(place, path, encoded.length, threads.submit(() -> decode(encoded))));
    }

    void finish() throws IOException {
        while (!window.isEmpty()) {
            takeFirst();
        }
    }

    private Picture decode(byte[] encoded) throws UnreadablePicture {
        var picture = Pictures.read(encoded, limits.pictures());
        if (size == null) {
            return picture;
        }
        int channels = size.channels() == null ? picture.channels() : size.channels();
        return new Picture(
                channels,
                size.height(),
                size.width(),
                Pictures.toSamples(picture, channels, size.height(), size.width()));
    }

    private void takeFirst() throws IOException {
        var first = window.remove();
        bytes -= first.bytes();
        try {
            receiver.picture(first.place(), first.path(), first.picture().get());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnreadablePicture unreadable) {
                receiver.unreadable(first.place(), first.path(), String.valueOf(unreadable.getMessage()));
                return;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new java.io.InterruptedIOException("stopped while pictures were decoded");
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
