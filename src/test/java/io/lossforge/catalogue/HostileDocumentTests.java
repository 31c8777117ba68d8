package io.lossforge.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.lossforge.catalogue.Pet.Toy;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Whatever is sent, the answer is a violation, and a short one. */
class HostileDocumentTests {

    private static final JsonMapper JSON = new JsonMapper();

    private final RecordJson records = new RecordJson(Catalogue.of("toy", Toy.class));

    @ParameterizedTest
    @ValueSource(strings = {"1e400", "-1e400", "1e999999999", "\"NaN\"", "\"Infinity\"", "true", "[]"})
    void refusesWhatIsNoFiniteNumber(String number) {
        assertThat(violations("{\"name\":\"rex\",\"weight\":%s}".formatted(number)))
                .singleElement()
                .satisfies(violation -> {
                    assertThat(violation.pointer()).isEqualTo("/weight");
                    assertThat(violation.detail()).startsWith("must be a finite number, was ");
                });
    }

    @Test
    void refusesIntegersThatNoTypeHolds() {
        var digits = "9".repeat(900);
        assertThat(violations("{\"name\":\"rex\",\"weight\":%s}".formatted(digits)))
                .containsExactly(new Violation("/weight", "must be a finite number, was " + "9".repeat(60) + "…"));
        assertThat(violations("{\"name\":\"rex\",\"legs\":%s}".formatted(digits)))
                .containsExactly(new Violation("/legs", "must be <= 8, was " + "9".repeat(60) + "…"));
        assertThat(violations("{\"name\":\"rex\",\"chip\":9223372036854775808}"))
                .containsExactly(
                        new Violation(
                                "/chip",
                                "must be a whole number from -9223372036854775808 to 9223372036854775807, was 9223372036854775808"));
        assertThat(violations("{\"name\":\"rex\",\"chip\":1e300}"))
                .singleElement()
                .satisfies(violation -> assertThat(violation.detail()).startsWith("must be a whole number from "));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT9223372036854775807S", "PT99999999999999999999H", "P106751991167301D", "PT0S", "P", ""})
    void refusesDurationsThatAreNoneOrTooLong(String duration) {
        assertThat(violations("{\"name\":\"rex\",\"sleep\":\"%s\"}".formatted(duration)))
                .singleElement()
                .extracting(Violation::pointer)
                .isEqualTo("/sleep");
    }

    @Test
    void refusesTextThatCannotBeStoredOrWritten() {
        for (var text : new String[] {"\\u0000", "a\\nb", "\\ud83d", "\\u0085"}) {
            assertThat(violations("{\"name\":\"%s\"}".formatted(text)))
                    .singleElement()
                    .satisfies(violation -> {
                        assertThat(violation.detail())
                                .startsWith("must not have control characters or halves of a surrogate pair, was ");
                        assertThat(violation.detail().codePoints()).noneMatch(Names::unprintable);
                    });
        }
    }

    @Test
    void keepsKeysAndTextsOutOfTheAnswerBeyondAFewCharacters() {
        var endless = "k".repeat(40_000);
        assertThat(violations("{\"name\":\"%s\",\"%s\":1,\"\\ud83d\\u0007\":1}".formatted(endless, endless)))
                .hasSize(3)
                .allSatisfy(violation -> {
                    assertThat(violation.pointer()).hasSizeLessThan(80);
                    assertThat(violation.detail()).hasSizeLessThan(300);
                    assertThat((violation.pointer() + violation.detail()).codePoints())
                            .noneMatch(Names::unprintable);
                });
    }

    @Test
    void stopsAtAboutAHundredViolations() {
        var keys = IntStream.range(0, 10_000)
                .mapToObj(i -> "\"k%d\":1".formatted(i))
                .collect(Collectors.joining(",", "{", "}"));
        assertThat(violations(keys)).hasSizeBetween(100, 110);

        var toys = "{\"name\":\"rex\",\"toys\":[%s]}".formatted("1,".repeat(1_999) + "1");
        assertThat(violations(toys)).hasSizeBetween(100, 110);
    }

    @Test
    void deepNestingIsRefusedWithoutARead() {
        var deep = "[".repeat(100_000);
        assertThatThrownBy(() -> JSON.readTree(deep)).isInstanceOf(JacksonException.class);
        assertThat(violations("{\"name\":%s1%s}".formatted("[".repeat(400), "]".repeat(400))))
                .containsExactly(new Violation("/name", "must be a text, was an array"));
    }

    private List<Violation> violations(String json) {
        return catchThrowableOfType(InvalidDocument.class, () -> records.read(Pet.class, JSON.readTree(json)))
                .violations();
    }
}
