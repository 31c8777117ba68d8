package io.lossforge.card;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.web.util.HtmlUtils;

/** A card as one HTML page that needs nothing else: no script, no picture or font from elsewhere. */
final class CardPage {

    /** The order in which metrics are shown, and what they are called; rates are shown in percent. */
    private static final Map<String, String> RATES = names(
            "accuracy", "Accuracy",
            "balancedAccuracy", "Balanced accuracy",
            "macroF1", "Macro F1",
            "worstClassRecall", "Worst recall",
            "auroc", "AUROC",
            "auprc", "AUPRC",
            "ece", "Calibration error");

    private static final Map<String, String> NUMBERS = names("nll", "NLL, nats", "brier", "Brier");

    private final Card card;
    private final StringBuilder page = new StringBuilder();

    private CardPage(Card card) {
        this.card = card;
    }

    static String of(Card card) {
        return new CardPage(card).write();
    }

    private String write() {
        var title = escaped("%s, version %d".formatted(card.model(), card.version()));
        page.append("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Model card: ")
                .append(title)
                .append("</title>\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<style>\n")
                .append(style())
                .append("</style></head>\n<body>\n<header><p class=\"kind\">Model card</p><h1>")
                .append(title)
                .append("</h1>\n");
        paragraph("%s, %s. Takes %s; answers one of %d classes."
                .formatted(
                        card.origin().equals("brought")
                                ? "Trained elsewhere and brought as an ONNX file"
                                : "Trained here"
                                        + (card.loss() == null
                                                ? ""
                                                : " with the loss "
                                                        + card.loss().name()),
                        "registered " + card.createdAt().toString().substring(0, 10),
                        input(),
                        card.classes().size()));
        page.append("</header>\n");
        statement();
        section("Limits");
        list(card.limits());
        if (!card.unknown().isEmpty()) {
            paragraph("Not known: " + String.join("; ", card.unknown()) + ".");
        }
        metrics();
        calibration();
        data();
        loss();
        analysis();
        training();
        brought();
        artefact();
        return page.append("</body></html>\n").toString();
    }

    private String input() {
        var shape = card.inputShape();
        return card.inputKind().equals("images")
                ? "images of %d × %d pixels, %s"
                        .formatted(shape.get(1), shape.get(2), shape.get(0) == 1 ? "grey" : shape.get(0) + " channels")
                : "%d features".formatted(shape.get(0));
    }

    private void statement() {
        var statement = card.statement();
        section("Intended use");
        if (statement == null) {
            paragraph("Its owner has not said what it is for.");
            return;
        }
        text(statement.intendedUse() == null ? "Its owner has not said what it is for." : statement.intendedUse());
        part("Not fit for", statement.limitations());
        part("Licence", statement.licence());
        part("Contact", statement.contact());
        paragraph("Said by its owner%s on %s."
                .formatted(
                        statement.changedBy() == null ? "" : ", " + statement.changedBy() + ",",
                        statement.changedAt().toString().substring(0, 10)));
    }

    private void part(String heading, @Nullable String text) {
        if (text != null) {
            page.append("<h3>").append(escaped(heading)).append("</h3>\n");
            text(text);
        }
    }

    /** What a person wrote, with its lines. */
    private void text(String text) {
        page.append("<p class=\"said\">").append(escaped(text)).append("</p>\n");
    }

    private void metrics() {
        if (card.evaluations().isEmpty()) {
            return;
        }
        section("How well it classifies");
        for (var evaluation : card.evaluations()) {
            page.append("<h3>On %s, %d samples</h3>\n<dl class=\"numbers\">"
                    .formatted(escaped(evaluation.split()), evaluation.count()));
            RATES.forEach((key, name) -> number(name, evaluation.metrics().get(key), true));
            NUMBERS.forEach((key, name) -> number(name, evaluation.metrics().get(key), false));
            page.append("</dl>\n");
        }
        var first = card.evaluations().get(0);
        page.append("<h3>Per class, on %s</h3>\n".formatted(escaped(first.split())));
        table(
                List.of("class", "samples", "recall, %", "95 % interval", "precision, %", "F1, %"),
                first.perClass().stream()
                        .map(score -> List.of(
                                score.className(),
                                Long.toString(score.support()),
                                score.support() == 0 ? "–" : percent(score.recall()),
                                score.recallLower() == null || score.recallUpper() == null
                                        ? "–"
                                        : "%s – %s"
                                                .formatted(percent(score.recallLower()), percent(score.recallUpper())),
                                percent(score.precision()),
                                percent(score.f1())))
                        .toList());
    }

