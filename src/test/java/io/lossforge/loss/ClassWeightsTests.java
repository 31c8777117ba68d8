package io.lossforge.loss;

import static io.lossforge.loss.LossAssertions.scheme;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lossforge.catalogue.InvalidDocument;
import io.lossforge.loss.ClassWeights.Scheme;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClassWeightsTests {

    private static final Offset<Float> TOLERANCE = within(1e-6f);
    private static final long[] COUNTS = {100, 50, 20, 5};

    @Test
    void noneIsOneForEveryClassAlsoForOneWithoutSamples() {
        assertThat(new ClassWeights().weights(new long[] {7, 0, 1})).containsExactly(1, 1, 1);
    }

    @Test
    void inverseGivesEveryClassTheSameTotal() {
        var weights = scheme(Scheme.INVERSE).weights(COUNTS);
        for (int k = 0; k < COUNTS.length; k++) {
            assertThat(weights[k] * COUNTS[k]).isCloseTo(175f / 4, within(1e-4f));
        }
    }

    @Test
    void squareRootOfInverse() {
        var weights = scheme(Scheme.SQRT_INVERSE).weights(new long[] {400, 100, 25});
        // 525 / (√n_k · (20 + 10 + 5))
        assertThat(weights).containsExactly(new float[] {0.75f, 1.5f, 3f}, TOLERANCE);
    }

    @ParameterizedTest
    @EnumSource(
            value = Scheme.class,
            names = {"INVERSE", "SQRT_INVERSE"})
    void meanWeightOfTheSamplesIsOne(Scheme scheme) {
        var weights = scheme(scheme).weights(COUNTS);
        double sum = 0;
        for (int k = 0; k < COUNTS.length; k++) {
            sum += weights[k] * COUNTS[k];
        }
        assertThat(sum / 175).isCloseTo(1, within(1e-6));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.9, 0.99, 0.999, 0.9999, 0.999999999999})
    void effectiveNumberGoesFromEqualToInverseAndSumsToTheNumberOfClasses(double beta) {
        var weights = new ClassWeights(Scheme.EFFECTIVE_NUMBER, beta, List.of(), 1).weights(COUNTS);
        assertThat(weights[0] + weights[1] + weights[2] + weights[3]).isCloseTo(4, within(1e-5f));
        double ratio = weights[3] / weights[0];
        double expected = beta == 0 ? 1 : (1 - Math.pow(beta, 100)) / (1 - Math.pow(beta, 5));
        assertThat(ratio).isCloseTo(expected, within(1e-3 * expected));
        assertThat(ratio).isBetween(1.0, 20 + 1e-5);
    }

    @Test
    void effectiveNumberKeepsItsPrecisionForBetaNextToOne() {
        var weights = new ClassWeights(Scheme.EFFECTIVE_NUMBER, 1 - 1e-15, List.of(), 1).weights(COUNTS);
        assertThat(weights[3] / weights[0]).isCloseTo(20, within(1e-4f));
    }

    @Test
    void explicitAreTakenAsTheyAre() {
        var weights = new ClassWeights(Scheme.EXPLICIT, 0.9999, List.of(0.5, 0.0, 3.0), 1);
        assertThat(weights.weights(new long[] {5, 0, 9})).containsExactly(0.5f, 0, 3);
        assertThatThrownBy(() -> weights.weights(COUNTS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "3 explicit class weights for 4 classes; give one per class, in the order of the dataset's classes");
    }

    @ParameterizedTest
    @EnumSource(
            value = Scheme.class,
            names = {"INVERSE", "SQRT_INVERSE", "EFFECTIVE_NUMBER"})
    void refusesAClassWithoutSamplesWhereItsWeightWouldBeInfinite(Scheme scheme) {
        assertThatThrownBy(() -> scheme(scheme).weights(new long[] {3, 0, 5}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("class number 1 (counted from 0) has no training samples")
                .hasMessageEndingWith("use explicit weights or none, or give it samples");
    }

    @Test
    void refusesWhatWouldBeIgnored() {
        assertRefused(
                Scheme.EXPLICIT,
                0.9999,
                List.of(),
                "/values: must have one weight per class with scheme explicit, at least one of them above 0");
        assertRefused(
                Scheme.EXPLICIT,
                0.9999,
                List.of(0.0, 0.0),
                "/values: must have one weight per class with scheme explicit, at least one of them above 0");
        assertRefused(Scheme.INVERSE, 0.9999, List.of(1.0), "/values: only goes with scheme explicit");
        assertRefused(Scheme.INVERSE, 0.9, List.of(), "/beta: only goes with scheme effectiveNumber");
    }

    private static void assertRefused(Scheme scheme, double beta, List<Double> values, String message) {
        assertThatThrownBy(() -> new ClassWeights(scheme, beta, values, 1))
                .isInstanceOf(InvalidDocument.class)
                .hasMessage(message);
    }
}
