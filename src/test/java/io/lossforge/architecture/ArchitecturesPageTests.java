package io.lossforge.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.types.Shape;
import io.lossforge.catalogue.Catalogue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What {@code docs/architectures.md} says is what the code does. */
class ArchitecturesPageTests {

    private static final Map<String, Architecture> ROWS = Map.of(
            "`linear`", new LinearClassifier(),
            "`mlp`", new Mlp(),
            "`lenet`", new LeNet(),
            "`resnet`, `depth` 18", new ResNet(18),
            "`resnet`, `depth` 20 (default)", new ResNet(),
            "`resnet`, `depth` 32", new ResNet(32),
            "`resnet`, `depth` 56", new ResNet(56));

    private final List<List<String>> table;

    ArchitecturesPageTests() throws IOException {
        table = Files.readAllLines(Path.of("docs/architectures.md")).stream()
                .filter(line -> line.startsWith("| `"))
                .map(line -> List.of(line.substring(2, line.length() - 2).split(" \\| ")))
                .toList();
    }

    @Test
    void hasARowForEveryArchitecture() {
        assertThat(table.stream().map(row -> row.get(0))).containsExactlyInAnyOrderElementsOf(ROWS.keySet());

        Set<String> names = ROWS.values().stream().map(Catalogue::nameOf).collect(Collectors.toSet());
        assertThat(names)
                .containsExactlyInAnyOrderElementsOf(Trained.architectures().names());
    }

    @Test
    void statesTheParameterCounts() {
        assertThat(table).allSatisfy(row -> {
            var architecture = ROWS.get(row.get(0));
            assertThat(row.get(3)).isEqualTo(count(architecture, new Shape(1, 28, 28)));
            assertThat(row.get(4)).isEqualTo(count(architecture, new Shape(3, 32, 32)));
        });
    }

    private static String count(Architecture architecture, Shape input) {
        return String.format(Locale.ROOT, "%,d", architecture.network(input, 10).parameterCount());
    }
}
