package io.lossforge.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.util.Pair;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class NetworkTests {

    @Test
    void namesParametersAfterTheLayerTheyBelongTo() {
        var names = new ResNet(18)
                .network(new Shape(3, 32, 32), 10)
                .newBlock()
                .getParameters()
                .keys();

        assertThat(names)
                .doesNotHaveDuplicates()
                .startsWith("conv1.weight", "norm1.gamma", "norm1.beta", "norm1.runningMean", "norm1.runningVar")
                .contains("residual3.main.conv2.weight", "residual3.shortcut.conv1.weight", "residual8.main.norm2.beta")
                .doesNotContain("residual1.shortcut.conv1.weight")
                .endsWith("linear1.weight", "linear1.bias");
    }

    static List<Network> oneOfEach() {
        return Trained.architectures().names().stream()
                .map(name -> Trained.architectures().create(name).network(new Shape(1, 8, 8), 3))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("oneOfEach")
    void countsWhatTheBlockTrains(Network network) {
        try (var trained = new Trained(network, 1)) {
            var trainable = trained.block.getParameters().values().stream()
                    .filter(parameter -> parameter.requiresGradient())
                    .mapToLong(parameter -> parameter.getArray().size())
                    .sum();
            assertThat(network.parameterCount()).isEqualTo(trainable);
        }
    }

    @ParameterizedTest
    @MethodSource("oneOfEach")
    void drawsTheSameWeightsFromTheSameSeed(Network network) {
        try (var first = new Trained(network, 7);
                var second = new Trained(network, 7);
                var other = new Trained(network, 8)) {
            assertThat(first.block.getParameters().keys())
                    .isEqualTo(second.block.getParameters().keys());
            for (var parameter : first.block.getParameters()) {
                assertThat(values(first, parameter)).isEqualTo(values(second, parameter));
                if (parameter.getKey().endsWith("weight")) {
                    assertThat(values(first, parameter)).isNotEqualTo(values(other, parameter));
                }
            }
        }
    }

    private static float[] values(Trained trained, Pair<String, ai.djl.nn.Parameter> parameter) {
        return trained.block.getParameters().get(parameter.getKey()).getArray().toFloatArray();
    }

    @Test
    void startsWithTheVarianceThatKeepsActivationsInScale() {
        try (var trained = new Trained(new Mlp(List.of(400)).network(new Shape(500), 400), 1)) {
            assertThat(variance(trained, "linear1.weight") * 500).isCloseTo(2, within(0.05));
            assertThat(variance(trained, "linear2.weight") * 400).isCloseTo(1, within(0.05));
            assertThat(variance(trained, "linear1.bias")).isZero();
        }
        try (var trained = new Trained(new ResNet(18).network(new Shape(3, 32, 32), 10), 1)) {
            assertThat(variance(trained, "residual7.main.conv1.weight") * 256 * 9)
                    .isCloseTo(2, within(0.05));
        }
    }

    private static double variance(Trained trained, String name) {
        var values = trained.block.getParameters().get(name).getArray().toFloatArray();
        return IntStream.range(0, values.length)
                .mapToDouble(i -> values[i] * (double) values[i])
                .average()
                .orElseThrow();
    }

    @Test
    void givesAccessToTheBiasOfTheLogits() {
        try (var trained = new Trained(new LeNet().network(new Shape(1, 28, 28), 10), 1)) {
            var samples = trained.samples(2);
            var before = trained.logits(samples)[0];

            assertThat(trained.network.lastBiasName()).isEqualTo("linear3.bias");
            trained.network.lastBias(trained.block).getArray().subi(Math.log(9));

            var after = trained.logits(samples)[0];
            for (int j = 0; j < 10; j++) {
                assertThat(after[j]).isCloseTo(before[j] - (float) Math.log(9), within(1e-5f));
            }
        }
    }

    @Test
    void aCosineHeadReplacesTheLastLayerAndHasNoBias() {
        var plain = new LeNet().network(new Shape(1, 28, 28), 10);
        var network = plain.withCosineHead(30);

        assertThat(network.hasLastBias()).isFalse();
        assertThatThrownBy(network::lastBiasName)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("the last layer has no bias");
        assertThat(network.parameterCount()).isEqualTo(plain.parameterCount() - 10);
        try (var trained = new Trained(network, 1).steps(3, 8)) {
            for (float logit : trained.logits(trained.samples(16))[0]) {
                assertThat(logit).isBetween(-30f, 30f);
            }
            assertThat(trained.block.getParameters().keys()).endsWith("linear2.bias", "cosine1.weight");
        }
    }

    @Test
    void cosinesDoNotDependOnLengths() {
        try (var trained =
                new Trained(new LinearClassifier().network(new Shape(6), 3).withCosineHead(5), 1)) {
            var samples = trained.samples(4);
            var before = trained.logits(samples);

            trained.block.getParameters().get("cosine1.weight").getArray().muli(7);

            var after = trained.logits(samples);
            for (int i = 0; i < 4; i++) {
                assertThat(after[i]).containsExactly(before[i], within(1e-5f));
            }
        }
    }

    @Test
    void featuresThatAreAllZeroHaveALogitOfZeroAndAGradient() {
        try (var manager = NDManager.newBaseManager();
                var collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            var features = manager.zeros(new Shape(2, 4));
            var weight = manager.ones(new Shape(3, 4));
            features.setRequiresGradient(true);
            var logits = new CosineLinear(3, 30).forward(features, name -> weight, true);
            collector.backward(logits.sum());
            assertThat(logits.toFloatArray()).containsOnly(0);
            for (float slope : features.getGradient().toFloatArray()) {
                assertThat(slope).isFinite();
            }
        }
    }

    static List<Network> withEitherHead() {
        var network = new ResNet().network(new Shape(1, 8, 8), 3);
        return List.of(network, network.withCosineHead(30));
    }

    @ParameterizedTest
    @MethodSource("withEitherHead")
    void keepsIntermediateArraysInTheManagerOfTheInput(Network network) {
        try (var trained = new Trained(network, 1)) {
            trained.steps(2, 4);
            int before = trained.manager.getManagedArrays().size();

            trained.steps(5, 4);

            assertThat(trained.manager.getManagedArrays().size()).isEqualTo(before);
        }
    }

    @Test
    void movesRunningStatisticsOnlyWhenTraining() {
        try (var trained = new Trained(new ResNet().network(new Shape(1, 8, 8), 3), 1)) {
            var mean = trained.block.getParameters().get("norm1.runningMean").getArray();
            trained.logits(trained.samples(4), false);
            assertThat(mean.toFloatArray()).containsOnly(0);

            trained.logits(trained.samples(4), true);
            assertThat(mean.toFloatArray()).doesNotContain(0);
        }
    }

    @Test
    void refusesWhatCannotBeComposed() {
        assertThatThrownBy(() -> Network.of(new Shape(4), 3, List.of(Linear.logits(2))))
                .hasMessage("the last layer must be linear with 3 units");
        assertThatThrownBy(() -> Network.of(new Shape(4), 3, List.of(Linear.logits(3), new Relu())))
                .hasMessage("the last layer must be linear with 3 units");
        assertThatThrownBy(() -> Network.of(new Shape(4), 1, List.of(Linear.logits(1))))
                .hasMessage("a classifier needs at least 2 classes, was 1");
        assertThatThrownBy(() -> Network.of(new Shape(1, 8, 8), 3, List.of(Linear.logits(3))))
                .hasMessage("a linear layer takes features, was 1×8×8");
    }

    @Test
    void refusesMoreParametersThanAnOnnxFileHolds() {
        var huge = new Mlp(List.of(65_536, 65_536));

        assertThatThrownBy(() -> huge.network(new Shape(30), 10))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the network would have 4,297,719,818 parameters for input of 30 features;"
                        + " at most 500,000,000 are allowed");
    }
}
