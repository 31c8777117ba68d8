package io.lossforge.prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lossforge.web.ApiException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AskedPriorTests {

    private static final List<String> LABELS = List.of("a", "b,c", "d:e\\");
    private static final double[] TRAINED = {0.5, 0.25, 0.25};

    private static double[] read(String prior) {
        return AskedPrior.read(prior, LABELS, TRAINED, "");
    }

    @Test
    void readsEveryLabelThatThereCanBe() {
        assertThat(read("a:1,b\\,c:2,d:e\\\\:1")).containsExactly(0.25, 0.5, 0.25);
        assertThat(read("d:e\\\\:0,b\\,c:1e3,a:0")).containsExactly(0, 1, 0);
        assertThat(read("training")).containsExactly(TRAINED);
        assertThat(read("uniform")).containsExactly(1 / 3.0, 1 / 3.0, 1 / 3.0);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            uniforme             | must be uniform, training, or label:weight
            a:1                  | has none for "b,c"
            a:1,b\\,c:1,f:1       | "f" is no class of the model
            a:1,a:1              | has "a" twice
            a:-1,b\\,c:1,d:e\\\\:1 | weights of at least 0, was "a:-1"
            a:NaN,b\\,c:1,d:e\\\\:1| weights of at least 0, was "a:NaN"
            a:0,b\\,c:0,d:e\\\\:0  | must have a weight above 0
            a:1,                 | was ""
            """)
    void refusesWhatMeansNothing(String prior, String message) {
        assertThatThrownBy(() -> read(prior))
                .isInstanceOf(ApiException.class)
                .hasMessageStartingWith("prior: ")
                .hasMessageContaining(message);
    }
}
