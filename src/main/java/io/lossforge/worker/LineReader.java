package io.lossforge.worker;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Reads lines whose length is not to be trusted. */
final class LineReader {

    private LineReader() {}

    /** Takes lines. */
    interface Sink {
        void line(String line);
    }

    /**
     * Gives every line of the stream to the sink, until the stream ends. Of a longer one only the start is kept.
     *
     * @param longest bytes of a line
     */
    static void read(InputStream stream, int longest, Sink sink) throws IOException {
        var line = new ByteArrayOutputStream();
        var buffer = new byte[8192];
        int count;
        while ((count = stream.read(buffer)) >= 0) {
            int start = 0;
            for (int i = 0; i < count; i++) {
                if (buffer[i] == '\n') {
                    append(line, buffer, start, i, longest);
                    sink.line(text(line));
                    line = line.size() > buffer.length ? new ByteArrayOutputStream() : line;
                    line.reset();
                    start = i + 1;
                }
            }
            append(line, buffer, start, count, longest);
        }
        if (line.size() > 0) {
            sink.line(text(line));
        }
    }

    private static void append(ByteArrayOutputStream line, byte[] buffer, int start, int end, int longest) {
        line.write(buffer, start, Math.max(0, Math.min(end - start, longest - line.size())));
    }

    private static String text(ByteArrayOutputStream line) {
        var text = line.toString(StandardCharsets.UTF_8);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }
}
