package io.lossforge.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NamesTests {

    private static final List<String> LOSSES = List.of("focal", "lgl-inr", "softmax");

    @Test
    void suggestsTheNearest() {
        assertThat(Names.unknown("loss", "focla", LOSSES))
                .isEqualTo("loss \"focla\" is not known; did you mean \"focal\"? known: focal, lgl-inr, softmax");
        assertThat(Names.unknown("loss", "LGL-INR", List.of("lgl-inr")))
                .isEqualTo("loss \"LGL-INR\" is not known; did you mean \"lgl-inr\"? known: lgl-inr");
        assertThat(Names.unknown("loss", "lgl_inr", LOSSES)).contains("did you mean \"lgl-inr\"?");
    }

    @Test
    void suggestsNothingWhereNothingIsNear() {
        assertThat(Names.unknown("loss", "quantile", LOSSES))
                .isEqualTo("loss \"quantile\" is not known; known: focal, lgl-inr, softmax");
        assertThat(Names.unknown("model", "a", List.of())).isEqualTo("model \"a\" is not known; none is known");
    }

    @Test
    void cutsLongNamesBetweenCharacters() {
        assertThat(Names.shown("😀".repeat(61))).isEqualTo("😀".repeat(60) + "…");
        assertThat(Names.shown("😀".repeat(60))).isEqualTo("😀".repeat(60));
        assertThat(Names.shown("a\u0000b\ud83d")).isEqualTo("a\uFFFDb\uFFFD");
    }
}
