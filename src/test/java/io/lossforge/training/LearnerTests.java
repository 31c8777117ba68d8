package io.lossforge.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Steps of a learner on the digits, with one thread. */
class LearnerTests {

    private static final int BATCH = 64;

    @TempDir
    static Path directory;

    @BeforeAll
    static void pack() throws IOException {
        Libtorch.prepareThread(1);
        PackedForTests.digits(directory);
    }

    private static Setup setup(String spec) throws IOException {
        var json = (ObjectNode) JsonMapper.shared().readTree(spec.replace('\'', '"'));
        return Setup.of(new TrainerCommand.Run("job", 1, json, directory.toString(), directory.toString(), 1, "cpu"));
    }

    private static void train(Setup setup, Learner learner, Batches batches, int size, int steps, double learningRate) {
        var training = setup.splits().training();
        for (int step = 1; step <= steps; step++) {
            try (var scope = learner.manager().newSubManager()) {
                int from = step * size % (training.length - size);
                var batch = batches.load(setup.dataset().train(), training, from, from + size, null, null, scope);
                learner.step(batch, learningRate, step);
            }
        }
    }

    private static Batches batches(Setup setup) {
        return new Batches(setup.dataset(), BATCH, setup.spec().augmentations());
    }

    @ParameterizedTest
    @CsvSource({
        "lenet, lgl-inr, sigmoid, null",
        "mlp, softmax, softmax, null",
        "mlp, bi-tempered, temperedSoftmax, null",
        "lenet, ldam, softmax, null",
        "mlp, label-smoothing, softmax, {'tau':1.5}"
    })
    void theArtefactGivesTheTrainedNetworksOwnAnswers(
            String architecture, String loss, String serving, String logitAdjustment) throws IOException, OrtException {
        var setup = setup("""
                {'dataset':'digits:1','architecture':{'name':'%s'},'loss':{'name':'%s'},'logitAdjustment':%s,
                 'imbalance':{'ratio':10}}""".formatted(architecture, loss, logitAdjustment));
        try (var learner = setup.newLearner()) {
            var batches = batches(setup);
            train(setup, learner, batches, BATCH, 60, 0.003);
            float[] logits;
            float[] probabilities;
            try (var scope = learner.manager().newSubManager()) {
                var test = batches.load(
                        setup.dataset().test(), IntStream.range(0, BATCH).toArray(), 0, BATCH, null, null, scope);
                var raw = learner.logits(test.inputs());
                logits = raw.toFloatArray();
                probabilities = setup.spec()
                        .loss()
                        .servingTransform()
                        .probabilities(learner.adjusted(raw))
                        .toFloatArray();
            }

            var artefact = Artefact.write(setup, learner, directory);

            var file = directory.resolve(artefact.file());
            assertThat(artefact.sha256()).isEqualTo(Digests.sha256(Files.readAllBytes(file)));
            assertThat(artefact.bytes()).isEqualTo(Files.size(file));
            check(file, setup, logits, probabilities, serving);
        }
    }

    private static void check(Path file, Setup setup, float[] logits, float[] probabilities, String serving)
            throws OrtException {
        var pixels = ByteBuffer.allocateDirect(BATCH * 64);
        for (int i = 0; i < BATCH; i++) {
            setup.dataset().test().read(i, pixels, i * 64);
        }
        try (var session = OrtEnvironment.getEnvironment().createSession(file.toString());
                var input = OnnxTensor.createTensor(
                        OrtEnvironment.getEnvironment(), pixels, new long[] {BATCH, 1, 8, 8}, OnnxJavaType.UINT8);
                var result = session.run(Map.of("input", input))) {
            assertServed(result, "logits", logits, 1e-4f);
            assertServed(result, "probabilities", probabilities, 2e-5f);
            var metadata = session.getMetadata().getCustomMetadata();
            assertThat(metadata)
                    .containsEntry("lossforge.labels", "[\"0\",\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\"]")
                    .containsEntry("lossforge.serving", serving)
                    .containsEntry("lossforge.job", "job")
                    .containsEntry("lossforge.dataset", "digits:1");
            assertThat(JsonMapper.shared().readTree(metadata.get("lossforge.input")))
                    .isEqualTo(JsonMapper.shared().readTree("{\"kind\":\"images\",\"shape\":[1,8,8]}"));
            assertThat(Catalogues.JSON.read(
                            TrainingSpec.class, JsonMapper.shared().readTree(metadata.get("lossforge.spec"))))
                    .isEqualTo(setup.spec());
        }
    }

