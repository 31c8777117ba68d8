package io.lossforge.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LineReaderTests {

    @Test
    void givesEveryLineAndTheRestAtTheEnd() throws IOException {
        assertThat(read("one\ntwo\r\n\nthree", 100)).containsExactly("one", "two", "", "three");
        assertThat(read("", 100)).isEmpty();
    }

    @Test
    void keepsOnlyTheStartOfALongLine() throws IOException {
        assertThat(read("a".repeat(20_000) + "\nshort\n", 10_000)).containsExactly("a".repeat(10_000), "short");
    }

    @Test
    void lineMayBeLongerThanWhatIsReadAtOnce() throws IOException {
        var line = "ä€😀".repeat(5_000);
        assertThat(read(line + "\n" + line, 1 << 20)).containsExactly(line, line);
    }

    private static List<String> read(String text, int longest) throws IOException {
        var lines = new ArrayList<String>();
        LineReader.read(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), longest, lines::add);
        return lines;
    }
}
