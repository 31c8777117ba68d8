package io.lossforge.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossforge.packaging.Dockerfiles.Instruction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DockerfileTests {

    @ParameterizedTest
    @ValueSource(strings = {"server", "worker", "worker-gpu"})
    void runsAsNobodyInParticularAndIsWatched(String target) {
        var image = Dockerfiles.image(target);

        assertThat(last(image, "USER")).isEqualTo("10001:10001");
        assertThat(last(image, "HEALTHCHECK")).contains("CMD [\"healthy\"]");
        assertThat(last(image, "ENTRYPOINT"))
                .startsWith("[")
                .contains("-XX:MaxRAMPercentage", "\"-jar\", \"/app/lossforge.jar\"");
        assertThat(last(image, "VOLUME")).isEqualTo("/data");
        assertThat(named(image, "ADD")).isEmpty();
        assertThat(named(image, "ENV").toList())
                .noneMatch(environment -> environment.matches("(?i).*(password|secret|api.?key).*"));
    }

    @Test
    void theServerHasNoLibtorch() {
        assertThat(Dockerfiles.layers("server")).containsExactlyInAnyOrder("dependencies", "application");
        assertThat(Dockerfiles.image("server"))
                .noneMatch(instruction -> instruction.name().equals("COPY")
                        && instruction.arguments().matches(".*(torch|jnilib).*"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"worker", "worker-gpu"})
    void workersHaveLibtorchUnpacked(String target) {
        var image = Dockerfiles.image(target);
        var environment = named(image, "ENV").collect(Collectors.joining(" "));
        var library = environment.replaceAll(".*PYTORCH_LIBRARY_PATH=(\\S+).*", "$1");

        assertThat(Dockerfiles.layers(target))
                .containsExactlyInAnyOrder("training-engine", "dependencies", "application");
        assertThat(named(image, "COPY")).anyMatch(copy -> library.startsWith(copy.replaceAll(".* ", "")));
        assertThat(environment)
                .contains("PYTORCH_FLAVOR=" + (target.equals("worker") ? "cpu" : "cu128"))
                .contains("PYTORCH_VERSION=${LIBTORCH_VERSION}");
    }

    @Test
    void libtorchIsTheOneOfTheBuild() {
        assertThat(named(Dockerfiles.instructions(), "ARG"))
                .contains("LIBTORCH_VERSION=" + Pom.property("libtorch.version"));
    }

    @Test
    void layersAreTheOnesOfTheJar() throws Exception {
        var layers = Pattern.compile("<layer>([^<]+)</layer>")
                .matcher(Files.readString(Path.of("src/layers.xml")))
                .results()
                .map(match -> match.group(1))
                .toList();

        assertThat(Stream.of("server", "worker", "worker-gpu").flatMap(target -> Dockerfiles.layers(target).stream()))
                .isSubsetOf(layers);
    }

    @Test
    void whatIsCopiedIsThereAndNotIgnored() throws Exception {
        var ignored = Files.readAllLines(Path.of(".dockerignore"));

        assertThat(ignored.get(0)).isEqualTo("*");
        assertThat(named(Dockerfiles.instructions(), "COPY")
                        .filter(copy -> !copy.contains("--from="))
                        .map(copy -> copy.replaceAll("--\\S+ ", "").split(" ")[0]))
                .isNotEmpty()
                .allMatch(source -> Files.exists(Path.of(source)))
                .allMatch(source -> ignored.stream()
                        .anyMatch(line -> line.startsWith("!") && source.startsWith(line.substring(1))));
    }

    private static Stream<String> named(List<Instruction> instructions, String name) {
        return instructions.stream()
                .filter(instruction -> instruction.name().equals(name))
                .map(Instruction::arguments);
    }

    private static String last(List<Instruction> instructions, String name) {
        return named(instructions, name).reduce((first, second) -> second).orElseThrow();
    }
}
