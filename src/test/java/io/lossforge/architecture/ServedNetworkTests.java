package io.lossforge.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is served computes what was trained: every architecture of the catalogue, each kind of input. */
class ServedNetworkTests {

    private static final List<Shape> INPUTS = List.of(
            new Shape(1, 8, 8), new Shape(1, 28, 28), new Shape(3, 32, 32), new Shape(3, 17, 20), new Shape(30));

    @TempDir
    Path directory;

    /** Every architecture with its defaults on every input that it takes, and what only other parameters reach. */
    static Stream<Network> networks() {
        var networks = new ArrayList<Network>();
        for (var name : Trained.architectures().names()) {
            var architecture = Trained.architectures().create(name);
            for (var input : INPUTS) {
                if (input.dimension() == 3 || List.of("linear", "mlp").contains(name)) {
                    networks.add(architecture.network(input, 10));
                }
            }
        }
        networks.add(new Mlp(List.of(16, 8, 4)).network(new Shape(30), 2));
        networks.add(new LeNet().network(new Shape(3, 64, 64), 5));
        networks.add(new ResNet(18).network(new Shape(1, 16, 16), 3));
        networks.add(new ResNet(32).network(new Shape(3, 8, 8), 3));
        networks.add(new LinearClassifier().network(new Shape(30), 4).withCosineHead(1));
        networks.add(new Mlp().network(new Shape(1, 8, 8), 10).withCosineHead(30));
        networks.add(new LeNet().network(new Shape(3, 32, 32), 10).withCosineHead(30));
        networks.add(new ResNet().network(new Shape(3, 17, 20), 10).withCosineHead(30));
        return networks.stream();
    }

    @ParameterizedTest
    @MethodSource("networks")
    void agreesAtTheStartAndAfterTraining(Network network) throws IOException, OrtException {
        try (var trained = new Trained(network, 1)) {
            assertServedAgrees(trained);
            assertServedAgrees(trained.steps(5, 16));
        }
    }

    private void assertServedAgrees(Trained trained) throws IOException, OrtException {
        var file = directory.resolve("network.onnx");
        trained.network.write(file, trained.block, trained.preprocessing, List.of(new Softmax()), Map.of());
        try (var served = new Served(file)) {
            for (int batch : List.of(1, 3, 17)) {
                var samples = trained.samples(batch);
                assertClose(served.logits(samples), trained.logits(samples), 1e-4f);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(OptLevel.class)
    void agreesAtEveryOptimisationLevel(OptLevel optimisation) throws IOException, OrtException {
        var file = directory.resolve("network.onnx");
        for (var architecture : List.of(new LeNet(), new ResNet())) {
            try (var trained = new Trained(architecture.network(new Shape(3, 16, 16), 4), 2).steps(5, 8)) {
                trained.network.write(file, trained.block, trained.preprocessing, List.of(new Softmax()), Map.of());
                try (var served = new Served(file, optimisation)) {
                    var samples = trained.samples(5);
                    assertClose(served.logits(samples), trained.logits(samples), 1e-4f);
                }
            }
        }
    }

    static List<Layer> servingTransforms() {
        return List.of(
                new Softmax(),
                new Sigmoid(),
                new TemperedSoftmax(1.01),
                new TemperedSoftmax(1.2),
                new TemperedSoftmax(2),
                Sequence.of(new Shift(new float[] {-3, 2, 0, 0, 1, 0.5f, -0.25f}), new Softmax()));
    }

    @ParameterizedTest
    @MethodSource("servingTransforms")
    void givesProbabilitiesByTheServingTransform(Layer transform) throws IOException, OrtException {
        var file = directory.resolve("network.onnx");
        try (var trained = new Trained(new Mlp().network(new Shape(30), 7), 3)) {
            trained.network.write(file, trained.block, trained.preprocessing, List.of(transform), Map.of());
            var samples = trained.samples(4);
            var expected = new LayerBlock(transform, new Shape(7))
                    .forward(
                            new ParameterStore(trained.manager, false),
                            new NDList(trained.logits(samples, false)),
                            false)
                    .singletonOrThrow();
            try (var served = new Served(file)) {
                assertClose(
                        served.probabilities(samples),
                        trained.rows(expected),
                        transform instanceof TemperedSoftmax ? 1e-5f : 1e-6f);
                assertClose(served.logits(samples), trained.logits(samples), 1e-4f);
            }
        }
    }

    private static void assertClose(float[][] actual, float[][] expected, float tolerance) {
        assertThat(actual).hasDimensions(expected.length, expected[0].length);
        for (int i = 0; i < expected.length; i++) {
            for (int j = 0; j < expected[i].length; j++) {
                assertThat(actual[i][j]).as("sample %d, class %d", i, j).isCloseTo(expected[i][j], within(tolerance));
            }
        }
    }
}
