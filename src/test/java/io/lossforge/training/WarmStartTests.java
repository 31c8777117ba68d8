package io.lossforge.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import io.lossforge.architecture.OnnxFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.io.FileUtils;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Jobs that start from the weights of a model, in this process and with one thread. */
class WarmStartTests {

    private static final String MLP = "'architecture':{'name':'mlp','parameters':{'hidden':[16]}}";

    /** Takes steps too small to change a weight. */
    private static final String STANDING_STILL =
            "'epochs':1,'optimizer':{'name':'sgd','parameters':{'learningRate':1e-30,'weightDecay':0}}";

    @TempDir
    static Path shared;

    private static Path digits;

    @TempDir
    Path directory;

    private final List<TrainerEvent> events = new ArrayList<>();
    private int runs;

    @BeforeAll
    static void pack() throws IOException {
        Libtorch.prepareThread(1);
        digits = PackedForTests.digits(shared.resolve("digits"));
    }

    private TrainerCommand.Run command(Path dataset, String spec, @Nullable Path initialModel) throws IOException {
        var json = (ObjectNode) JsonMapper.shared().readTree(spec.replace('\'', '"'));
        var output = Files.createDirectories(directory.resolve("output" + ++runs));
        return command(dataset, json, output, initialModel);
    }

    private static TrainerCommand.Run command(Path dataset, ObjectNode spec, Path output, @Nullable Path initialModel) {
        return new TrainerCommand.Run(
                "job",
                1,
                spec,
                dataset.toString(),
                output.toString(),
                1,
                "cpu",
                null,
                initialModel == null ? null : initialModel.toString());
    }

    private TrainerEvent run(TrainerCommand.Run command, Interruption interruption) throws IOException {
        try (var fit = new Fit(Setup.of(command), events::add, interruption)) {
            return fit.run();
        }
    }

    private TrainerEvent.Finished finished(Path dataset, String spec, @Nullable Path initialModel) throws IOException {
        events.clear();
        return (TrainerEvent.Finished) run(command(dataset, spec, initialModel), new Interruption());
    }

    private Path onnx() {
        return directory.resolve("output" + runs).resolve(Artefact.FILE);
    }

    private List<Double> validationLosses() {
        return events.stream()
                .filter(TrainerEvent.Metrics.class::isInstance)
                .flatMap(event -> ((TrainerEvent.Metrics) event).points().stream())
                .filter(point ->
                        point.split().equals("validation") && point.name().equals("loss"))
                .map(MetricPoint::value)
                .toList();
    }

    private TrainerEvent.Started started() {
        return (TrainerEvent.Started) events.get(0);
    }

    @Test
    void beginsWhereTheModelEnded() throws IOException {
        var model = finished(digits, "{'dataset':'digits',%s,'epochs':3}".formatted(MLP), null);
        var loss = validationLosses().get(2);
        var onnx = onnx();

        var standing = finished(
                digits, "{'dataset':'digits',%s,'initialModel':'m:1',%s}".formatted(MLP, STANDING_STILL), onnx);
        assertThat(standing.weightsSha256()).isEqualTo(model.weightsSha256());
        assertThat(validationLosses()).containsExactly(loss);
        assertThat(started().warnings()).isEmpty();

        finished(digits, "{'dataset':'digits',%s,'initialModel':'m:1','epochs':1}".formatted(MLP), onnx);
        assertThat(validationLosses().get(0)).as("goes on learning").isLessThan(loss);
    }

