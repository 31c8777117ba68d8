package io.lossforge.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LineReaderTests {

    @Test
    void givesEveryLineAndTheRestAtTheEnd() throws IOException {
        assertThat(read("one\ntwo\r\n\nthree", 100)).containsExactly("one", "two", "", "three");
        assertThat(read("", 100)).isEmpty();
    }

    @Test
    void keepsOnlyTheStartOfALongLine() throws IOException {
        assertThat(read("a".repeat(20_000) + "\nshort\n", 10_000))
                .containsExactly("a".repeat(10_000) + " and 10000 more", "short");
        assertThat(read("a".repeat(8_193), 0)).containsExactly("a".repeat(8_192) + " and 1 more");
        assertThat(read("a".repeat(8_192), 0)).containsExactly("a".repeat(8_192));
    }

    @Test
    void beginningOfALongLineSaysHowMuchIsKept() throws IOException {
        var lines = new ArrayList<String>();
        var text = "keep" + "a".repeat(20_000) + "\nskip" + "b".repeat(20_000) + "\n";
        LineReader.read(
                new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)),
                line -> line.startsWith("keep") ? 1 << 20 : 9_000,
                (line, skipped) -> lines.add(line));
        assertThat(lines).containsExactly("keep" + "a".repeat(20_000), "skip" + "b".repeat(8_996));
    }

    @Test
    void endlessLineTakesNoMemory() throws IOException {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        var skipped = new AtomicLong();
        long before = threads.getCurrentThreadAllocatedBytes();
        LineReader.read(endless(256L << 20), line -> 64 << 10, (line, more) -> skipped.set(more));
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(1 << 20);
        assertThat(skipped).hasValue((256L << 20) - (64 << 10));
    }

    /** So many bytes that are no text and no line feed. */
    private static InputStream endless(long bytes) {
        return new InputStream() {
            private long left = bytes;

            @Override
            public int read() {
                throw new UnsupportedOperationException();
            }

            @Override
            public int read(byte[] buffer, int offset, int length) {
                int count = (int) Math.min(left, length);
                Arrays.fill(buffer, offset, offset + count, (byte) 0xfe);
                left -= count;
                return count == 0 ? -1 : count;
            }
        };
    }

    @Test
    void lineMayBeLongerThanWhatIsReadAtOnce() throws IOException {
        var line = "ä€😀".repeat(5_000);
        assertThat(read(line + "\n" + line, 1 << 20)).containsExactly(line, line);
    }

    private static List<String> read(String text, int longest) throws IOException {
        var lines = new ArrayList<String>();
        LineReader.read(
                new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)),
                line -> longest,
                (line, skipped) -> lines.add(skipped == 0 ? line : line + " and " + skipped + " more"));
        return lines;
    }
}
