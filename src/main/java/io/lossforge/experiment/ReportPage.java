package io.lossforge.experiment;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.web.util.HtmlUtils;

/** A report as one HTML page that needs nothing else: no script, no picture or font from elsewhere. */
final class ReportPage {

    private static final int MOST_CLASSES_WITH_NUMBERS = 12;

    private final Report report;
    private final StringBuilder page = new StringBuilder();

    private ReportPage(Report report) {
        this.report = report;
    }

    static String of(Report report) {
        return new ReportPage(report).write();
    }

    private String write() {
        var title = escaped("Experiment " + report.name());
        page.append("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>")
                .append(title)
                .append("</title>\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<style>\n")
                .append(style())
                .append("</style></head>\n<body>\n<h1>")
                .append(title)
                .append("</h1>\n");
        paragraph("%d of %d jobs succeeded%s. Values are of the test split, means over seeds ± standard deviation."
                .formatted(
                        report.succeeded(),
                        report.jobs(),
                        report.succeeded() < report.jobs() ? "; the report is of what there is so far" : ""));
        for (int i = 0; i < report.settings().size(); i++) {
            setting(i, report.settings().get(i));
        }
        page.append("<h2>How the numbers came about</h2>\n<ul>\n");
        report.method()
                .notes()
                .forEach(note -> page.append("<li>").append(escaped(note)).append("</li>\n"));
        page.append("</ul>\n</body></html>\n");
        return page.toString();
    }

    private void setting(int number, Report.Setting setting) {
        page.append("<h2>")
                .append(escaped(setting.label().isEmpty() ? "Verdict" : "Verdict: " + setting.label()))
                .append("</h2>\n<ul>\n");
        for (var cell : setting.cells()) {
            page.append("<li><b>%d · %s</b>: <span class=\"%s\">%s</span></li>\n"
                    .formatted(
                            cell.cell(),
                            escaped(cell.label()),
                            cell.verdict().outcome().name().toLowerCase(Locale.ROOT),
                            escaped(cell.verdict().text())));
        }
        page.append("</ul>\n");
        var choice = setting.choice();
        paragraph(choice == null ? "No choice: " + setting.choiceReason() : choice.text());
        metrics(setting);
        page.append(ReportFigures.of(number, setting));
        comparisons(setting);
        confusions(setting);
    }

    private void metrics(Report.Setting setting) {
        page.append(
                        "<h3>All metrics</h3>\n<div class=\"wide\" tabindex=\"0\"><table><thead><tr><th class=\"label\" scope=\"col\">combination</th>")
                .append("<th scope=\"col\">seeds</th>");
        for (var metric : Metric.values()) {
            page.append("<th scope=\"col\">%s%s %s</th>"
                    .formatted(
                            escaped(metric.title()),
                            metric.isRate() ? ", %" : "",
                            metric.isHigherBetter() ? "↑" : "↓"));
        }
        page.append("</tr></thead><tbody>\n");
        for (var cell : setting.cells()) {
            row(cell);
            page.append("<td>").append(cell.seeds().size()).append("</td>");
            for (var metric : Metric.values()) {
                var spread = cell.metrics().get(metric.key());
                page.append(
                        spread == null
                                ? "<td title=\"%s\">–</td>"
                                        .formatted(escaped(
                                                String.valueOf(cell.absent().get(metric.key()))))
                                : "<td>%s</td>".formatted(spread(metric, spread)));
            }
            page.append("</tr>\n");
        }
        page.append("</tbody></table></div>\n");
        setting.cells().stream()
                .flatMap(cell -> cell.absent().values().stream())
                .distinct()
                .forEach(reason -> paragraph("– means: " + reason + "."));
    }

    private static String spread(Metric metric, Spread spread) {
        double scale = metric.isRate() ? 100 : 1;
        var format = metric.isRate() ? "%.2f" : "%.4f";
        return String.format(Locale.ROOT, format, scale * spread.mean())
                + (spread.sd() == null
                        ? ""
                        : " <small>± %s</small>".formatted(String.format(Locale.ROOT, format, scale * spread.sd())));
    }

    private void row(Report.Cell cell) {
        page.append("<tr%s><th class=\"label\" scope=\"row\">%d · %s</th>"
                .formatted(cell.isBaseline() ? " class=\"baseline\"" : "", cell.cell(), escaped(cell.label())));
    }

