package io.lossforge.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.Shape;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.lossforge.catalogue.InvalidDocument;
import io.lossforge.catalogue.RecordJson;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class ArchitectureCatalogueTests {

    private final RecordJson json = new RecordJson(Trained.architectures());

    @Test
    void holdsEveryArchitectureWithHelpForEveryParameter() {
        var written = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("io.lossforge").stream()
                        .filter(type -> type.isAssignableTo(Architecture.class) && !type.isInterface())
                        .map(JavaClass::getName)
                        .collect(Collectors.toSet());

        var catalogue = Trained.architectures();
        assertThat(catalogue.names().stream().map(name -> catalogue.entry(name).getName()))
                .containsExactlyInAnyOrderElementsOf(written);
        assertThat(catalogue.names()).containsExactly("lenet", "linear", "mlp", "resnet");
        assertThat(catalogue.describe()).allSatisfy(entry -> {
            assertThat(entry.summary()).isNotBlank();
            assertThat(entry.parameters()).allSatisfy(parameter -> {
                assertThat(parameter.summary()).isNotBlank();
                assertThat(parameter.defaultValue()).isNotNull();
            });
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"lenet", "linear", "mlp", "resnet"})
    void buildsWithItsDefaults(String name) {
        var network = Trained.architectures().create(name).network(new Shape(3, 32, 32), 10);

        assertThat(network.parameterCount()).isPositive();
        assertThat(network.input()).isEqualTo(new Shape(3, 32, 32));
        assertThat(network.classes()).isEqualTo(10);
        assertThat(network.layers().get(network.layers().size() - 1)).isEqualTo(Linear.logits(10));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "linear | {}                  | 1x28x28 | 7850",
                "mlp    | {}                  | 1x28x28 | 101770",
                "mlp    | {'hidden':[64,32]}  | 30      | 4394",
                "lenet  | {}                  | 1x28x28 | 61706",
                "lenet  | {}                  | 3x32x32 | 83126",
                "lenet  | {}                  | 1x8x8   | 21386",
                "resnet | {}                  | 3x32x32 | 272474",
                "resnet | {'depth':32}        | 3x32x32 | 466906",
                "resnet | {'depth':56}        | 3x32x32 | 855770",
                "resnet | {'depth':18}        | 3x32x32 | 11173962",
            })
    void hasTheParameterCountOfItsPaper(String name, String parameters, String input, long count) {
        var architecture = json.read(
                Trained.architectures().entry(name).asSubclass(Record.class),
                JsonMapper.shared().readTree(parameters.replace('\'', '"')));

        assertThat(((Architecture) architecture).network(shape(input), 10).parameterCount())
                .isEqualTo(count);
    }

    private static Shape shape(String text) {
        return new Shape(java.util.Arrays.stream(text.split("x"))
                .mapToLong(Long::parseLong)
                .toArray());
    }

    @Test
    void refusesInputThatItCannotTake() {
        assertThatThrownBy(() -> new LeNet().network(new Shape(1, 7, 28), 10))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("lenet takes images of at least 8×8 pixels, was 7×28");
        assertThatThrownBy(() -> new LeNet().network(new Shape(30), 10))
                .hasMessage("lenet takes images [channels, height, width], was 30 features");
        assertThatThrownBy(() -> new ResNet().network(new Shape(3, 7, 7), 10))
                .hasMessage("resnet of depth 20 takes images of at least 8×8 pixels, was 7×7");
        assertThatThrownBy(() -> new ResNet(18).network(new Shape(3, 15, 15), 10))
                .hasMessage("resnet of depth 18 takes images of at least 16×16 pixels, was 15×15");
    }

    @Test
    void refusesADepthThatTheResidualNetworkDoesNotHave() {
        assertThatThrownBy(() -> new ResNet(21))
                .isInstanceOf(InvalidDocument.class)
                .hasMessage("/depth: must be one of 18, 20, 32, 56, was 21");
    }
}
