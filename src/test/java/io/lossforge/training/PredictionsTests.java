package io.lossforge.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lossforge.loss.ServingTransform;
import java.util.List;
import org.junit.jupiter.api.Test;

class PredictionsTests {

    private static final List<String> CLASSES = List.of("a", "b", "c");

    private static float[] logits(double... probabilities) {
        var logits = new float[probabilities.length];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = (float) Math.log(probabilities[i]);
        }
        return logits;
    }

    private static Predictions fourSamples() {
        var predictions = new Predictions(ServingTransform.SOFTMAX, CLASSES, 4);
        predictions.add(logits(0.7, 0.2, 0.1), 0, 0);
        predictions.add(logits(0.5, 0.35, 0.15), 0, 0);
        predictions.add(logits(0.6, 0.3, 0.1), 0, 1);
        predictions.add(logits(0.1, 0.8, 0.1), 0, 1);
        return predictions;
    }

    @Test
    void computesWhatCanBeComputedByHand() {
        var evaluation = fourSamples().evaluation("test");

        assertThat(evaluation.count()).isEqualTo(4);
        assertThat(evaluation.confusion()).isDeepEqualTo(new long[][] {{2, 0, 0}, {1, 1, 0}, {0, 0, 0}});
        assertThat(evaluation.accuracy()).isEqualTo(0.75);
        assertThat(evaluation.balancedAccuracy()).isEqualTo(0.75); // class c has no samples
        assertThat(evaluation.worstClassRecall()).isEqualTo(0.5);
        assertThat(evaluation.perClass().get(0)).isEqualTo(new Evaluation.ClassScore("a", 2 / 3.0, 1, 0.8, 2));
        assertThat(evaluation.perClass().get(1)).isEqualTo(new Evaluation.ClassScore("b", 1, 0.5, 2 / 3.0, 2));
        assertThat(evaluation.perClass().get(2)).isEqualTo(new Evaluation.ClassScore("c", 0, 0, 0, 0));
        assertThat(evaluation.macroF1()).isCloseTo((0.8 + 2 / 3.0) / 2, within(1e-12));
        assertThat(evaluation.nll())
                .isCloseTo(-(Math.log(0.7) + Math.log(0.5) + Math.log(0.3) + Math.log(0.8)) / 4, within(1e-6));
        assertThat(evaluation.brier()).isCloseTo((0.14 + 0.395 + 0.86 + 0.06) / 4, within(1e-6));
        // confidences 0.7, 0.5, 0.6, 0.8 lie in bins of their own
        assertThat(evaluation.ece()).isCloseTo((0.3 + 0.5 + 0.6 + 0.2) / 4, within(1e-6));
        assertThat(evaluation.reliability()).hasSize(15);
        assertThat(evaluation.reliability().stream()
                        .filter(bin -> bin.count() > 0)
                        .mapToDouble(bin -> bin.count() * Math.abs(bin.accuracy() - bin.confidence()))
                        .sum())
                .isCloseTo(4 * evaluation.ece(), within(1e-9));
    }

    @Test
    void rankingMeasuresAreThoseOfScikitLearn() {
        var evaluation = fourSamples().evaluation("test");

        // a: positives .7 .5, negatives .6 .1; b: positives .3 .8, negatives .2 .35
        assertThat(evaluation.auroc()).isCloseTo(0.75, within(1e-9));
        assertThat(evaluation.auprc()).isCloseTo(0.5 + 0.5 * 2 / 3, within(1e-9));
        // the example in the documentation of sklearn.metrics.average_precision_score and roc_auc_score
        assertThat(Predictions.averagePrecision(new double[] {0.35, 0.8}, new double[] {0.1, 0.4}))
                .isCloseTo(0.8333333333, within(1e-9));
        assertThat(Predictions.areaUnderRoc(new double[] {0.35, 0.8}, new double[] {0.1, 0.4}))
                .isEqualTo(0.75);
    }

    @Test
    void tiesCountHalfAndEnterTogether() {
        assertThat(Predictions.areaUnderRoc(new double[] {0.5, 0.5}, new double[] {0.5, 0.5, 0.5}))
                .isEqualTo(0.5);
        assertThat(Predictions.averagePrecision(new double[] {0.5, 0.5}, new double[] {0.5, 0.5, 0.5}))
                .isEqualTo(0.4);
    }

    @Test
    void sigmoidScoresRankByThemselvesAndAreNormalisedForCalibration() {
        var predictions = new Predictions(ServingTransform.SIGMOID, List.of("a", "b"), 2);
        predictions.add(new float[] {0, (float) Math.log(1 / 3.0)}, 0, 0); // σ = 0.5, 0.25
        predictions.add(new float[] {0, 0}, 0, 1);
        var evaluation = predictions.evaluation("validation");

        assertThat(evaluation.nll()).isCloseTo(-(Math.log(2 / 3.0) + Math.log(0.5)) / 2, within(1e-6));
        assertThat(evaluation.brier()).isCloseTo((2 / 9.0 + 0.5) / 2, within(1e-6));
        assertThat(evaluation.ece()).isCloseTo((1 / 3.0 + 0.5) / 2, within(1e-6));
        assertThat(evaluation.auroc()).isCloseTo((0.5 + 1) / 2, within(1e-12));
    }

    @Test
    void extremeLogitsStayFinite() {
        for (var serving : List.of(ServingTransform.SOFTMAX, ServingTransform.SIGMOID)) {
            var predictions = new Predictions(serving, CLASSES, 2);
            predictions.add(new float[] {1000, -1000, -1000}, 0, 1);
            predictions.add(new float[] {-1000, -1000, -1000}, 0, 2);
            var evaluation = predictions.evaluation("test");

            assertThat(evaluation.nll()).isFinite().isGreaterThan(100);
            assertThat(evaluation.brier()).isBetween(0.0, 2.0);
            assertThat(evaluation.ece()).isBetween(0.0, 1.0);
        }
    }

    @Test
    void temperedProbabilitiesAreThoseServed() {
        var serving = ServingTransform.temperedSoftmax(2);
        var predictions = new Predictions(serving, List.of("a", "b"), 1);
        // 1/(1 + λ − z_j): with λ = z_a + 0.5 the larger is 2/3, and z_b = z_a − 1.5 makes the other 1/3
        predictions.add(new float[] {1, -0.5f}, 0, 1);
        var evaluation = predictions.evaluation("test");

        assertThat(evaluation.nll()).isCloseTo(Math.log(3), within(1e-9));
        assertThat(evaluation.ece()).isCloseTo(2 / 3.0, within(1e-9));
        assertThat(evaluation.accuracy()).isZero();
    }

    @Test
    void oneClassAloneCannotBeRanked() {
        var predictions = new Predictions(ServingTransform.SOFTMAX, CLASSES, 1);
        predictions.add(logits(0.7, 0.2, 0.1), 0, 0);

        assertThat(predictions.evaluation("test").auroc()).isNull();
        assertThat(predictions.evaluation("test").auprc()).isNull();
    }

    @Test
    void readsLogitsAtAnOffset() {
        var predictions = new Predictions(ServingTransform.SOFTMAX, CLASSES, 1);
        predictions.add(new float[] {9, 9, 9, 0, 5, 0}, 3, 1);

        assertThat(predictions.evaluation("test").accuracy()).isEqualTo(1);
    }
}
