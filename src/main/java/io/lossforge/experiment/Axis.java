package io.lossforge.experiment;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * A field of the job that takes several values.
 *
 * @param pointer to the field in the job, such as {@code /loss}
 * @param source pointer to the list of values in the experiment's document, such as {@code /losses}
 */
record Axis(String pointer, String source, List<JsonNode> values) {

    /** Fields that change the data rather than the method: combinations that differ in one of them are not compared. */
    private static final List<String> OF_THE_DATA = List.of("/dataset", "/imbalance", "/validationFraction");

    /** Whether its values are settings, each with a baseline of its own. */
    boolean isSetting() {
        return OF_THE_DATA.stream().anyMatch(field -> pointer.equals(field) || pointer.startsWith(field + "/"));
    }

    /** A value for people, such as {@code lgl-inr (beta 5)} or {@code weights inverse}. */
    String label(int value) {
        var shown = shown(values.get(value));
        return switch (pointer) {
            case "/loss" -> shown;
            case "/classWeights" -> "weights " + shown;
            default -> pointer.substring(pointer.lastIndexOf('/') + 1) + " " + shown;
        };
    }

    private static String shown(JsonNode value) {
        if (value.isNull()) {
            return "none";
        }
        if (value.isArray()) {
            var items = new ArrayList<String>();
            value.forEach(item -> items.add(shown(item)));
            return items.isEmpty() ? "none" : String.join(" + ", items);
        }
        if (!value.isObject()) {
            return value.asString();
        }
        var first = new ArrayList<String>();
        var rest = new ArrayList<String>();
        for (var entry : value.properties()) {
            switch (entry.getKey()) {
                case "name", "scheme", "profile" -> first.add(shown(entry.getValue()));
                case "parameters" ->
                    entry.getValue()
                            .properties()
                            .forEach(parameter -> rest.add(parameter.getKey() + " " + shown(parameter.getValue())));
                default -> rest.add(entry.getKey() + " " + shown(entry.getValue()));
            }
        }
        var name = String.join(" ", first);
        var parameters = String.join(", ", rest);
        return parameters.isEmpty() ? name : name.isEmpty() ? parameters : "%s (%s)".formatted(name, parameters);
    }
}
