package io.lossforge.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.lossforge.catalogue.InvalidDocument;
import io.lossforge.decision.Calibrator;
import io.lossforge.decision.Decision;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Whole jobs on the digits, and what ONNX Runtime says of their artefacts. */
class DecisionFitTests {

    @TempDir
    static Path shared;

    private static Path digits;

    @TempDir
    Path output;

    @BeforeAll
    static void pack() throws IOException {
        Libtorch.prepareThread(1);
        digits = PackedForTests.digits(shared.resolve("digits"));
    }

    private static ObjectNode json(String spec) {
        return (ObjectNode) JsonMapper.shared().readTree(spec.replace('\'', '"'));
    }

    private TrainerEvent.Finished finished(String spec) throws IOException {
        var run = new TrainerCommand.Run("job", 1, json(spec), digits.toString(), output.toString(), 1, "cpu");
        try (var fit = new Fit(Setup.of(run), event -> {}, new Interruption())) {
            return (TrainerEvent.Finished) fit.run();
        }
    }

    /** Logits and probabilities of all test samples, as they are served. */
    private Map<String, float[]> served(PackedDataset dataset) throws OrtException {
        int count = dataset.test().count();
        var pixels = ByteBuffer.allocateDirect(count * 64);
        for (int i = 0; i < count; i++) {
            dataset.test().read(i, pixels, i * 64);
        }
        var environment = OrtEnvironment.getEnvironment();
        try (var session =
                        environment.createSession(output.resolve("model.onnx").toString());
                var input =
                        OnnxTensor.createTensor(environment, pixels, new long[] {count, 1, 8, 8}, OnnxJavaType.UINT8);
                var result = session.run(Map.of("input", input))) {
            return Map.of("logits", floats(result, "logits"), "probabilities", floats(result, "probabilities"));
        }
    }

    private static float[] floats(OrtSession.Result result, String output) {
        var buffer = ((OnnxTensor) result.get(output).orElseThrow()).getFloatBuffer();
        var floats = new float[buffer.remaining()];
        buffer.get(floats);
        return floats;
    }

    @ParameterizedTest
    @CsvSource({"softmax, {'tau':1}, true", "softmax, null, true", "logistic, null, false", "bi-tempered, null, false"})
    void whatIsServedIsCalibratedAsTheEvaluationSays(String loss, String adjustment, boolean softmax) throws Exception {
        var finished = finished("""
                {'dataset':'digits','epochs':6,'batchSize':16,'imbalance':{'ratio':10},'loss':{'name':'%s'},
                 'logitAdjustment':%s,'validationFraction':0.3}""".formatted(loss, adjustment));
        var decision = Objects.requireNonNull(finished.decision());
        var evaluation = finished.evaluations().get("test");
        assertThat(decision.temperature()).isEqualTo(evaluation.temperature());
        assertThat(decision.splits().get("test").nll().after()).isEqualTo(evaluation.scaledNll());
        assertThat(decision.splits().get("test").nll().before()).isCloseTo(evaluation.nll(), within(1e-9));
        assertThat(decision.splits().get("test").ece().before()).isCloseTo(evaluation.ece(), within(1e-9));
        assertThat(decision.target()).isNull();

        var dataset = PackedDataset.open(digits);
        var served = served(dataset);
        var logits = served.get("logits");
        var calibrator = decision.calibrator();
        var uncalibrated = new Calibrator(1, calibrator.logitShift());
        var p = new double[10];
        double nll = 0;
        for (int i = 0; i < dataset.test().count(); i++) {
            calibrator.probabilities(logits, 10 * i, p);
            nll -= Math.log(p[dataset.test().labels()[i]]);
            int likeliest = Calibrator.likeliest(p, 0, 10);
            assertThat(served.get("probabilities")[10 * i + likeliest])
                    .isEqualTo(max(Arrays.copyOfRange(served.get("probabilities"), 10 * i, 10 * i + 10)));
            uncalibrated.probabilities(logits, 10 * i, p);
            for (int k = 0; softmax && k < 10; k++) {
                assertThat(p[k]).isCloseTo(served.get("probabilities")[10 * i + k], within(1e-6));
            }
        }
        assertThat(nll / dataset.test().count()).isCloseTo(evaluation.scaledNll(), within(1e-5));
    }

    private static float max(float[] values) {
        float max = values[0];
        for (float value : values) {
            max = Math.max(max, value);
        }
        return max;
    }

