package io.lossforge.experiment;

import io.lossforge.experiment.Report.Cell;
import io.lossforge.experiment.Report.Choice;
import io.lossforge.experiment.Report.Setting;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.apache.commons.statistics.descriptive.Mean;
import org.jspecify.annotations.Nullable;

/** Compares the combinations of an experiment. Pure: the same results give the same report. */
final class Comparison {

    private static final List<String> CURVES = List.of("balancedAccuracy", "loss");

    private final Map<Integer, CellResults> cells;
    private final Map<Integer, SignedRank> tests;

    private Comparison(Map<Integer, CellResults> cells, Map<Integer, SignedRank> tests) {
        this.cells = cells;
        this.tests = tests;
    }

    /** The settings of a report, in the order of their first cells. */
    static List<Setting> settings(List<CellResults> results) {
        var cells = results.stream()
                .collect(Collectors.toMap(CellResults::cell, cell -> cell, (a, b) -> a, LinkedHashMap::new));
        var comparison = new Comparison(cells, tests(cells));
        return cells.values().stream()
                .collect(Collectors.groupingBy(CellResults::baseline, LinkedHashMap::new, Collectors.toList()))
                .values()
                .stream()
                .map(comparison::setting)
                .toList();
    }

    private static Map<Integer, SignedRank> tests(Map<Integer, CellResults> cells) {
        var compared =
                cells.values().stream().filter(cell -> !cell.isBaseline()).toList();
        var corrected = SignedRank.corrected(compared.stream()
                .map(cell -> SignedRank.of(
                        cell.differences(Metric.BALANCED_ACCURACY, Objects.requireNonNull(cells.get(cell.baseline())))))
                .toList());
        var tests = new HashMap<Integer, SignedRank>();
        for (int i = 0; i < compared.size(); i++) {
            tests.put(compared.get(i).cell(), corrected.get(i));
        }
        return tests;
    }

    private Setting setting(List<CellResults> members) {
        var choice = choice(members);
        return new Setting(
                members.get(0).setting(),
                members.get(0).trainingCounts(),
                choice,
                choice == null
                        ? "no job was validated: nothing is chosen, since a choice by the test split would flatter it"
                        : null,
                members.stream().map(this::cell).toList());
    }

    private Cell cell(CellResults cell) {
        var metrics = new LinkedHashMap<String, Spread>();
        var absent = new LinkedHashMap<String, String>();
        var differences = new LinkedHashMap<String, PairedDifference>();
        for (var metric : Metric.values()) {
            var spread = Spread.of(cell.values(metric).values());
            if (spread == null) {
                absent.put(
                        metric.key(), (cell.seeds().isEmpty() ? Metric.BALANCED_ACCURACY : metric).reasonOfAbsence());
            } else {
                metrics.put(metric.key(), spread);
            }
            var difference = cell.isBaseline() ? null : difference(cell, metric);
            if (difference != null) {
                differences.put(metric.key(), difference);
            }
        }
        var test = tests.get(cell.cell());
        var curves = new LinkedHashMap<String, List<Report.CurvePoint>>();
        CURVES.forEach(metric ->
                curves.put(metric, Objects.requireNonNullElse(cell.curves().get(metric), List.of())));
        return new Cell(
                cell.cell(),
                cell.label(),
                cell.isBaseline(),
                cell.seeds(),
                test == null ? Verdict.baseline() : Verdict.of(differences.get(Metric.BALANCED_ACCURACY.key()), test),
                metrics,
                absent,
                differences,
                test,
                cell.isBaseline() ? List.of() : cell.mcNemar(Objects.requireNonNull(cells.get(cell.baseline()))),
                curves,
                cell.confusion());
    }

    private @Nullable PairedDifference difference(CellResults cell, Metric metric) {
        return PairedDifference.of(cell.differences(metric, Objects.requireNonNull(cells.get(cell.baseline()))));
    }

    /** The best on the validation split, over the seeds that every combination that has any was validated with. */
    private static @Nullable Choice choice(List<CellResults> members) {
        var candidates =
                members.stream().filter(cell -> !cell.validation().isEmpty()).toList();
        if (candidates.isEmpty()) {
            return null;
        }
        var seeds = new ArrayList<>(candidates.get(0).validation().keySet());
        candidates.forEach(cell -> seeds.retainAll(cell.validation().keySet()));
        if (seeds.isEmpty()) {
            return null;
        }
        var best = candidates.stream()
                .max(Comparator.comparingDouble((CellResults cell) -> mean(cell.validation(), seeds))
                        .thenComparing(CellResults::cell, Comparator.reverseOrder()))
                .orElseThrow();
        double validation = mean(best.validation(), seeds);
        double test = mean(best.values(Metric.BALANCED_ACCURACY), seeds);
        return new Choice(
                best.cell(),
                best.label(),
                validation,
                test,
                String.format(
                        Locale.ROOT,
                        "Chosen on the validation split: %s%s, with a mean balanced accuracy of %.2f %% there over %d %s. On the test split,"
                                + " which took no part in the choice, it has %.2f %%.",
                        best.label(),
                        best.isBaseline() ? " (the baseline)" : "",
                        100 * validation,
                        seeds.size(),
                        seeds.size() == 1 ? "seed" : "seeds",
                        100 * test));
    }

    private static double mean(Map<Long, Double> bySeed, Collection<Long> seeds) {
        return Mean.of(seeds.stream()
                        .mapToDouble(seed -> Objects.requireNonNull(bySeed.get(seed)))
                        .toArray())
                .getAsDouble();
    }
}