    private void number(String name, @Nullable Double value, boolean rate) {
        if (value != null) {
            page.append("<div><dt>%s</dt><dd>%s</dd></div>"
                    .formatted(escaped(name), rate ? percent(value) + " %" : format("%.4f", value)));
        }
    }

    private void calibration() {
        var calibration = card.calibration();
        if (calibration == null) {
            return;
        }
        section("Calibration");
        paragraph("On %s its probabilities are %s points off on average; negative log-likelihood %s nats.%s"
                .formatted(
                        calibration.split(),
                        percent(calibration.ece()),
                        format("%.4f", calibration.nll()),
                        calibration.temperature() == null
                                        || calibration.scaledEce() == null
                                        || calibration.scaledNll() == null
                                ? " Without a validation split no temperature could be fitted."
                                : " With the temperature %s, fitted on validation, they would be %s points off, %s nats."
                                        .formatted(
                                                format("%.3f", calibration.temperature()),
                                                percent(calibration.scaledEce()),
                                                format("%.4f", calibration.scaledNll()))));
    }

    private void data() {
        var data = card.data();
        if (data == null) {
            return;
        }
        section("Data");
        paragraph("Dataset %s%s%s."
                .formatted(
                        data.dataset(),
                        data.format() == null ? ", which was deleted since" : ", ingested from " + data.format(),
                        data.imbalanceRatio() == null
                                ? ""
                                : "; the largest class has %s times the training samples of the smallest"
                                        .formatted(format("%.1f", data.imbalanceRatio()))));
        if (data.imbalance() != null) {
            paragraph("It was made imbalanced for this training: " + shown(data.imbalance()));
        }
        table(
                List.of("class", "training", "validation", "test"),
                data.perClass().stream()
                        .map(count -> List.of(
                                count.className(),
                                count(count.training()),
                                count(count.validation()),
                                count(count.test())))
                        .toList());
    }

    private static String count(@Nullable Long count) {
        return count == null ? "–" : count.toString();
    }

    private void loss() {
        var loss = card.loss();
        if (loss == null) {
            return;
        }
        section("Loss");
        paragraph(loss.name() + (loss.summary().isEmpty() ? "" : ": " + loss.summary()));
        if (!loss.formula().isEmpty()) {
            page.append("<p class=\"formula\">").append(escaped(loss.formula())).append("</p>\n");
        }
        var facts = new LinkedHashMap<String, String>();
        if (card.training() != null) {
            facts.put("Parameters", shown(loss.parameters()));
            facts.put("Class weights", shown(loss.classWeights()));
            facts.put(
                    "Label smoothing",
                    loss.labelSmoothing() == null ? "–" : loss.labelSmoothing().toString());
            if (loss.logitAdjustment() != null) {
                facts.put("Logit adjustment", shown(loss.logitAdjustment()));
            }
        }
        facts.put("Logits become probabilities by", card.servingTransform());
        if (!loss.reference().isEmpty()) {
            facts.put("Source", loss.reference());
        }
        facts(facts);
    }

    private void analysis() {
        var analysis = card.analysis();
        if (analysis == null) {
            return;
        }
        section("What its averaged probabilities say");
        if (analysis.verdict() != null) {
            page.append("<p class=\"verdict\">")
                    .append(escaped(analysis.verdict().toLowerCase(Locale.ROOT).replace('_', ' ')))
                    .append("</p>\n");
        }
        paragraph(analysis.text());
    }

    private void training() {
        var training = card.training();
        if (training == null) {
            return;
        }
        section("Training");
        var facts = new LinkedHashMap<String, String>();
        facts.put("Architecture", shown(training.architecture()));
        facts.put("Optimizer", shown(training.optimizer()));
        facts.put("Schedule", shown(training.schedule()));
        facts.put("Sampler", shown(training.sampler()));
        facts.put(
                "Augmentations",
                training.augmentations().isEmpty()
                        ? "none"
                        : training.augmentations().stream()
                                .map(augmentation -> shown(augmentation))
                                .collect(Collectors.joining("; ")));
        facts.put("Batch size", Integer.toString(training.batchSize()));
        facts.put(
                "Epochs",
                training.lastEpoch() == null
                        ? Integer.toString(training.epochs())
                        : "%d of %d".formatted(training.lastEpoch(), training.epochs()));
        facts.put("Seed", Long.toString(training.seed()));
        facts.put("Started from", training.initialModel() == null ? "new weights" : training.initialModel());
        facts.put(
                "Took",
                "%s s in %d %s on %s%s"
                        .formatted(
                                format("%.1f", training.seconds()),
                                training.attempts(),
                                training.attempts() == 1 ? "attempt" : "attempts",
                                training.device(),
                                training.threads() == null ? "" : ", %d threads".formatted(training.threads())));
        facts(facts);
    }

