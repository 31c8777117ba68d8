package io.lossforge.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.Shape;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.TensorInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxFileTests {

    @TempDir
    Path directory;

    private final Trained trained = new Trained(new LeNet().network(new Shape(1, 8, 8), 3), 1);

    @AfterEach
    void close() {
        trained.close();
    }

    private Path write(String name, Map<String, String> metadata) throws IOException {
        var file = directory.resolve(name);
        trained.network.write(file, trained.block, trained.preprocessing, List.of(new Softmax()), metadata);
        return file;
    }

    @Test
    void holdsTheParametersBitByBit() throws IOException {
        var file = OnnxFile.read(write("bits.onnx", Map.of("key", "value")));

        assertThat(file.metadata()).containsExactly(Map.entry("key", "value"));
        for (var parameter : trained.block.getParameters()) {
            var array = parameter.getValue().getArray();
            var constant = file.constants().get(parameter.getKey());
            assertThat(constant.shape()).isEqualTo(array.getShape());
            assertThat(constant.values()).isEqualTo(array.toByteBuffer());
        }
        var broken = Files.writeString(directory.resolve("broken.onnx"), "no such file");
        assertThatThrownBy(() -> OnnxFile.read(broken)).isInstanceOf(IOException.class);
    }

    @Test
    void takesRawPixelsOfAnyBatchSize() throws IOException, OrtException {
        try (var served = new Served(write("a.onnx", Map.of()))) {
            var input =
                    (TensorInfo) served.session().getInputInfo().get("input").getInfo();
            var logits =
                    (TensorInfo) served.session().getOutputInfo().get("logits").getInfo();
            var probabilities = (TensorInfo)
                    served.session().getOutputInfo().get("probabilities").getInfo();

            assertThat(served.session().getInputNames()).containsExactly("input");
            assertThat(served.session().getOutputNames()).containsExactly("logits", "probabilities");
            assertThat(input.type).isEqualTo(OnnxJavaType.UINT8);
            assertThat(input.getShape()).containsExactly(-1, 1, 8, 8);
            assertThat(logits.type).isEqualTo(OnnxJavaType.FLOAT);
            assertThat(logits.getShape()).containsExactly(-1, 3);
            assertThat(probabilities.getShape()).containsExactly(-1, 3);
        }
    }

    @Test
    void takesRawFeaturesAsFloats() throws IOException, OrtException {
        var file = directory.resolve("features.onnx");
        try (var features = new Trained(new LinearClassifier().network(new Shape(30), 3), 1)) {
            features.network.write(file, features.block, features.preprocessing, List.of(new Sigmoid()), Map.of());
        }
        try (var served = new Served(file)) {
            var input =
                    (TensorInfo) served.session().getInputInfo().get("input").getInfo();
            assertThat(input.type).isEqualTo(OnnxJavaType.FLOAT);
            assertThat(input.getShape()).containsExactly(-1, 30);
        }
    }

    @Test
    void givesMetadataBack() throws IOException, OrtException {
        var metadata =
                Map.of("lossforge.labels", "[\"Katze\",\"犬\",\"a\\\"b\"]", "lossforge.serving", "softmax", "empty", "");
        try (var served = new Served(write("a.onnx", metadata))) {
            assertThat(served.session().getMetadata().getCustomMetadata()).containsExactlyInAnyOrderEntriesOf(metadata);
            assertThat(served.session().getMetadata().getProducerName()).isEqualTo("lossforge");
        }
    }

    @Test
    void isTheSameBytesForTheSameWeights() throws IOException {
        var first = write("a.onnx", Map.of("b", "2", "a", "1", "c", "3"));
        var second = write("b.onnx", Map.of("c", "3", "a", "1", "b", "2"));
        assertThat(second).hasSameBinaryContentAs(first);

        trained.steps(1, 4);
        assertThat(Files.mismatch(first, write("c.onnx", Map.of("a", "1", "b", "2", "c", "3"))))
                .isNotNegative();
    }

    @Test
    void namesWeightsAsCheckpointsDo() throws IOException {
        var model = ModelProto.parseFrom(Files.readAllBytes(write("a.onnx", Map.of())));

        assertThat(model.getIrVersion()).isEqualTo(8);
        assertThat(model.getOpsetImport(0).getVersion()).isEqualTo(17);
        assertThat(model.getGraph().getInitializerList().stream().map(TensorProto::getName))
                .containsAll(trained.block.getParameters().keys());
        assertThat(model.getGraph().getNodeList().stream().map(NodeProto::getName))
                .doesNotHaveDuplicates()
                .contains("preprocessing/Cast", "conv1/Conv", "linear3/Gemm", "serving.softmax1/Softmax");
    }

    @Test
    void replacesAnOlderFileAndLeavesNothingElse() throws IOException, OrtException {
        Files.writeString(directory.resolve("a.onnx"), "older");
        var file = write("a.onnx", Map.of());

        try (var served = new Served(file)) {
            assertThat(served.session().getNumOutputs()).isEqualTo(2);
        }
        try (var files = Files.list(directory)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void leavesNothingWhenItCannotBeWritten() throws IOException {
        var taken = Files.createDirectories(directory.resolve("a.onnx/full"));

        assertThatThrownBy(() -> write("a.onnx", Map.of())).isInstanceOf(IOException.class);

        assertThat(taken).isEmptyDirectory();
        try (var files = Files.list(directory)) {
            assertThat(files).containsExactly(taken.getParent());
        }
    }

    @Test
    void refusesTheBlockOfAnotherNetwork() {
        var file = directory.resolve("a.onnx");
        var serving = List.<Layer>of(new Softmax());
        try (var mlp = new Trained(new Mlp(List.of(8)).network(new Shape(1, 8, 8), 3), 1);
                var wider = new Trained(new LeNet().network(new Shape(1, 28, 28), 3), 1)) {
            assertThatThrownBy(() -> trained.network.write(file, mlp.block, trained.preprocessing, serving, Map.of()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("the block is of another network: it has no parameter conv1.weight");
            assertThatThrownBy(() -> trained.network.write(file, wider.block, trained.preprocessing, serving, Map.of()))
                    .hasMessage("the block is of another network: its linear1.weight is (120, 400), not (120, 64)");
        }
        assertThat(file).doesNotExist();
    }

    @Test
    void refusesPreprocessingOfOtherInput() {
        var features = new Preprocessing(false, 1, new float[] {0}, new float[] {1});

        assertThatThrownBy(() -> trained.network.write(
                        directory.resolve("a.onnx"), trained.block, features, List.of(new Softmax()), Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("pre-processing of 1 features can't take 1×8×8");
    }
}