    private static void assertServed(OrtSession.Result result, String output, float[] expected, float tolerance)
            throws OrtException {
        var served = (float[][]) result.get(output).orElseThrow().getValue();
        for (int i = 0; i < BATCH; i++) {
            for (int k = 0; k < 10; k++) {
                assertThat(served[i][k]).as(output).isCloseTo(expected[i * 10 + k], within(tolerance));
            }
        }
    }

    @Test
    void theArtefactSaysHowItsProbabilitiesWereAdjusted() throws IOException, OrtException {
        assertThat(metadata("{'dataset':'digits','logitAdjustment':{'tau':2},'imbalance':{'ratio':50}}"))
                .hasEntrySatisfying("lossforge.logitAdjustment", text -> {
                    var json = JsonMapper.shared().readTree(text);
                    assertThat(json.path("tau").asDouble()).isEqualTo(2);
                    assertThat(json.path("shift")).hasSize(10);
                    assertThat(json.path("shift").path(0).asDouble())
                            .isGreaterThan(json.path("shift").path(9).asDouble() + 2 * Math.log(40));
                })
                .containsEntry("lossforge.serving", "softmax");
        assertThat(metadata("{'dataset':'digits','loss':{'name':'bi-tempered','parameters':{'t2':1.5}}}"))
                .containsEntry("lossforge.serving", "temperedSoftmax")
                .containsEntry("lossforge.servingTemperature", "1.5")
                .doesNotContainKey("lossforge.logitAdjustment");
    }

    private static Map<String, String> metadata(String spec) throws IOException, OrtException {
        var setup = setup(spec);
        try (var learner = setup.newLearner()) {
            var file =
                    directory.resolve(Artefact.write(setup, learner, directory).file());
            try (var session = OrtEnvironment.getEnvironment().createSession(file.toString())) {
                return session.getMetadata().getCustomMetadata();
            }
        }
    }

    @Test
    void theLastBiasOfASigmoidLossStartsAtTheProbabilityOfChance() throws IOException {
        var logistic = setup("{'dataset':'digits','loss':{'name':'logistic'}}");
        try (var learner = logistic.newLearner()) {
            assertThat(logistic.network().lastBias(learner.block()).getArray().toFloatArray())
                    .containsOnly((float) -Math.log(9));
        }
        var softmax = setup("{'dataset':'digits'}");
        try (var learner = softmax.newLearner()) {
            assertThat(softmax.network().lastBias(learner.block()).getArray().toFloatArray())
                    .containsOnly(0);
        }
    }

    @Test
    void weightDecayPullsWeightsButNoBias() throws IOException {
        var without = afterOneStep("0");
        var with = afterOneStep("10");
        var start = afterSteps("0", 0);

        assertThat(with.keySet()).anyMatch(name -> name.endsWith(".bias"));
        with.forEach((name, values) -> {
            for (int i = 0; i < values.length; i++) {
                float pull = name.endsWith(".bias") ? 0 : 0.01f * 10 * start.get(name)[i];
                assertThat(without.get(name)[i] - values[i]).isCloseTo(pull, within(1e-6f));
            }
        });
    }

    private static Map<String, float[]> afterOneStep(String weightDecay) throws IOException {
        return afterSteps(weightDecay, 1);
    }

