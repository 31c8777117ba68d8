package io.lossforge.experiment;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.springframework.web.util.HtmlUtils;

/** The plots of one setting of a report, with their captions. */
final class ReportFigures {

    private static final int MOST_INTERVALS = 40;

    private final StringBuilder html = new StringBuilder();

    private ReportFigures() {}

    /**
     * The figures of a setting as HTML.
     *
     * @param number differs from that of every other setting of the page
     */
    static String of(int number, Report.Setting setting) {
        var figures = new ReportFigures();
        figures.draw(number, setting);
        return "<div class=\"figures\">\n%s</div>\n".formatted(figures.html);
    }

    private void draw(int number, Report.Setting setting) {
        var first = Metric.BALANCED_ACCURACY.key();
        var means = new ArrayList<ReportPlots.Interval>();
        var differences = new ArrayList<ReportPlots.Interval>();
        for (var cell : setting.cells()
                .subList(0, Math.min(MOST_INTERVALS, setting.cells().size()))) {
            var label = "%d · %s".formatted(cell.cell(), cell.label());
            var spread = cell.metrics().get(first);
            if (spread != null) {
                double sd = spread.sd() == null ? 0 : spread.sd();
                means.add(interval(label, spread.mean(), spread.mean() - sd, spread.mean() + sd));
            }
            var difference = cell.differences().get(first);
            if (difference != null) {
                differences.add(interval(
                        label,
                        difference.mean(),
                        difference.lower() == null ? difference.mean() : difference.lower(),
                        difference.upper() == null ? difference.mean() : difference.upper()));
            }
        }
        if (!means.isEmpty()) {
            figure(
                    "Balanced accuracy on the test split, mean ± sd",
                    caption -> ReportPlots.intervals("m" + number, caption, "balanced accuracy, %", means, false));
        }
        if (!differences.isEmpty()) {
            figure(
                    "Difference from the baseline, 95 % interval",
                    caption -> ReportPlots.intervals("d" + number, caption, "percentage points", differences, true));
        }
        var curved = curved(setting);
        if (!curved.isEmpty()) {
            var some = curved.size() < setting.cells().size() ? " (some of the combinations)" : "";
            figure(
                    "Validation balanced accuracy by epoch, mean ± sd" + some,
                    caption -> ReportPlots.curves(
                            "a" + number, caption, "balanced accuracy, %", curved, cell -> curve(cell, first), 100));
            figure(
                    "Validation loss by epoch, mean ± sd" + some + ": comparable only within one loss",
                    caption ->
                            ReportPlots.curves("l" + number, caption, "loss", curved, cell -> curve(cell, "loss"), 1));
        }
    }

    /** The baseline and the first of the others that have a curve, as many as fit. */
    private static List<Report.Cell> curved(Report.Setting setting) {
        return Stream.concat(
                        setting.cells().stream().filter(Report.Cell::isBaseline),
                        setting.cells().stream().filter(cell -> !cell.isBaseline()))
                .filter(cell -> !curve(cell, Metric.BALANCED_ACCURACY.key()).isEmpty())
                .limit(ReportPlots.MOST_CURVES)
                .toList();
    }

    private static List<Report.CurvePoint> curve(Report.Cell cell, String metric) {
        return Objects.requireNonNullElse(cell.curves().get(metric), List.of());
    }

    private static ReportPlots.Interval interval(String label, double value, double lower, double upper) {
        return new ReportPlots.Interval(label, 100 * value, 100 * lower, 100 * upper);
    }

    private void figure(String caption, UnaryOperator<String> drawing) {
        html.append("<figure><figcaption>%s</figcaption>%s</figure>\n"
                .formatted(HtmlUtils.htmlEscape(caption, "UTF-8"), drawing.apply(caption)));
    }
}
