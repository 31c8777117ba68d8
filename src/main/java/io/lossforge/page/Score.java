package io.lossforge.page;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A number that versions and combinations are compared by.
 *
 * @param key its name in the interface's documents
 * @param title its name for people
 * @param isRate whether it is 0–1 and shown in percent
 */
record Score(String key, String title, boolean isRate, boolean isHigherBetter) {

    private static final Score BALANCED_ACCURACY = new Score("balancedAccuracy", "balanced accuracy", true, true);
    private static final Score MACRO_F1 = new Score("macroF1", "macro F1", true, true);
    private static final Score WORST_RECALL = new Score("worstClassRecall", "worst recall", true, true);
    private static final Score ACCURACY = new Score("accuracy", "accuracy", true, true);
    private static final Score AUROC = new Score("auroc", "AUROC", false, true);
    private static final Score AUPRC = new Score("auprc", "AUPRC", false, true);
    private static final Score NLL = new Score("nll", "NLL", false, false);
    private static final Score BRIER = new Score("brier", "Brier", false, false);
    private static final Score ECE = new Score("ece", "ECE", true, false);

    /** What a version of a model was tested for. */
    static final List<Score> OF_VERSIONS =
            List.of(BALANCED_ACCURACY, ACCURACY, MACRO_F1, WORST_RECALL, AUROC, AUPRC, NLL, BRIER, ECE);

    /** What the report of an experiment has of each combination. */
    static final List<Score> OF_EXPERIMENTS = List.of(
            BALANCED_ACCURACY,
            MACRO_F1,
            WORST_RECALL,
            new Score("manyShotRecall", "many-shot recall", true, true),
            new Score("mediumShotRecall", "medium-shot recall", true, true),
            new Score("fewShotRecall", "few-shot recall", true, true),
            ACCURACY,
            AUROC,
            AUPRC,
            NLL,
            BRIER,
            ECE,
            new Score("scaledEce", "ECE after scaling", true, false),
            new Score("relativeGap", "multi-modality gap", false, false));

    /** A value as people read it. */
    public String text(Shown shown, @Nullable Object value) {
        return isRate ? shown.percent(value) : shown.number(value);
    }

    /**
     * Which versions are best: each as its number, a space and the score's key. Only versions tested on the same data are compared, and only where
     * there are two of them at least.
     *
     * @param versions as the interface lists them
     */
    static Set<String> best(List<?> versions) {
        var best = new HashSet<String>();
        versions.stream()
                .map(version -> (Map<?, ?>) version)
                .filter(version -> dataset(version) != null)
                .collect(Collectors.groupingBy(version -> String.valueOf(dataset(version))))
                .values()
                .stream()
                .filter(sameData -> sameData.size() > 1)
                .forEach(sameData -> OF_VERSIONS.forEach(score -> score.addBest(sameData, best)));
        return best;
    }

    private static @Nullable Object dataset(Map<?, ?> version) {
        return ((Map<?, ?>) Objects.requireNonNull(version.get("lineage"))).get("dataset");
    }

    private void addBest(List<? extends Map<?, ?>> versions, Set<String> best) {
        double sign = isHigherBetter ? 1 : -1;
        var most = versions.stream()
                .filter(version -> value(version) != null)
                .mapToDouble(version -> sign * number(version))
                .max();
        versions.stream()
                .filter(version -> value(version) != null && sign * number(version) == most.orElseThrow())
                .forEach(version -> best.add(version.get("version") + " " + key));
    }

    private @Nullable Object value(Map<?, ?> version) {
        return ((Map<?, ?>) Objects.requireNonNull(version.get("metrics"))).get(key);
    }

    private double number(Map<?, ?> version) {
        return ((Number) Objects.requireNonNull(value(version))).doubleValue();
    }
}
