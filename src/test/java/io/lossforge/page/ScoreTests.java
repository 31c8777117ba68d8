package io.lossforge.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ScoreTests {

    private static Map<String, Object> version(int number, String dataset, double accuracy, double nll) {
        return Map.of(
                "version",
                number,
                "lineage",
                Map.of("dataset", dataset),
                "metrics",
                Map.of("accuracy", accuracy, "nll", nll));
    }

    @Test
    void theBestIsTheHighestOrTheLowestAsTheScoreHasIt() {
        assertThat(Score.best(List.of(version(1, "digits:1", 0.9, 0.5), version(2, "digits:1", 0.8, 0.4))))
                .containsExactlyInAnyOrder("1 accuracy", "2 nll");
    }

    @Test
    void versionsOfOtherDataAreNotCompared() {
        assertThat(Score.best(List.of(version(1, "digits:1", 0.9, 0.5), version(2, "digits:2", 0.8, 0.4))))
                .isEmpty();
    }

    @Test
    void allOfTheBestAreMarked() {
        assertThat(Score.best(List.of(version(1, "digits:1", 0.9, 0.5), version(2, "digits:1", 0.9, 0.6))))
                .containsExactlyInAnyOrder("1 accuracy", "2 accuracy", "1 nll");
    }
}
