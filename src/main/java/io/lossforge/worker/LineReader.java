package io.lossforge.worker;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Reads lines whose length is not to be trusted. */
final class LineReader {

    /** Lines up to so many bytes are always kept whole. */
    static final int BUFFER = 8 << 10;

    private LineReader() {}

    /** Takes lines. */
    interface Sink {

        /** @param skipped bytes of the line's end that were not kept */
        void line(String line, long skipped);
    }

    /** How many bytes of a line are kept. It is asked once for a line that is longer than {@link #BUFFER}, with the line's beginning. */
    interface Limit {
        int of(String beginning);
    }

    /** Gives every line of the stream to the sink, until the stream ends. Takes no more memory than the longest line that is kept. */
    static void read(InputStream stream, Limit limit, Sink sink) throws IOException {
        var line = new Line(limit);
        var buffer = new byte[BUFFER];
        int count;
        while ((count = stream.read(buffer)) >= 0) {
            int start = 0;
            for (int i = 0; i < count; i++) {
                if (buffer[i] == '\n') {
                    line.append(buffer, start, i);
                    line.end(sink);
                    start = i + 1;
                }
            }
            line.append(buffer, start, count);
        }
        if (line.kept.size() > 0) {
            line.end(sink);
        }
    }

    /** The line that is being read. */
    private static final class Line {

        private final Limit limit;
        private ByteArrayOutputStream kept = new ByteArrayOutputStream(BUFFER);
        private int longest = BUFFER;
        private boolean asked;
        private long skipped;

        Line(Limit limit) {
            this.limit = limit;
        }

        void append(byte[] buffer, int start, int end) {
            int room = longest - kept.size();
            if (end - start > room && !asked) {
                kept.write(buffer, start, room);
                asked = true;
                longest = Math.max(BUFFER, limit.of(text()));
                append(buffer, start + room, end);
                return;
            }
            int count = Math.min(end - start, room);
            kept.write(buffer, start, count);
            skipped += end - start - count;
        }

        void end(Sink sink) {
            sink.line(text(), skipped);
            kept = kept.size() > BUFFER ? new ByteArrayOutputStream(BUFFER) : kept;
            kept.reset();
            longest = BUFFER;
            asked = false;
            skipped = 0;
        }

        private String text() {
            var text = kept.toString(StandardCharsets.UTF_8);
            return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
        }
    }
}
