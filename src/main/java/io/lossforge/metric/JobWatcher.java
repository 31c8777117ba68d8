package io.lossforge.metric;

import io.lossforge.job.JobHeads.Head;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One open stream. It never blocks: it holds at most one piece of output that the connection has not taken, and takes no more until that is gone,
 * so a slow reader costs no thread and no more memory.
 */
final class JobWatcher implements WriteListener, AsyncListener {

    private static final Logger log = LoggerFactory.getLogger(JobWatcher.class);

    private final UUID job;
    private final StreamText text;
    private final AsyncContext async;
    private final ServletOutputStream out;
    private long position;
    private @Nullable Head shown;
    private byte @Nullable [] pending;
    private boolean open;
    private boolean flushDue;
    private boolean lastPiece;
    private boolean closed;
    private long pendingSince;
    private long lastWrite = System.nanoTime();

    /**
     * @param text what it shows
     * @param after sequence number after which it starts
     */
    JobWatcher(UUID job, StreamText text, long after, AsyncContext async) throws IOException {
        this.job = job;
        this.text = text;
        this.position = after;
        this.async = async;
        this.out = async.getResponse().getOutputStream();
    }

    /** Begins; the connection says when it can be written to. */
    void start() {
        async.addListener(this);
        out.setWriteListener(this);
    }

    UUID job() {
        return job;
    }

    /** What it shows. */
    StreamText text() {
        return text;
    }

    /** Sequence number of the last stored thing that was sent. */
    synchronized long position() {
        return position;
    }

    /** Where the job was when its state was last sent; null before the first time. */
    synchronized @Nullable Head shown() {
        return shown;
    }

    /** Whether it can take another piece now. */
    synchronized boolean isReady() {
        return open && !closed && pending == null;
    }

    synchronized boolean isClosed() {
        return closed;
    }

    /** Since when the connection has not taken what is pending, in nanoseconds; 0 if nothing is. */
    synchronized long stalledNanos() {
        return pending == null ? 0 : System.nanoTime() - pendingSince;
    }

    /** Since when nothing was sent, in nanoseconds. */
    synchronized long idleNanos() {
        return System.nanoTime() - lastWrite;
    }

    /**
     * Sends a piece.
     *
     * @param position where the stream is with it
     * @param shown the state that it shows
     * @param last whether the stream ends with it
     */
    synchronized void send(byte[] piece, long position, @Nullable Head shown, boolean last) {
        this.position = position;
        this.shown = shown;
        this.lastPiece = last;
        if (piece.length > 0) {
            pending = piece;
            pendingSince = System.nanoTime();
        }
        drain();
    }

    /** Ends the stream as it is. */
    synchronized void close() {
        if (!closed) {
            forget();
            try {
                async.complete();
            } catch (IllegalStateException e) {
                log.debug("The connection of a stream of job {} is ending already: {}", job, e.getMessage());
            }
        }
    }

    /** Touches the connection no more: when the container has ended a stream, what is behind it belongs to another request. */
    private synchronized void forget() {
        closed = true;
        pending = null;
    }

    @Override
    public synchronized void onWritePossible() {
        open = true;
        drain();
    }

    @Override
    public void onError(Throwable error) {
        forget();
    }

    @Override
    public void onError(AsyncEvent event) {
        forget();
        event.getAsyncContext().complete(); // else the container would begin an error answer
    }

    @Override
    public void onTimeout(AsyncEvent event) {
        forget();
        event.getAsyncContext().complete();
    }

    @Override
    public void onComplete(AsyncEvent event) {
        forget();
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
        // A stream starts once.
    }

    private void drain() {
        try {
            while (!closed && open && (pending != null || flushDue) && out.isReady()) {
                if (pending != null) {
                    out.write(pending);
                    pending = null;
                    flushDue = true;
                    lastWrite = System.nanoTime();
                } else {
                    out.flush();
                    flushDue = false;
                }
            }
            if (lastPiece && pending == null && !flushDue) {
                close();
            }
        } catch (IOException | IllegalStateException e) {
            forget(); // the reader has gone; the container ends the request, and a second hand in that would race with
            // it
        }
    }
}
