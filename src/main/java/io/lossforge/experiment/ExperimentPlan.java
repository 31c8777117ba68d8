package io.lossforge.experiment;

import io.lossforge.job.CheckedJob;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * An experiment that was checked, and how long it will take.
 *
 * @param cells the jobs of its combinations, each to be run once per seed
 * @param estimate null where nothing tells
 * @param noEstimate why there is no estimate; null if there is one
 */
record ExperimentPlan(
        Design design,
        List<CheckedJob> cells,
        @Nullable Duration estimate,
        @Nullable String noEstimate) {

    private static final String NOTHING_LIKE_IT =
            "no finished job has the same dataset version, architecture, imbalance and batch size as %s: how long it takes is not known";

    /**
     * The plan of a design.
     *
     * @param durations of one run of each cell; empty where that is not known
     * @param slots jobs that run at once
     */
    static ExperimentPlan of(Design design, List<CheckedJob> cells, List<Optional<Duration>> durations, int slots) {
        long millis = 0;
        for (int cell = 0; cell < cells.size(); cell++) {
            if (durations.get(cell).isEmpty()) {
                return new ExperimentPlan(design, cells, null, NOTHING_LIKE_IT.formatted(design.label(cell)));
            }
            millis += durations.get(cell).get().toMillis() * design.seeds().size();
        }
        return new ExperimentPlan(design, cells, Duration.ofMillis(millis / slots), null);
    }

    /** Such as {@code 72 jobs, about 40 min}. */
    String summary() {
        return String.format(
                Locale.ROOT,
                "%,d %s, %s",
                design.jobs(),
                design.jobs() == 1 ? "job" : "jobs",
                estimate == null ? "duration not known" : "about " + rounded(estimate));
    }

    /** What the report will not be able to say with these seeds; empty if nothing is in its way. */
    List<String> warnings() {
        int seeds = design.seeds().size();
        long comparisons = IntStream.range(0, cells.size())
                .filter(cell -> design.baselineOf(cell) != cell)
                .count();
        if (comparisons == 0) {
            return List.of();
        }
        if (seeds < SignedRank.FEWEST_PAIRS) {
            return List.of(
                    "seeds: %d of them make %d pairs per comparison; below %d every verdict is \"undecided\" and no signed-rank test is made"
                            .formatted(seeds, seeds, SignedRank.FEWEST_PAIRS));
        }
        int enough = SignedRank.fewestPairs(comparisons);
        return seeds >= enough
                ? List.of()
                : List.of(
                        "seeds: with %d of them no p value of %d comparisons can fall below 0.05 after Holm's correction; %d are enough"
                                .formatted(seeds, comparisons, enough));
    }

    /** A duration for people, in one unit. */
    static String rounded(Duration duration) {
        double seconds = Math.max(1, duration.toMillis() / 1000.0);
        if (seconds < 90) {
            return Math.round(seconds) + " s";
        }
        if (seconds < 90 * 60) {
            return Math.round(seconds / 60) + " min";
        }
        return seconds < 48 * 3600 ? Math.round(seconds / 3600) + " h" : Math.round(seconds / 86_400) + " days";
    }
}
