package io.lossforge.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lossforge.analysis.DriftReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class DriftReferencesTests {

    @TempDir
    Path directory;

    @BeforeAll
    static void prepare() {
        Libtorch.prepareThread(1);
    }

    private record Trained(Setup setup, TrainerEvent.Finished finished, DriftReference reference) {}

    private Trained train(Path dataset, String more) throws Exception {
        var output = directory.resolve("output");
        Files.createDirectories(output);
        var spec = (ObjectNode) JsonMapper.shared().readTree("""
                {"dataset":"d","architecture":{"name":"mlp"},"epochs":3,"batchSize":32,
                 "optimizer":{"name":"adam","parameters":{"learningRate":0.01}}%s}""".formatted(more));
        var setup = Setup.of(new TrainerCommand.Run("job", 1, spec, dataset.toString(), output.toString(), 1, "cpu"));
        try (var fit = new Fit(setup, event -> {}, new Interruption())) {
            var finished = (TrainerEvent.Finished) fit.run();
            return new Trained(setup, finished, DriftReferences.read(output).orElseThrow());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"softmax", "logistic"})
    void isOfTheSamplesTrainedOnAndOfPredictionsForTheValidationSplit(String loss) throws Exception {
        var trained = train(
                PackedForTests.digits(directory.resolve("digits")),
                ",\"loss\":{\"name\":\"%s\"},\"imbalance\":{\"profile\":\"exponential\",\"ratio\":20}".formatted(loss));

        var setup = trained.setup();
        var reference = trained.reference();
        assertThat(reference.samples()).isEqualTo(setup.splits().training().length);
        var mean = reference.inputs().get(0);
        assertThat(mean.name()).isEqualTo("channel 0 mean");
        assertThat(mean.mean()).isCloseTo(255 * setup.preprocessing().mean()[0], within(1e-3));
        assertThat(LongStream.of(mean.counts()).sum()).isEqualTo(reference.samples());
        assertThat(mean.counts()[0]).isZero();
        assertThat(mean.counts()[mean.counts().length - 1]).isZero();

        var predictions = Objects.requireNonNull(reference.predictions());
        assertThat(predictions.split()).isEqualTo("validation");
        assertThat(LongStream.of(predictions.counts()).sum())
                .isEqualTo(setup.splits().validation().length);
        var probabilities = Objects.requireNonNull(predictions.probabilities());
        assertThat(probabilities).hasSize(10);
        if (loss.equals("softmax")) {
            assertThat(DoubleStream.of(probabilities).sum()).isCloseTo(1, within(1e-9));
        }
        // the long tail shows: classes are predicted as often as they are there
        assertThat(predictions.counts()[0]).isGreaterThan(4 * predictions.counts()[9]);
        assertThat(probabilities[0]).isGreaterThan(3 * probabilities[9]);
    }

    @Test
    void isOfTheTestSplitWhereNothingIsValidatedOn() throws Exception {
        var trained = train(PackedForTests.features(directory.resolve("features"), 70), ",\"validationFraction\":0");
        assertThat(Objects.requireNonNull(trained.reference().predictions()).split())
                .isEqualTo("test");
        assertThat(trained.reference().inputs().stream()
                        .map(DriftReference.Input::name)
                        .toList())
                .isEqualTo(List.of("feature 0", "feature 1", "feature 2"));
        assertThat(trained.reference().inputs().get(2).deviation()).isZero();
    }
}