    private static Map<String, float[]> afterSteps(String weightDecay, int steps) throws IOException {
        var setup = setup("{'dataset':'digits','optimizer':{'name':'adamw','parameters':{'weightDecay':%s}}}"
                .formatted(weightDecay));
        try (var learner = setup.newLearner()) {
            train(setup, learner, batches(setup), BATCH, steps, 0.01);
            var values = new TreeMap<String, float[]>();
            learner.weights().arrays().forEach((name, array) -> values.put(name, array.toFloatArray()));
            return values;
        }
    }

    /** Whatever a step makes must go with it: counted in arrays, and in resident memory as the system sees it. */
    @ParameterizedTest
    @ValueSource(strings = {"'loss':{'name':'lgl-inr'}", "'loss':{'name':'ldam'}", "'logitAdjustment':{}"})
    void memoryStaysFlatOverAThousandSteps(String loss) throws IOException {
        var setup = setup("""
                {'dataset':'digits','architecture':{'name':'lenet'},%s,'clipGradientNorm':1,'weightAveraging':{},
                 'optimizer':{'name':'sgd','parameters':{'nesterov':true,'weightDecay':0.001}}}""".formatted(loss));
        try (var learner = setup.newLearner()) {
            var batches = batches(setup);
            train(setup, learner, batches, 8, 100, 1e-4);
            learner.withServedWeights(() -> learner.weights().sha256());
            int arrays = learner.manager().getManagedArrays().size();
            long resident = residentKilobytes();

            for (int epoch = 0; epoch < 20; epoch++) {
                train(setup, learner, batches, 8, 50, 1e-4);
                learner.withServedWeights(() -> learner.weights().sha256());
            }

            assertThat(learner.manager().getManagedArrays()).hasSize(arrays);
            assertThat(residentKilobytes() - resident).isLessThan(96 * 1024);
        }
    }

    /** As on a GPU, where results are taken many together. */
    @Test
    void resultsTakenTogetherGiveTheSameMeansAndTheSameStep() {
        try (var manager = Libtorch.engine().newBaseManager()) {
            var means = new EpochMeans(EpochMeans.State.EMPTY);
            var results = new StepResults(manager, means, "advice", 4);
            for (int step = 1; step <= 6; step++) {
                add(results, manager, step, step);
            }
            assertThat(means.state().steps()).isEqualTo(4);
            results.flush();
            assertThat(means.loss()).isEqualTo(3.5);
            assertThat(means.accuracy()).isEqualTo(0.5);
            assertThat(manager.getManagedArrays()).isEmpty();

            add(results, manager, 7, 1);
            add(results, manager, 8, Float.POSITIVE_INFINITY);
            add(results, manager, 9, Float.NaN);
            assertThatThrownBy(results::flush)
                    .isInstanceOf(TrainingFailure.class)
                    .hasMessage("the loss became infinite at step 8: advice");
        }
    }

    private static void add(StepResults results, NDManager manager, int step, float loss) {
        try (var scope = manager.newSubManager()) {
            results.add(new Learner.Outcome(scope.create(loss), scope.create(2L)), step, 4, 1);
        }
    }

    @Test
    void theEnginesOwnWordsForTooLittleMemoryAreKnown() {
        try (var manager = Libtorch.engine().newBaseManager()) {
            assertThatThrownBy(() -> manager.zeros(new Shape(1L << 46)))
                    .isInstanceOfSatisfying(
                            EngineException.class,
                            e -> assertThat(Trainer.isOutOfMemory(e)).isTrue());
        }
        assertThat(Trainer.isOutOfMemory(new EngineException("CUDA out of memory. Tried to allocate 20.00 MiB.")))
                .isTrue();
        assertThat(Trainer.isOutOfMemory(new EngineException("shapes do not match")))
                .isFalse();
    }

    private static long residentKilobytes() throws IOException {
        System.gc();
        try (var lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .sum();
        }
    }
}
