package io.lossforge.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ShownDatasetTests {

    private static ShownDataset of(List<Integer> train, List<Integer> shape) {
        return new ShownDataset(Map.of(
                "name",
                "birds",
                "version",
                2,
                "kind",
                "images",
                "shape",
                shape,
                "classes",
                List.of("crow", "owl", "wren"),
                "splits",
                Map.of("train", Map.of("perClass", train), "test", Map.of("perClass", List.of(1, 0, 2)))));
    }

    @Test
    void outlineFallsFromTheMostFrequentClass() {
        assertThat(of(List.of(10, 40, 20), List.of(1, 8, 8)).tail())
                .isEqualTo("M0 20V0.0H20.00V10.0H40.00V15.0H60.00V20Z");
    }

    @Test
    void ratioIsUnknownWhereAClassIsEmpty() {
        assertThat(of(List.of(10, 40, 20), List.of(1, 8, 8)).ratio()).isEqualTo(4);
        assertThat(of(List.of(10, 0, 20), List.of(1, 8, 8)).ratio()).isNull();
    }

    @Test
    void largeImagesComeInSmallNumbers() {
        assertThat(of(List.of(1, 1, 1), List.of(3, 32, 32)).samplesOfAClass()).isEqualTo(16);
        assertThat(of(List.of(1, 1, 1), List.of(3, 512, 512)).samplesOfAClass()).isEqualTo(3);
        assertThat(of(List.of(1, 1, 1), List.of(3, 4096, 4096)).samplesOfAll()).isEqualTo(1);
    }

    @Test
    void onlyClassesWithSamplesHaveAPicture() {
        assertThat(of(List.of(1, 1, 1), List.of(1, 8, 8)).sheets("test")).containsExactly("crow", "wren");
    }
}
