package io.lossforge.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PreprocessingTests {

    @Test
    void standardisesEachChannelOfPixels() {
        var preprocessing = new Preprocessing(true, 1f / 255, new float[] {0.5f, 0}, new float[] {0.25f, 1});
        try (var manager = NDManager.newBaseManager()) {
            var raw = manager.create(new float[] {0, 255, 51, 0, 255, 51}, new Shape(1, 2, 1, 3))
                    .toType(DataType.UINT8, false);

            var standardised = preprocessing.bind(manager).apply(raw);

            assertThat(standardised.getDataType()).isEqualTo(DataType.FLOAT32);
            assertThat(standardised.getShape()).isEqualTo(raw.getShape());
            assertThat(standardised.toFloatArray())
                    .containsExactly(new float[] {-2, 2, -1.2f, 0, 1, 0.2f}, within(1e-6f));
        }
    }

    @Test
    void standardisesEachFeatureAndLeavesTheRawValues() {
        var preprocessing = new Preprocessing(false, 1, new float[] {1, -10}, new float[] {2, 5});
        try (var manager = NDManager.newBaseManager()) {
            var raw = manager.create(new float[] {3, 0, 1, -10}, new Shape(2, 2));

            var standardised = preprocessing.bind(manager).apply(raw);

            assertThat(standardised.toFloatArray()).containsExactly(new float[] {1, 2, 0, 0}, within(1e-6f));
            assertThat(raw.toFloatArray()).containsExactly(3, 0, 1, -10);
            assertThat(preprocessing.scale()).isEqualTo(1);
            assertThat(preprocessing.mean()).containsExactly(1, -10);
            assertThat(preprocessing.std()).containsExactly(2, 5);
        }
    }

    @Test
    void givesWhatBelongsToTheBatch() {
        var preprocessing = new Preprocessing(false, 1, new float[] {1}, new float[] {2});
        try (var manager = NDManager.newBaseManager()) {
            var standardise = preprocessing.bind(manager);
            int before = manager.getManagedArrays().size();
            try (var step = manager.newSubManager()) {
                assertThat(standardise
                                .apply(step.create(new float[] {3}, new Shape(1, 1)))
                                .getManager())
                        .isEqualTo(step);
            }
            assertThat(manager.getManagedArrays().size()).isEqualTo(before);
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "0, -1", "0, NaN", "NaN, 1", "Infinity, 1"})
    void refusesWhatCannotStandardise(float mean, float std) {
        assertThatThrownBy(() -> new Preprocessing(false, 1, new float[] {0, mean}, new float[] {1, std}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("mean %s and deviation %s at 1 can't standardise", mean, std);
    }

    @Test
    void refusesMeansAndDeviationsOfDifferentNumber() {
        assertThatThrownBy(() -> new Preprocessing(false, 1, new float[] {0}, new float[] {1, 1}))
                .hasMessage("1 means, but 2 deviations");
    }
}