    @Test
    void isFittedFromWhatIsStoredAsAtTheEndOfTheJob() throws IOException {
        var spec = """
                {'dataset':'digits','epochs':6,'batchSize':32,'imbalance':{'ratio':10},'sampler':{'name':'class-balanced'},
                 'classWeights':{'scheme':'sqrtInverse'},'validationFraction':0.3,
                 'decision':{'name':'recall','parameters':{'atLeast':0.9}}}""";
        var finished = finished(spec);
        Outputs outputs;
        try (var stream = Files.newInputStream(output.resolve(finished.outputs().file()))) {
            outputs = Outputs.read(stream);
        }
        var read = Catalogues.JSON.read(TrainingSpec.class, json(spec));
        var again = DecisionFit.of(read, finished.analyses().get("train")).fit(outputs, read.decision());
        assertThat(again).isEqualTo(finished.decision());

        var said = TrainerJson.readEvent(TrainerJson.write(finished));
        assertThat(((TrainerEvent.Finished) said).decision()).isEqualTo(finished.decision());
    }

    /** The learning property: a softmax network stands for what it saw, and an adjusted one for what the adjustment leaves of it. */
    @Test
    void priorIsWhatTheLearningPropertySays() throws IOException {
        var spec = """
                {'dataset':'digits','epochs':20,'batchSize':16,'imbalance':{'ratio':10},
                 'logitAdjustment':%s,'validationFraction':0.3}""";
        var plain = Objects.requireNonNull(finished(spec.formatted("null")).decision());
        var shares = plain.classes().stream()
                .mapToDouble(Decision.ClassDecision::trainingShare)
                .toArray();
        assertThat(Arrays.stream(shares).sum()).isCloseTo(1, within(1e-12));
        assertThat(shares[0] / shares[9]).isBetween(9.0, 11.0);
        var uniform = new double[10];
        Arrays.fill(uniform, 0.1);
        assertThat(distance(plain.prior(), shares)).isLessThan(distance(plain.prior(), uniform) / 2);
        var adjusted =
                Objects.requireNonNull(finished(spec.formatted("{'tau':1}")).decision());
        var taken = Objects.requireNonNull(adjusted.logitShift());
        var left = new double[10];
        Arrays.setAll(left, k -> shares[k] * Math.exp(-taken.get(k) / adjusted.temperature()));
        double sum = Arrays.stream(left).sum();
        Arrays.setAll(left, k -> left[k] / sum);
        assertThat(distance(adjusted.prior(), left)).isLessThan(distance(adjusted.prior(), shares) / 2);
        assertThat(plain.splits().get("test").balancedAccuracy().after())
                .isGreaterThan(plain.splits().get("test").balancedAccuracy().before());
    }

    /** Mean difference of the logarithms, without regard to sign. */
    private static double distance(double[] left, double[] right) {
        double sum = 0;
        for (int k = 0; k < left.length; k++) {
            sum += Math.abs(Math.log(left[k] / right[k]));
        }
        return sum / left.length;
    }

    @Test
    void saysWhatWasReachedAndWhatNot() throws IOException {
        var finished = finished("""
                {'dataset':'digits','epochs':6,'batchSize':16,'imbalance':{'ratio':20},'validationFraction':0.1,
                 'decision':{'name':'precision','parameters':{'atLeast':0.95}}}""");
        var decision = Objects.requireNonNull(finished.decision());
        var validation =
                Objects.requireNonNull(decision.splits().get("validation").decided());
        var test = decision.splits().get("test");
        assertThat(decision.classes()).hasSize(10).allSatisfy(each -> {
            var rates = validation.perClass().get(Integer.parseInt(each.label()));
            assertThat(rates.support()).isEqualTo(each.validationSamples());
            assertThat(each.reached()).isEqualTo(each.threshold() != null);
            if (each.threshold() != null) {
                assertThat(rates.precision()).isGreaterThanOrEqualTo(0.95);
            }
            assertThat(each.note()).as("2 to 15 samples show little").isNotNull();
        });
        assertThat(decision.classes().get(0).note())
                .contains(
                        "too few to say that precision 0.95 will be reached on others, which takes 59, all of them right");
        assertThat(test.decided().abstained()).isPositive();
        assertThat(test.decided().accuracy())
                .isGreaterThan(finished.evaluations().get("test").accuracy());
        assertThat(test.samples()).isEqualTo(PackedForTests.DIGITS_TEST);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {'name':'recall','parameters':{'atLeast':0}} | 0.1 | /decision/parameters/atLeast: must be > 0
            {'name':'recall','parameters':{'atLeast':1.5}} | 0.1 | /decision/parameters/atLeast: must be <= 1
            {'name':'recal'} | 0.1 | decision "recal" is not known; did you mean "recall"?
            {'name':'recall'} | 0 | /decision: needs a validation split to fit thresholds on: set validationFraction above 0
            """)
    void refusesNonsense(String decision, double validation, String message) {
        assertThatThrownBy(() -> Catalogues.JSON.read(
                        TrainingSpec.class,
                        json("{'dataset':'d','decision':%s,'validationFraction':%s}".formatted(decision, validation))))
                .isInstanceOf(InvalidDocument.class)
                .hasMessageContaining(message);
    }
}
