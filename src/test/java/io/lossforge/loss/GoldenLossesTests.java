package io.lossforge.loss;

import static io.lossforge.loss.LossAssertions.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.util.Arrays;
import java.util.Map;
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
    void focal() {
        assertValue("focal softmax gamma=2", new Focal(2), batch);
        assertValue(
                "focal sigmoid alpha=.25 gamma=2 sum over K / B",
                new SigmoidFocal(2, 0.25, Reduction.SUM_CLASSES),
                batch);
    }

    @Test
    void lossesOfTheClassCounts() {
        assertValue("Balanced softmax (z+log n)", new LogitAdjusted(1), batch);
        assertValue("Logit adjustment tau=1 (identical)", new LogitAdjusted(1), batch);
        assertValue("VS gamma=.3 tau=1", new VectorScaling(0.3, 1), batch);
        assertValue("CDT gamma=.3", new VectorScaling(0.3, 0), batch);
    }

    @Test
    void ldam() {
        var cosines = Arrays.stream(batch.logits())
                .map(row -> Arrays.stream(row).map(z -> 30 * (z / 5)).toArray())
                .toArray(double[][]::new);
        assertValue("LDAM s=30 max_m=.5 on cosine inputs Z/5", new Ldam(0.5, 30), new Batch(cosines, batch.labels()));
    }

    @Test
    void frlr() {
        assertValue("FRLR-HS alpha=1 topratio=.5", new FrlrHard(1, 0.5), batch);
        assertValue("FRLR-SS alpha=1 gamma=1", new FrlrSoft(1, 1), batch);
        assertValue("FRLR-SS alpha=1 gamma=2", new FrlrSoft(1, 2), batch);
    }

    @Test
    void lossesForWrongLabels() {
        assertValue("GCE q=.7", new Gce(0.7), batch);
        assertValue("RCE A=log(1e-4)", new Sce(0, 1), batch);
        assertValue("SCE alpha=.1 beta=1", new Sce(0.1, 1), batch);
        assertValue("RCE A=log(1e-4)", new NceRce(0, 1), batch);
        assertValue("NCE", new NceRce(1, 0), batch);
        assertValue("Bi-tempered t1=.8 t2=1.2 5 it", new BiTempered(0.8, 1.2), batch);
    }

    @Test
    void asymmetric() {
        assertValue("ASL single (0,4,.1)", new Asymmetric(0, 4, 0.1), batch);
        double sumOverTheBatch = value("ASL multi-label (4,1,.05) SUM reduction");
        assertThat(batch.evaluate(new AsymmetricMulti(1, 4, 0.05, Reduction.SUM_CLASSES))
                        .loss())
                .isCloseTo(sumOverTheBatch / batch.size(), within(1e-7));
    }

    @Test
    void variationsOfCrossEntropy() {
        assertValue("Label smoothing .1", new LabelSmoothing(0.1), batch);
        assertValue("Poly-1 CE eps=1", new PolyOne(1), batch);
        assertValue("Label-aware smoothing .4 head .1 tail, linear", new LabelAwareSmoothing(0.4, 0.1), batch);
        assertValue("Squentropy", new Squentropy(), batch);
        assertValue("MAE (1 - p_y)", new Mae(), batch);
    }

    @Test
    void seesawAfterAsManySamplesAsTheClassesHave() {
        try (var manager = NDManager.newBaseManager()) {
            var objective = new Seesaw(0.8, 2, 0.01).bind(new LossContext(manager, classCounts));
            var counts = manager.create(vector(golden.at("/inputs/class_counts_N")));
            objective.restore(Map.of("classCounts", counts));
            assertThat(batch.evaluate(objective.measuring()).loss())
                    .isCloseTo(value("Seesaw p=.8 q=2, cum_samples=N"), within(1.5e-7));
        }
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
        try (var manager = NDManager.newBaseManager()) {
            var objective = loss.bind(new LossContext(manager, classCounts));
            assertThat(on.evaluate(objective, DataType.FLOAT64).loss()).as(key).isCloseTo(value(key), within(1.5e-7));
            assertThat(on.evaluate(objective, DataType.FLOAT32).loss())
                    .as(key)
                    .isCloseTo(value(key), within(Math.max(1, value(key)) * 1e-6));
        }
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
