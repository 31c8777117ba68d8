package io.lossforge.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PointedAliasTests {

    private static PointedAlias pointingTo(List<Map<String, Integer>> shares) {
        return PointedAlias.of(
                Map.of("alias", "production", "revision", 3, "changedAt", "2026-11-25T17:00:00Z", "versions", shares),
                Map.of());
    }

    @Test
    void sharesAreOfTheSumOfWeightsAndAddUpToAHundred() {
        var alias = pointingTo(List.of(
                Map.of("version", 1, "weight", 1),
                Map.of("version", 2, "weight", 1),
                Map.of("version", 4, "weight", 1)));
        assertThat(alias.parts()).extracting(PointedAlias.Part::percent).containsExactly(33, 34, 33);
        assertThat(alias.text()).isEqualTo("1 (33 %), 2 (34 %), 4 (33 %)");
        assertThat(alias.isOnly(1)).isFalse();
    }

    @Test
    void aSingleVersionNeedsNoShare() {
        var alias = pointingTo(List.of(Map.of("version", 3, "weight", 7)));
        assertThat(alias.text()).isEqualTo("3");
        assertThat(alias.isOnly(3)).isTrue();
    }
}