    /** Running statistics, averaged weights and a head without bias included. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "'architecture':{'name':'resnet','parameters':{'depth':20}},'batchSize':128",
                "'architecture':{'name':'lenet'},'weightAveraging':{'decay':0.9}",
                "'architecture':{'name':'mlp'},'loss':{'name':'ldam'}",
                "'architecture':{'name':'linear'},'loss':{'name':'logistic'}"
            })
    void takesOverEveryBit(String spec) throws IOException {
        var model = finished(digits, "{'dataset':'digits',%s,'epochs':1}".formatted(spec), null);
        var setup = Setup.of(command(
                digits, "{'dataset':'digits',%s,'epochs':1,'initialModel':'m:1','seed':2}".formatted(spec), onnx()));

        try (var learner = setup.newLearner();
                var scope = learner.manager().newSubManager()) {
            assertThat(learner.weights().sha256()).isNotEqualTo(model.weightsSha256());
            learner.startFrom(InitialWeights.read(setup, learner.weights().arrays(), scope)
                    .values());

            assertThat(learner.weights().sha256()).isEqualTo(model.weightsSha256());
            assertThat(values(learner.served()))
                    .isEqualTo(values(learner.weights().arrays()));
        }
    }

    private static Map<String, List<Float>> values(Map<String, NDArray> arrays) {
        var values = new TreeMap<String, List<Float>>();
        arrays.forEach((name, array) -> {
            var list = new ArrayList<Float>();
            for (float value : array.toFloatArray()) {
                list.add(value);
            }
            values.put(name, list);
        });
        return values;
    }

    @Test
    void lastLayerOfOtherClassesOrOfAnotherKindStartsAnew() throws IOException {
        finished(digits, "{'dataset':'digits',%s,'epochs':1}".formatted(MLP), null);
        var onnx = onnx();
        var renamed = shared.resolve("renamed");
        FileUtils.copyDirectory(digits.toFile(), renamed.toFile());
        var manifest = renamed.resolve("manifest.json");
        Files.writeString(manifest, Files.readString(manifest).replace("\"9\"", "\"nine\""));

        for (var other : List.of("'loss':{'name':'softmax'}", "'loss':{'name':'ldam'}")) {
            var dataset = other.contains("softmax") ? renamed : digits;
            var spec = "{'dataset':'d',%s,%s,'initialModel':'m:1',%s,'seed':5}".formatted(MLP, other, STANDING_STILL);
            var warm = Setup.of(command(dataset, spec, onnx));
            try (var fresh = warm.newLearner();
                    var learner = warm.newLearner();
                    var scope = learner.manager().newSubManager()) {
                var initial = InitialWeights.read(warm, learner.weights().arrays(), scope);
                learner.startFrom(initial.values());
                assertThat(initial.values().keySet()).containsExactly("linear1.weight", "linear1.bias");
                var first = values(fresh.weights().arrays());
                values(learner.weights().arrays()).forEach((name, values) -> {
                    if (name.startsWith(warm.network().lastLayer())) {
                        assertThat(values).as(name).isEqualTo(first.get(name));
                    } else if (name.endsWith(".weight")) {
                        assertThat(values).as(name).isNotEqualTo(first.get(name));
                    }
                });
            }
            finished(dataset, spec, onnx);
            assertThat(started().warnings())
                    .containsExactly(
                            "the last layer starts anew, since that of m:1 is of other classes or of another kind");
        }
    }

    /** Running statistics included, and after a resume. */
    @Test
    void theLastLayerAloneIsTrained() throws IOException {
        var resnet = "'architecture':{'name':'resnet','parameters':{'depth':20}},'batchSize':128";
        finished(digits, "{'dataset':'digits',%s,'epochs':1}".formatted(resnet), null);
        var onnx = onnx();
        var before = OnnxFile.read(onnx).constants();
        var spec =
                "{'dataset':'digits',%s,'epochs':1,'initialModel':'m:1','lastLayerOnly':true,'sampler':{'name':'class-balanced'}}"
                        .formatted(resnet);
        var straight = finished(digits, spec, onnx);
        var after = OnnxFile.read(onnx()).constants();
        assertThat(after.keySet()).isEqualTo(before.keySet());
        after.forEach((name, constant) -> assertThat(
                        constant.values().equals(before.get(name).values()))
                .as(name)
                .isEqualTo(!name.startsWith("linear1.")));

        var interrupted = command(digits, spec, onnx);
        stopAfterAStep(interrupted);
        events.clear();
        var resumed = (TrainerEvent.Finished) run(interrupted, new Interruption());
        assertThat(started().resumed()).isNotNull();
        assertThat(resumed.weightsSha256()).isEqualTo(straight.weightsSha256());

        assertThatThrownBy(() -> finished(digits, "{'dataset':'digits','lastLayerOnly':true}", null))
                .isInstanceOf(TrainingFailure.class)
                .hasMessageContaining("/lastLayerOnly: needs an initialModel");
    }

    /** With no file of the model any more, and not from a checkpoint of a job with another one. */
    @Test
    void resumesExactly() throws IOException {
        finished(digits, "{'dataset':'digits',%s,'epochs':1}".formatted(MLP), null);
        var onnx = onnx();
        var spec = "{'dataset':'digits',%s,'epochs':3,'initialModel':'m:1','weightAveraging':{'decay':0.9}}"
                .formatted(MLP);
        var straight = finished(digits, spec, onnx);

        var interrupted = command(digits, spec, onnx);
        var output = Path.of(interrupted.output());
        stopAfterAStep(interrupted);
        events.clear();
        var resumed = (TrainerEvent.Finished)
                run(command(digits, interrupted.spec(), output, directory.resolve("gone.onnx")), new Interruption());
        assertThat(started().resumed()).isEqualTo(new TrainerEvent.Resumption(1, 1, 1));
        assertThat(resumed.weightsSha256()).isEqualTo(straight.weightsSha256());

        var others = command(digits, spec.replace("m:1", "m:2"), onnx);
        stopAfterAStep(others);
        events.clear();
        run(command(digits, interrupted.spec(), Path.of(others.output()), onnx), new Interruption());
        assertThat(started().resumed()).isNull();
        assertThat(started().warnings()).containsExactly("the checkpoint after step 1 is of another job");
    }

    private static void stopAfterAStep(TrainerCommand.Run command) throws IOException {
        var interruption = new Interruption();
        try (var fit = new Fit(
                Setup.of(command),
                event -> {
                    if (event instanceof TrainerEvent.Metrics) {
                        interruption.stop();
                    }
                },
                interruption)) {
            assertThat(fit.run()).isEqualTo(new TrainerEvent.Stopped(1L));
        }
    }

    @Test
    void aModelThatDoesNotFitOrIsNotThereIsNamed() throws IOException {
        finished(digits, "{'dataset':'digits',%s,'epochs':1}".formatted(MLP), null);
        var onnx = onnx();
        for (var wrong : Arrays.asList(onnx, null)) {
            var command = command(digits, "{'dataset':'digits','initialModel':'m:1'}", wrong);
            assertThatThrownBy(() -> run(command, new Interruption()))
                    .isInstanceOf(TrainingFailure.class)
                    .hasMessage(
                            wrong == null
                                    ? "the initial model m:1 is not among the files of this trainer"
                                    : "the initial model m:1 has no linear1.weight of (128, 64): it is of another architecture");
        }
    }
}
