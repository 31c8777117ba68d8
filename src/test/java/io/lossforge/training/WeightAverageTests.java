package io.lossforge.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The running average of a learner that takes steps on the digits. */
class WeightAverageTests {

    @TempDir
    static Path directory;

    @BeforeAll
    static void pack() throws IOException {
        Libtorch.prepareThread(1);
        PackedForTests.digits(directory);
    }

    private static Setup setup(String averaging) throws IOException {
        var json = """
                {'dataset':'digits','architecture':{'name':'resnet','parameters':{'depth':20}},'weightAveraging':%s,
                 'optimizer':{'name':'sgd','parameters':{'learningRate':0.5}}}""".formatted(averaging);
        return Setup.of(new TrainerCommand.Run(
                "job",
                1,
                (ObjectNode) JsonMapper.shared().readTree(json.replace('\'', '"')),
                directory.toString(),
                directory.toString(),
                1,
                "cpu"));
    }

    private static void step(Setup setup, Learner learner, Batches batches, int step) {
        try (var scope = learner.manager().newSubManager()) {
            var batch = batches.load(
                    setup.dataset().train(), setup.splits().training(), 16 * step, 16 * step + 16, null, null, scope);
            learner.step(batch, 0.5, step);
        }
    }

    private static Map<String, float[]> values(Map<String, NDArray> arrays) {
        var values = new TreeMap<String, float[]>();
        arrays.forEach((name, array) -> values.put(name, array.toFloatArray()));
        return values;
    }

    /** Every weight, and the running statistics of batch norm, against the recurrence worked out here in float64. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void followsItsRecurrence(boolean warmup) throws IOException {
        var setup = setup("{'decay':0.75,'warmup':%s}".formatted(warmup));
        try (var learner = setup.newLearner()) {
            var batches = new Batches(setup.dataset(), 16, setup.spec().augmentations());
            var expected = new TreeMap<String, double[]>();
            values(learner.weights().arrays()).forEach((name, start) -> {
                var mean = new double[start.length];
                for (int i = 0; i < mean.length; i++) {
                    mean[i] = start[i];
                }
                expected.put(name, mean);
            });
            for (int step = 1; step <= 30; step++) {
                step(setup, learner, batches, step);
                double decay = warmup ? Math.min(0.75, (1.0 + step) / (10 + step)) : 0.75;
                values(learner.weights().arrays()).forEach((name, weights) -> {
                    var mean = expected.get(name);
                    for (int i = 0; i < mean.length; i++) {
                        mean[i] = decay * mean[i] + (1 - decay) * weights[i];
                    }
                });
            }

            assertThat(expected.keySet()).anyMatch(name -> name.contains("runningVar"));
            var served = values(learner.served());
            expected.forEach((name, mean) -> {
                double furthest = 0;
                for (int i = 0; i < mean.length; i++) {
                    double scale = Math.max(1, Math.abs(mean[i]));
                    furthest = Math.max(furthest, Math.abs(served.get(name)[i] - mean[i]) / scale);
                }
                assertThat(furthest).as(name).isLessThan(1e-5);
            });
        }
    }

    @Test
    void measuresWithTheAverageAndTrainsOnWithItsOwnWeights() throws IOException {
        var setup = setup("{'decay':0.9}");
        try (var learner = setup.newLearner();
                var undisturbed = setup.newLearner()) {
            var batches = new Batches(setup.dataset(), 16, setup.spec().augmentations());
            for (int step = 1; step <= 10; step++) {
                step(setup, learner, batches, step);
                step(setup, undisturbed, batches, step);
                var own = learner.weights().sha256();
                var average = values(learner.served());

                var measured =
                        learner.withServedWeights(() -> values(learner.weights().arrays()));

                average.forEach((name, values) ->
                        assertThat(measured.get(name)).as(name).isEqualTo(values));
                assertThat(learner.withServedWeights(() -> learner.weights().sha256()))
                        .isNotEqualTo(own);
                assertThat(learner.weights().sha256()).isEqualTo(own);
            }
            assertThat(learner.weights().sha256())
                    .isEqualTo(undisturbed.weights().sha256());
        }
    }

    @Test
    void theWeightsComeBackWhenMeasuringIsInterrupted() throws IOException {
        var setup = setup("{'decay':0.9}");
        try (var learner = setup.newLearner()) {
            step(setup, learner, new Batches(setup.dataset(), 16, setup.spec().augmentations()), 1);
            var own = learner.weights().sha256();

            assertThatThrownBy(() -> learner.withServedWeights(() -> {
                        throw new Passes.Interrupted();
                    }))
                    .isInstanceOf(Passes.Interrupted.class);

            assertThat(learner.weights().sha256()).isEqualTo(own);
        }
    }

    @Test
    void withoutAveragingTheTrainedWeightsAreServed() throws IOException {
        var setup = setup("null");
        try (var learner = setup.newLearner()) {
            assertThat(learner.served()).isEqualTo(learner.weights().arrays());
            assertThat(learner.state().keySet()).noneMatch(name -> name.startsWith("average/"));
        }
    }
}
