package io.lossforge.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lossforge.loss.LglInr.NegativeMass;
import io.lossforge.loss.Logistic;
import io.lossforge.loss.LossFunction;
import io.lossforge.loss.Reduction;
import io.lossforge.loss.Softmax;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the preview predicts against what training on gives. */
class WeightPreviewTests {

    private static final double[] NEW_WEIGHTS = {0.5, 1, 2, 6};

    private final LinearModel model = new LinearModel(200, 80, 40, 20);

    static Stream<LossFunction> losses() {
        return Stream.of(
                new Softmax(),
                new Logistic(Reduction.SUM_CLASSES),
                LearningPropertiesTests.lglInr(1, true, NegativeMass.UNIT),
                LearningPropertiesTests.lglInr(5, false, NegativeMass.UNIT),
                LearningPropertiesTests.lglInr(2, true, NegativeMass.PRIOR));
    }

    private WeightPreview.SplitPreview preview(LossFunction loss, double[][] parameters) {
        var logits = model.logits(parameters);
        return FrozenNetwork.of(model.training(loss, model.ones()), List.of(logits))
                .preview(NEW_WEIGHTS)
                .splits()
                .get(0);
    }

    private double[][] means(LossFunction loss, double[][] parameters) {
        return values(model.analysis(model.training(loss, NEW_WEIGHTS), model.logits(parameters))
                .trainingProbabilities());
    }

    private static double[][] values(ClassMatrix matrix) {
        return Objects.requireNonNull(matrix.values());
    }

    private static double distance(double[][] first, double[][] second) {
        double most = 0;
        for (int k = 0; k < first.length; k++) {
            for (int j = 0; j < first.length; j++) {
                most = Math.max(most, Math.abs(first[k][j] - second[k][j]));
            }
        }
        return most;
    }

    @ParameterizedTest
    @MethodSource("losses")
    void agreesWithRetrainingTheLastBias(LossFunction loss) {
        var trained = model.minimum(loss, model.ones());
        var retrained = model.minimum(loss, NEW_WEIGHTS, trained, true);
        var preview = preview(loss, trained);

        assertThat(distance(values(preview.after().probabilities()), means(loss, retrained)))
                .isLessThan(1e-6);
        assertThat(distance(values(preview.settled().probabilities()), means(loss, trained)))
                .as("was at its minimum")
                .isLessThan(1e-6);
        assertThat(distance(means(loss, trained), means(loss, retrained))).isGreaterThan(0.1);
    }

    @Test
    void isNearToRetrainingTheWholeLastLayerOfASoftmax() {
        var trained = model.minimum(new Softmax(), model.ones());
        var retrained = means(new Softmax(), model.minimum(new Softmax(), NEW_WEIGHTS, trained, false));
        double missed = distance(values(preview(new Softmax(), trained).after().probabilities()), retrained);
        assertThat(missed).isLessThan(0.05 * distance(means(new Softmax(), trained), retrained));
    }

    /** One-vs-all a retrained layer may turn as well, and end elsewhere: only the direction is promised. */
    @ParameterizedTest
    @MethodSource("losses")
    void movesTheWeightedClassAsRetrainingTheWholeLastLayerDoes(LossFunction loss) {
        var trained = model.minimum(loss, model.ones());
        double before = means(loss, trained)[3][3];
        assertThat(values(preview(loss, trained).after().probabilities())[3][3]).isGreaterThan(before + 0.1);
        assertThat(means(loss, model.minimum(loss, NEW_WEIGHTS, trained, false))[3][3])
                .isGreaterThan(before + 0.1);
    }

    @Test
    void moreWeightFindsMoreOfTheClass() {
        var preview = preview(new Softmax(), model.minimum(new Softmax(), model.ones()));
        assertThat(preview.after().recall()[3]).isGreaterThan(preview.before().recall()[3] + 0.1);
        assertThat(preview.after().recall()[0])
                .isLessThanOrEqualTo(preview.before().recall()[0]);
        assertThat(preview.before().recall()).isEqualTo(preview.settled().recall());
        assertThat(preview.after().balancedAccuracy())
                .isCloseTo(Arrays.stream(preview.after().recall()).average().orElseThrow(), within(1e-12));
    }

    @Test
    void refusesWhatHasNoAnswer() {
        var logits = model.logits(new double[4][3]);
        var training = model.training(new Softmax(), model.ones());
        var network = FrozenNetwork.of(training, List.of(logits));
        assertThatThrownBy(() -> network.preview(new double[] {1, 1, 0, 1}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("class \"far\" is 0");
        var part = new SplitLogits("train", new float[] {0, 0, 0, 0, 1, 1, 1, 1}, new int[] {0, 1}, 2);
        assertThatThrownBy(() -> FrozenNetwork.of(training, List.of(part)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("class \"far\" has no training samples");
    }
}
