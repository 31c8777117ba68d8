package io.lossforge.loss;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossforge.catalogue.Catalogue;
import io.lossforge.catalogue.EntryDescription;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@code docs/losses.md} says of the losses is what the code has. */
class LossesPageTests {

    private static final Catalogue<LossFunction> LOSSES = Catalogue.of("loss", LossFunction.class);

    /** By loss, its section. */
    private final Map<String, String> sections;

    private final List<List<String>> table;

    LossesPageTests() throws IOException {
        var parts = Files.readString(Path.of("docs/losses.md")).split("\n## ");
        table = parts[0].lines()
                .filter(line -> line.startsWith("| `"))
                .map(line -> List.of(line.substring(2, line.length() - 2).split(" \\| ")))
                .toList();
        sections = Arrays.stream(parts)
                .filter(part -> part.startsWith("`"))
                .collect(Collectors.toMap(
                        part -> part.substring(1, part.indexOf('`', 1)), part -> part.split("\n### ")[0]));
    }

    private static List<EntryDescription> losses() {
        return LOSSES.describe();
    }

    @Test
    void hasASectionForEveryLossAndNoOther() {
        assertThat(sections.keySet()).containsExactlyInAnyOrderElementsOf(LOSSES.names());
    }

    @Test
    void theTableSaysWhatEveryLossServes() {
        assertThat(table.stream().collect(Collectors.toMap(row -> row.get(0), row -> row.get(2))))
                .isEqualTo(LOSSES.names().stream()
                        .collect(Collectors.toMap(
                                name -> "`" + name + "`",
                                name -> LOSSES.create(name)
                                        .servingTransform()
                                        .kind()
                                        .json())));
    }

    @ParameterizedTest
    @MethodSource("losses")
    void everyParameterIsThereWithItsDefault(EntryDescription loss) {
        var rows = sections.get(loss.name())
                .lines()
                .filter(line -> line.startsWith("| `"))
                .map(line -> line.split(" \\| "))
                .collect(Collectors.toMap(
                        cells -> cells[0].replaceAll("[| `]", ""), cells -> cells[1].replace("`", "")));
        assertThat(rows.keySet())
                .containsExactlyInAnyOrderElementsOf(loss.parameters().stream()
                        .map(parameter -> parameter.name())
                        .toList());
        loss.parameters()
                .forEach(parameter -> assertThat(rows.get(parameter.name()))
                        .as(parameter.name())
                        .isEqualTo(shown(parameter.defaultValue())));
    }

    private static String shown(@Nullable Object value) {
        var text = String.valueOf(value);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }
}