    private void brought() {
        var brought = card.brought();
        if (brought == null) {
            return;
        }
        section("The file");
        var findings = brought.findings();
        var facts = new LinkedHashMap<String, String>();
        facts.put("Name", brought.fileName() == null ? "–" : brought.fileName());
        facts.put("SHA-256", brought.fileSha256());
        facts.put("Size", bytes(brought.fileBytes()));
        facts.put("Written by", findings.producer().isEmpty() ? "–" : findings.producer());
        facts.put("Operators", findings.operators().stream().collect(Collectors.joining(", ")));
        facts.put(
                "Operator sets",
                findings.operatorSets().entrySet().stream()
                        .map(set -> "%s %d".formatted(set.getKey(), set.getValue()))
                        .collect(Collectors.joining(", ")));
        facts.put("Numbers in constants", String.format(Locale.ROOT, "%,d", findings.parameters()));
        facts.put("Said about it", shown(brought.declaration()));
        facts.put(
                "Brought",
                brought.broughtAt().toString().substring(0, 10)
                        + (brought.broughtBy() == null ? "" : " by " + brought.broughtBy()));
        facts(facts);
    }

    private void artefact() {
        section("Artefact");
        var facts = new LinkedHashMap<String, String>();
        facts.put("SHA-256", card.sha256());
        facts.put("Size", bytes(card.bytes()));
        facts(facts);
    }

    private void facts(Map<String, String> facts) {
        page.append("<dl class=\"facts\">");
        facts.forEach((name, value) -> page.append("<dt>%s</dt><dd>%s</dd>".formatted(escaped(name), escaped(value))));
        page.append("</dl>\n");
    }

    private void table(List<String> heads, List<List<String>> rows) {
        page.append("<div class=\"wide\" tabindex=\"0\"><table><thead><tr>");
        for (int i = 0; i < heads.size(); i++) {
            page.append(
                    "<th scope=\"col\"%s>%s</th>".formatted(i == 0 ? " class=\"label\"" : "", escaped(heads.get(i))));
        }
        page.append("</tr></thead><tbody>\n");
        for (var row : rows) {
            page.append("<tr><th class=\"label\" scope=\"row\">%s</th>".formatted(escaped(row.get(0))));
            row.subList(1, row.size())
                    .forEach(cell -> page.append("<td>").append(escaped(cell)).append("</td>"));
            page.append("</tr>\n");
        }
        page.append("</tbody></table></div>\n");
    }

    private void section(String heading) {
        page.append("<h2>").append(escaped(heading)).append("</h2>\n");
    }

    private void list(List<String> items) {
        page.append("<ul>\n");
        items.forEach(item -> page.append("<li>").append(escaped(item)).append("</li>\n"));
        page.append("</ul>\n");
    }

    private void paragraph(String text) {
        page.append("<p>").append(escaped(text)).append("</p>\n");
    }

    private static String shown(Card.Choice choice) {
        return choice.name() + (choice.parameters().isEmpty() ? "" : ": " + shown(choice.parameters()));
    }

    /** As {@code name value, name value}. */
    private static String shown(Map<String, Object> values) {
        return values.isEmpty()
                ? "none"
                : values.entrySet().stream()
                        .map(value -> value.getKey() + " " + value.getValue())
                        .collect(Collectors.joining(", "));
    }

    private static String bytes(long bytes) {
        return String.format(Locale.ROOT, "%,d bytes", bytes);
    }

    private static String percent(double rate) {
        return format("%.1f", 100 * rate);
    }

    private static String format(String format, Object value) {
        return String.format(Locale.ROOT, format, value);
    }

    private static Map<String, String> names(String... pairs) {
        var names = new LinkedHashMap<String, String>();
        for (int i = 0; i < pairs.length; i += 2) {
            names.put(pairs[i], pairs[i + 1]);
        }
        return names;
    }

    private static String escaped(String text) {
        return HtmlUtils.htmlEscape(text, "UTF-8");
    }

    private static String style() {
        try (var css = Objects.requireNonNull(CardPage.class.getResourceAsStream("card.css"))) {
            return new String(css.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
