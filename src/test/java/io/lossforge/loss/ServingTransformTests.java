package io.lossforge.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServingTransformTests {

    @ParameterizedTest
    @CsvSource({"1.01", "1.2", "1.5", "2"})
    void temperedProbabilitiesSumToOneAndKeepTheOrder(double temperature) {
        for (int classes : new int[] {2, 10, 1000}) {
            var batch = Batch.random(classes, 32, classes);
            var transform = ServingTransform.temperedSoftmax(temperature);
            try (var manager = NDManager.newBaseManager()) {
                var logits = batch.logits(manager, DataType.FLOAT32);
                var probabilities = transform.probabilities(logits);
                for (double sum : Batch.doubles(probabilities.sum(new int[] {1}))) {
                    assertThat(sum).isCloseTo(1, within(1e-5));
                }
                assertThat(probabilities.argMax(1)).isEqualTo(logits.argMax(1));
            }
        }
    }

    @Test
    void theHostAgreesWithTheEngine() {
        var batch = Batch.random(3, 8, 6);
        for (var transform : new ServingTransform[] {
            ServingTransform.SOFTMAX, ServingTransform.SIGMOID, ServingTransform.temperedSoftmax(1.3)
        }) {
            try (var manager = NDManager.newBaseManager()) {
                var engine = transform
                        .probabilities(batch.logits(manager, DataType.FLOAT64))
                        .toDoubleArray();
                for (int i = 0; i < batch.size(); i++) {
                    var scores = transform.logScores(batch.logits()[i]);
                    double shared = transform.equals(ServingTransform.SOFTMAX)
                            ? Arrays.stream(scores).map(Math::exp).sum()
                            : 1;
                    for (int j = 0; j < batch.classes(); j++) {
                        assertThat(Math.exp(scores[j]) / shared)
                                .isCloseTo(engine[i * batch.classes() + j], within(1e-12));
                    }
                }
            }
        }
    }

    @Test
    void aTemperatureOfOneIsSoftmax() {
        assertThat(ServingTransform.temperedSoftmax(1)).isEqualTo(ServingTransform.SOFTMAX);
    }
}