    private void comparisons(Report.Setting setting) {
        var compared = setting.cells().stream()
                .filter(cell -> !cell.differences().isEmpty())
                .toList();
        if (compared.isEmpty()) {
            return;
        }
        page.append("<h3>Differences from the baseline</h3>\n<div class=\"wide\" tabindex=\"0\"><table><thead><tr>")
                .append("<th class=\"label\" scope=\"col\">combination</th><th scope=\"col\">pairs</th>")
                .append("<th scope=\"col\">signed-rank p</th><th scope=\"col\">after Holm</th>");
        for (var metric : Metric.values()) {
            page.append("<th scope=\"col\">%s%s</th>"
                    .formatted(escaped(metric.title()), metric.isRate() ? ", points" : ""));
        }
        page.append("</tr></thead><tbody>\n");
        for (var cell : compared) {
            var test = Objects.requireNonNull(cell.signedRank());
            var main = cell.differences().get(Metric.BALANCED_ACCURACY.key());
            row(cell);
            page.append("<td>%d</td><td>%s</td><td>%s</td>"
                    .formatted(main == null ? 0 : main.pairs(), pValue(test.pValue()), pValue(test.holmPValue())));
            for (var metric : Metric.values()) {
                page.append("<td>%s</td>"
                        .formatted(difference(metric, cell.differences().get(metric.key()))));
            }
            page.append("</tr>\n");
        }
        page.append("</tbody></table></div>\n");
        compared.stream()
                .map(cell -> Objects.requireNonNull(cell.signedRank()).reason())
                .filter(Objects::nonNull)
                .distinct()
                .forEach(reason -> paragraph("No signed-rank test: it " + reason + "."));
        mcNemar(compared);
    }

    private void mcNemar(List<Report.Cell> compared) {
        var seeds = compared.stream()
                .flatMap(cell -> cell.mcNemar().stream())
                .map(McNemar::seed)
                .distinct()
                .sorted()
                .toList();
        if (seeds.isEmpty()) {
            return;
        }
        page.append("<h3>McNemar's test of each pair</h3>\n");
        paragraph("Test samples that only this combination has right : samples that only the baseline has right.");
        page.append(
                "<div class=\"wide\" tabindex=\"0\"><table><thead><tr><th class=\"label\" scope=\"col\">combination</th>");
        seeds.forEach(
                seed -> page.append("<th scope=\"col\">seed ").append(seed).append("</th>"));
        page.append("</tr></thead><tbody>\n");
        for (var cell : compared) {
            row(cell);
            var bySeed = cell.mcNemar().stream().collect(Collectors.toMap(McNemar::seed, test -> test));
            for (var seed : seeds) {
                var test = bySeed.get(seed);
                page.append(
                        test == null
                                ? "<td>–</td>"
                                : "<td>%d : %d <small>p %s</small></td>"
                                        .formatted(test.onlyThis(), test.onlyBaseline(), pValue(test.pValue())));
            }
            page.append("</tr>\n");
        }
        page.append("</tbody></table></div>\n");
    }

    private static String difference(Metric metric, @Nullable PairedDifference difference) {
        if (difference == null) {
            return "–";
        }
        double scale = metric.isRate() ? 100 : 1;
        var format = metric.isRate() ? "%+.2f" : "%+.4f";
        var mean = number(format, scale * difference.mean());
        if (difference.lower() == null || difference.upper() == null) {
            return mean;
        }
        return "%s <small>[%s, %s]</small>"
                .formatted(
                        mean, number(format, scale * difference.lower()), number(format, scale * difference.upper()));
    }

    private static String pValue(@Nullable Double value) {
        return value == null ? "–" : value < 0.0001 ? "&lt; 0.0001" : number("%.4f", value);
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value).replace('-', '−');
    }

    private void confusions(Report.Setting setting) {
        page.append("<h3>Confusion matrices</h3>\n");
        paragraph("Mean share, in percent, of each true class (row) that is predicted as each class (column).");
        var choice = setting.choice();
        for (var cell : setting.cells()) {
            var confusion = cell.confusion();
            if (confusion != null) {
                boolean open = cell.isBaseline() || choice != null && choice.cell() == cell.cell();
                page.append("<details%s><summary>%d · %s</summary><div class=\"wide\" tabindex=\"0\">"
                        .formatted(open ? " open" : "", cell.cell(), escaped(cell.label())));
                confusion(confusion);
                page.append("</div></details>\n");
            }
        }
    }

    private void confusion(List<List<Double>> confusion) {
        page.append("<table class=\"confusion\"><thead><tr><th></th>");
        report.classes()
                .forEach(name ->
                        page.append("<th scope=\"col\">").append(escaped(name)).append("</th>"));
        page.append("</tr></thead><tbody>\n");
        for (int row = 0; row < confusion.size(); row++) {
            page.append("<tr><th scope=\"row\">")
                    .append(escaped(report.classes().get(row)))
                    .append("</th>");
            for (var share : confusion.get(row)) {
                var percent = String.format(Locale.ROOT, share > 0 && share < 0.0995 ? "%.1f" : "%.0f", 100 * share);
                page.append(String.format(Locale.ROOT, "<td style=\"background:rgb(0 114 178/%.2f)\"", 0.8 * share))
                        .append(
                                confusion.size() <= MOST_CLASSES_WITH_NUMBERS
                                        ? ">" + (share == 0 ? "" : percent)
                                        : " title=\"" + percent + "\">")
                        .append("</td>");
            }
            page.append("</tr>\n");
        }
        page.append("</tbody></table>");
    }

    private void paragraph(String text) {
        page.append("<p>").append(escaped(text)).append("</p>\n");
    }

    private static String escaped(String text) {
        return HtmlUtils.htmlEscape(text, "UTF-8");
    }

    private static String style() {
        try (var css = Objects.requireNonNull(ReportPage.class.getResourceAsStream("report.css"))) {
            return new String(css.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
