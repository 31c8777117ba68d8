package io.lossforge.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.types.DataType;
import org.junit.jupiter.api.Test;

class SoftmaxTests {

    @Test
    void atEqualLogitsIsTheLogarithmOfTheNumberOfClasses() {
        var batch = new Batch(new double[][] {{3, 3, 3, 3, 3}, {-7, -7, -7, -7, -7}}, 4, 0);
        assertThat(batch.evaluate(new Softmax()).loss()).isCloseTo(Math.log(5), within(1e-12));
    }

    @Test
    void doesNotDependOnACommonShiftOfTheLogits() {
        var batch = new Batch(new double[][] {{1, 2, -1}}, 2);
        var shifted = new Batch(new double[][] {{10_001, 10_002, 9_999}}, 2);
        assertThat(shifted.evaluate(new Softmax()).loss())
                .isCloseTo(batch.evaluate(new Softmax()).loss(), within(1e-10));
    }

    @Test
    void gradientIsProbabilityLessTarget() {
        var result = new Batch(new double[][] {{Math.log(2), Math.log(5), Math.log(3)}}, 1).evaluate(new Softmax());
        assertThat(result.gradient()[0]).containsExactly(new double[] {0.2, -0.5, 0.3}, within(1e-12));
    }

    @Test
    void surelyWrongHasTheFullGradient() {
        var result = new Batch(new double[][] {{-100, 100}}, 0).evaluate(new Softmax(), DataType.FLOAT32);
        assertThat(result.loss()).isEqualTo(200);
        assertThat(result.gradient()[0]).containsExactly(-1, 1);
    }
}
