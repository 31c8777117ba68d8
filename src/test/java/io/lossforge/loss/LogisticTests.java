package io.lossforge.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.types.DataType;
import org.junit.jupiter.api.Test;

class LogisticTests {

    @Test
    void sumOverClassesIsTheirNumberTimesTheMean() {
        var batch = Batch.random(1, 8, 5);
        var sum = batch.evaluate(new Logistic(Reduction.SUM_CLASSES));
        var mean = batch.evaluate(new Logistic());
        assertThat(sum.loss()).isCloseTo(5 * mean.loss(), within(1e-12));
        assertThat(sum.gradient()[3][2]).isCloseTo(5 * mean.gradient()[3][2], within(1e-12));
    }

    @Test
    void atZeroLogitsIsLogTwoPerClass() {
        var batch = new Batch(new double[2][4], 0, 3);
        assertThat(batch.evaluate(new Logistic()).loss()).isCloseTo(Math.log(2), within(1e-12));
    }

    /** 1 − σ(z) is 0 in float32 above z = 17, so σ(z) − 1 loses the gradient of a target well learned; softplus does not. */
    @Test
    void keepsTheRelativePrecisionOfATargetWellLearned() {
        double z = 30;
        var batch = new Batch(new double[][] {{z, -z}}, 0);
        var result = batch.evaluate(new Logistic(Reduction.SUM_CLASSES), DataType.FLOAT32);
        double exact = Math.exp(-z) / (1 + Math.exp(-z));
        assertThat(result.gradient()[0][0]).isCloseTo(-exact, within(1e-5 * exact));
        assertThat(result.gradient()[0][1]).isCloseTo(exact, within(1e-5 * exact));
        assertThat(result.loss()).isCloseTo(2 * Math.log1p(Math.exp(-z)), within(1e-5 * exact));
    }

    @Test
    void keepsTheGradientOfTheHardestNegatives() {
        var batch = new Batch(new double[][] {{-100, 100}}, 0);
        var result = batch.evaluate(new Logistic(Reduction.SUM_CLASSES), DataType.FLOAT32);
        assertThat(result.gradient()[0]).containsExactly(-1, 1);
        assertThat(result.loss()).isEqualTo(200);
    }
}
