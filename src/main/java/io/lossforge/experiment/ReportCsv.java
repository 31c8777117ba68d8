package io.lossforge.experiment;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.jspecify.annotations.Nullable;

/** A report as CSV: a row per combination and metric; what is absent is an empty field. */
final class ReportCsv {

    private static final List<String> COLUMNS = List.of(
            "setting",
            "cell",
            "label",
            "baseline",
            "metric",
            "seeds",
            "mean",
            "sd",
            "pairs",
            "difference",
            "lower",
            "upper",
            "effectSize",
            "wilcoxonP",
            "wilcoxonHolmP",
            "verdict");

    private ReportCsv() {}

    static String of(Report report) {
        var text = new StringBuilder();
        try (var csv = new CSVPrinter(text, CSVFormat.RFC4180)) {
            csv.printRecord(COLUMNS);
            for (var setting : report.settings()) {
                for (var cell : setting.cells()) {
                    for (var metric : Metric.values()) {
                        csv.printRecord(row(setting, cell, metric));
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private static List<@Nullable Object> row(Report.Setting setting, Report.Cell cell, Metric metric) {
        var spread = cell.metrics().get(metric.key());
        var difference = cell.differences().get(metric.key());
        var test = metric == Metric.BALANCED_ACCURACY ? cell.signedRank() : null;
        var row = new ArrayList<@Nullable Object>();
        row.add(setting.label());
        row.add(cell.cell());
        row.add(cell.label());
        row.add(cell.isBaseline());
        row.add(metric.key());
        row.add(spread == null ? 0 : spread.count());
        row.add(spread == null ? null : spread.mean());
        row.add(spread == null ? null : spread.sd());
        row.add(difference == null ? null : difference.pairs());
        row.add(difference == null ? null : difference.mean());
        row.add(difference == null ? null : difference.lower());
        row.add(difference == null ? null : difference.upper());
        row.add(difference == null ? null : difference.effectSize());
        row.add(test == null ? null : test.pValue());
        row.add(test == null ? null : test.holmPValue());
        row.add(metric == Metric.BALANCED_ACCURACY ? cell.verdict().outcome() : null);
        return row;
    }
}
