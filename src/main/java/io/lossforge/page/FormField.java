package io.lossforge.page;

import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * A field of a form.
 *
 * @param id unique in the page
 * @param pointer where its value goes in the document
 * @param type as the catalogue says it, such as {@code integer}
 * @param value as text; empty where there is none
 * @param usual what it is when nothing is said, as JSON
 * @param options of an enum
 */
record FormField(
        String id,
        String pointer,
        String label,
        String help,
        String type,
        String value,
        String usual,
        List<String> options) {

    /** A bound that only says which whole numbers are exact. */
    private static final double UNBOUNDED = 9e15;

    /** @param parameter as the catalogue describes it */
    static FormField of(String scope, String pointer, Map<?, ?> parameter, @Nullable Object value, JsonMapper json) {
        var usual = parameter.get("defaultValue");
        return new FormField(
                scope + pointer.replace('/', '-'),
                pointer,
                label(String.valueOf(parameter.get("name"))),
                help(parameter),
                String.valueOf(parameter.get("type")),
                text(value),
                json.writeValueAsString(usual),
                Members.list(parameter, "values").stream().map(String::valueOf).toList());
    }

    /** Whether a switch is on. */
    public boolean isOn() {
        return value.equals("true");
    }

    public boolean isNumber() {
        return type.equals("number") || type.equals("integer");
    }

    /** {@code batchSize} reads as {@code Batch size}. */
    private static String label(String name) {
        var words = name.replaceAll("(?=\\p{Lu})", " ").toLowerCase(Locale.ROOT);
        return capitalised(words);
    }

    /** As a sentence begins; a Greek letter of a formula stays as it is. */
    private static String capitalised(String text) {
        return text.matches("[a-z].*") ? text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1) : text;
    }

    private static String help(Map<?, ?> parameter) {
        var summary = String.valueOf(parameter.get("summary")).replaceAll("\\bnull\\b|\\babsent\\b", "empty");
        var help = new StringBuilder(capitalised(summary));
        var bounds = bounds(parameter);
        if (!bounds.isEmpty()) {
            help.append(help.charAt(help.length() - 1) == '.' ? " " : ". ").append(bounds);
        }
        return help.append(help.charAt(help.length() - 1) == '.' ? "" : ".").toString();
    }

    private static String bounds(Map<?, ?> parameter) {
        var type = String.valueOf(parameter.get("type"));
        if (!type.endsWith("number") && !type.endsWith("integer")) {
            return "";
        }
        var least = bound(parameter.get("minimum"), parameter.get("exclusiveMinimum"), "Above ", "At least ");
        var most = bound(parameter.get("maximum"), parameter.get("exclusiveMaximum"), "below ", "at most ");
        var range = least.isEmpty() || most.isEmpty() ? least + most : least + ", " + most;
        var usual = text(parameter.get("defaultValue"));
        if (usual.isEmpty()) {
            return range;
        }
        return range.isEmpty() ? "Usually " + usual : range + "; usually " + usual;
    }

    private static String bound(
            @Nullable Object value, @Nullable Object isExclusive, String exclusive, String inclusive) {
        if (!(value instanceof Number number) || number.doubleValue() >= UNBOUNDED) {
            return "";
        }
        return (Boolean.TRUE.equals(isExclusive) ? exclusive : inclusive) + text(value);
    }

    /** Numbers without an exponent, lists with commas. */
    private static String text(@Nullable Object value) {
        if (value instanceof List<?> list) {
            return list.stream().map(FormField::text).collect(Collectors.joining(", "));
        }
        if (value instanceof Number number) {
            var decimal = new BigDecimal(number.toString());
            return decimal.signum() == 0 ? "0" : decimal.stripTrailingZeros().toPlainString();
        }
        return value == null ? "" : value.toString();
    }
}
