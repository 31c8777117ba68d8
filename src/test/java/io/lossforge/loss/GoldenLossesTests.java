package io.lossforge.loss;

import static io.lossforge.loss.LossAssertions.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.types.DataType;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Values and gradients that a numpy reference gives for one fixed batch. */
class GoldenLossesTests {

    private final JsonNode golden =
            new JsonMapper().readTree(GoldenLossesTests.class.getResourceAsStream("/golden-losses.json"));
    private final Batch batch = new Batch(
            matrix(golden.at("/inputs/logits")),
            Arrays.stream(vector(golden.at("/inputs/labels")))
                    .mapToLong(label -> (long) label)
                    .toArray());
    private final long[] classCounts = Arrays.stream(vector(golden.at("/inputs/class_counts_N")))
            .mapToLong(count -> (long) count)
            .toArray();

    @Test
    void softmax() {
        assertValue("SML mean", new Softmax(), batch);
    }

    @Test
    void softmaxWithClassWeightsDividesByTheBatchAndNotByTheSumOfWeights() {
        var weighted = weighted(ClassWeights.Scheme.INVERSE);
        assertValue("SML inv weights, divide by B", new Softmax(), weighted);

        double sumOfWeights = Arrays.stream(weighted.weights()).sum();
        assertThat(weighted.evaluate(new Softmax()).loss() * batch.size() / sumOfWeights)
                .isCloseTo(value("SML inv weights, divide by sum of weights (torch reduction=mean)"), within(1e-7));
    }

    @Test
    void softmaxWithEffectiveNumberWeights() {
        assertValue(
                "SML CB(0.9999) weights, divide by B", new Softmax(), weighted(ClassWeights.Scheme.EFFECTIVE_NUMBER));
    }

    @Test
    void logistic() {
        assertValue("LGL sum over K, mean over B", new Logistic(Reduction.SUM_CLASSES), batch);
        assertValue("LGL mean over B*K (DJL SigmoidBCE convention)", new Logistic(), batch);
        assertValue(
                "LGL inv weights sum over K",
                new Logistic(Reduction.SUM_CLASSES),
                weighted(ClassWeights.Scheme.INVERSE));
    }

    @ParameterizedTest
    @CsvSource({"0", "1", "5"})
    void lglInr(int beta) {
        assertValue("LGL-INR beta=" + beta, lglInr(beta, true), batch);
        assertValue("LGL-INR beta=" + beta, lglInr(beta, false), batch);
    }

    @Test
    void lglInrAtZeroLogits() {
        assertValue(
                "LGL-INR beta=1 at Z=0 (P=3 of K=4 classes present) = (P+K) ln2",
                lglInr(1, true),
                new Batch(new double[6][4], batch.labels()));
    }

    @Test
    void lglInrDiffersFromTheAuthorsLogarithmByItsEpsilonOnly() {
        assertThat(batch.evaluate(lglInr(1, true)).loss())
                .isCloseTo(value("LGL-INR beta=1 official eps=1e-7 form"), within(2e-6));
    }

    @Test
    void lglInrGradients() {
        assertClose(batch.evaluate(lglInr(1, true)).gradient(), matrix(golden.get("LGL-INR beta=1 grad full")), 1e-8);
        assertClose(
                batch.evaluate(lglInr(1, false)).gradient(), matrix(golden.get("LGL-INR beta=1 grad detached")), 1e-8);
        assertClose(
                batch.evaluate(lglInr(1, true), DataType.FLOAT32).gradient(),
                matrix(golden.get("LGL-INR beta=1 grad full")),
                1e-7);
    }

    @Test
    void meanProbabilitiesOfTheReference() {
        var means = Arrays.copyOf(LglInrReference.means(batch), 3);
        assertClose(
                means,
                matrix(golden.get("LGL-INR mean-probability matrix M (rows=present classes 0,1,2; cols=K)")),
                1e-8);
    }

    @Test
    void classWeights() {
        assertWeights("inv_weights", ClassWeights.Scheme.INVERSE);
        assertWeights("cb_weights", ClassWeights.Scheme.EFFECTIVE_NUMBER);
    }

    private void assertWeights(String key, ClassWeights.Scheme scheme) {
        var expected = vector(golden.get(key));
        var weights = classWeights(scheme);
        assertThat(weights).hasSameSizeAs(expected);
        for (int k = 0; k < expected.length; k++) {
            assertThat((double) weights[k]).isCloseTo(expected[k], within(1e-6 * expected[k]));
        }
    }

    private void assertValue(String key, LossFunction loss, Batch on) {
        assertThat(on.evaluate(loss, DataType.FLOAT64).loss()).isCloseTo(value(key), within(1.5e-7));
        assertThat(on.evaluate(loss, DataType.FLOAT32).loss()).isCloseTo(value(key), within(1e-6));
    }

    private double value(String key) {
        var value = golden.get("values").get(key);
        assertThat(value).as(key).isNotNull();
        return value.doubleValue();
    }

    private static LglInr lglInr(double beta, boolean gradThroughWeights) {
        return new LglInr(
                beta,
                gradThroughWeights,
                Reduction.SUM_CLASSES,
                LglInr.Statistics.BATCH,
                0.9,
                LglInr.NegativeMass.UNIT);
    }

    private float[] classWeights(ClassWeights.Scheme scheme) {
        return LossAssertions.scheme(scheme).weights(classCounts);
    }

    private Batch weighted(ClassWeights.Scheme scheme) {
        var weights = classWeights(scheme);
        return batch.weighted(Arrays.stream(batch.labels())
                .mapToDouble(label -> weights[(int) label])
                .toArray());
    }

    private static double[] vector(JsonNode array) {
        return array.valueStream().mapToDouble(JsonNode::doubleValue).toArray();
    }

    private static double[][] matrix(JsonNode array) {
        return array.valueStream().map(GoldenLossesTests::vector).toArray(double[][]::new);
    }
}
