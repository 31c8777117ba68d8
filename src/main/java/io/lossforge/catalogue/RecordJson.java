package io.lossforge.catalogue;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Records as JSON, and back. Reading finds every violation at once, each with its pointer; a component that is
 * not given takes the value of the record's no-argument constructor, and an unknown key is refused. A component whose type has
 * a {@link Catalogue} is an object {@code {"name": …, "parameters": {…}}}.
 *
 * <p>Immutable and safe for use by several threads.
 */
public final class RecordJson {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final Map<Class<?>, Catalogue<?>> catalogues;

    public RecordJson(Catalogue<?>... catalogues) {
        this.catalogues = Arrays.stream(catalogues).collect(Collectors.toMap(Catalogue::type, Function.identity()));
    }

    /**
     * Reads a record.
     *
     * @throws InvalidDocument with every violation found
     */
    public <R extends Record> R read(Class<R> type, JsonNode json) {
        var violations = new ArrayList<Violation>();
        var record = readRecord(type, json, "", violations);
        if (record == null || !violations.isEmpty()) {
            throw new InvalidDocument(violations);
        }
        return record;
    }

    /** Writes a record with every component, defaults included. */
    public ObjectNode write(Record record) {
        var json = NODES.objectNode();
        for (var component : record.getClass().getRecordComponents()) {
            json.set(component.getName(), writeValue(Records.value(component, record), component.getType()));
        }
        return json;
    }

    private JsonNode writeValue(@Nullable Object value, Class<?> declared) {
        if (value == null) {
            return NODES.nullNode();
        }
        if (value instanceof List<?> items) {
            var array = NODES.arrayNode();
            items.forEach(item -> array.add(writeValue(item, catalogueType(item))));
            return array;
        }
        if (catalogues.containsKey(declared)) {
            var json = NODES.objectNode();
            json.put("name", Catalogue.nameOf(value));
            json.set("parameters", write((Record) value));
            return json;
        }
        if (value instanceof Record nested) {
            return write(nested);
        }
        if (value instanceof Enum<?> constant) {
            return NODES.stringNode(Records.jsonName(constant));
        }
        if (value instanceof Boolean bool) {
            return NODES.booleanNode(bool);
        }
        if (value instanceof Double number) {
            return NODES.numberNode(number);
        }
        if (value instanceof Integer number) {
            return NODES.numberNode(number);
        }
        if (value instanceof Long number) {
            return NODES.numberNode(number);
        }
        return NODES.stringNode(value.toString());
    }

    private Class<?> catalogueType(Object value) {
        return catalogues.keySet().stream()
                .filter(type -> type.isInstance(value))
                .<Class<?>>map(type -> type)
                .findFirst()
                .orElse(value.getClass());
    }

    private <R extends Record> @Nullable R readRecord(
            Class<R> type, JsonNode json, String pointer, List<Violation> violations) {
        if (!(json instanceof ObjectNode object)) {
            violations.add(new Violation(pointer, "must be an object, was " + kind(json)));
            return null;
        }
        int before = violations.size();
        var components = type.getRecordComponents();
        refuseUnknownKeys(
                object, Arrays.stream(components).map(RecordComponent::getName).toList(), pointer, violations);
        var defaults = Records.defaults(type);
        var arguments = new @Nullable Object[components.length];
        for (int i = 0; i < components.length; i++) {
            arguments[i] = readComponent(components[i], object, defaults, pointer, violations);
        }
        if (violations.size() > before) {
            return null;
        }
        try {
            return Records.create(type, arguments);
        } catch (InvalidDocument e) {
            e.violations().forEach(inner -> violations.add(new Violation(pointer + inner.pointer(), inner.detail())));
        } catch (IllegalArgumentException e) {
            violations.add(new Violation(pointer, String.valueOf(e.getMessage())));
        }
        return null;
    }

    private static void refuseUnknownKeys(
            ObjectNode object, List<String> known, String pointer, List<Violation> violations) {
        for (var key : object.propertyNames()) {
            if (!known.contains(key)) {
                violations.add(new Violation(pointer + "/" + escape(key), Names.unknown("key", key, known)));
            }
        }
    }

    private @Nullable Object readComponent(
            RecordComponent component, ObjectNode object, Record defaults, String parent, List<Violation> violations) {
        var pointer = parent + "/" + component.getName();
        var bounds = component.getAnnotation(Parameter.class);
        var json = object.get(component.getName());
        if (json == null) {
            if (bounds != null && bounds.required()) {
                violations.add(new Violation(pointer, "is required"));
            }
            return Records.value(component, defaults);
        }
        if (json.isNull()) {
            if (Records.value(component, defaults) != null
                    || component.getType().isPrimitive()) {
                violations.add(new Violation(pointer, "must not be null"));
            }
            return null;
        }
        return readValue(component.getGenericType(), json, bounds, pointer, violations);
    }

    private @Nullable Object readValue(
            Type type, JsonNode json, @Nullable Parameter bounds, String pointer, List<Violation> violations) {
        if (type instanceof ParameterizedType list) {
            return readList(list.getActualTypeArguments()[0], json, bounds, pointer, violations);
        }
        var raw = (Class<?>) type;
        var catalogue = catalogues.get(raw);
        if (catalogue != null) {
            return readEntry(catalogue, json, pointer, violations);
        }
        if (raw.isRecord()) {
            return readRecord(raw.asSubclass(Record.class), json, pointer, violations);
        }
        return Scalars.read(raw, json, bounds, pointer, violations);
    }

    private @Nullable Object readEntry(
            Catalogue<?> catalogue, JsonNode json, String pointer, List<Violation> violations) {
        if (!(json instanceof ObjectNode object)) {
            violations.add(
                    new Violation(pointer, "must be an object {\"name\": …, \"parameters\": {…}}, was " + kind(json)));
            return null;
        }
        refuseUnknownKeys(object, List.of("name", "parameters"), pointer, violations);
        var name = object.get("name");
        if (name == null || !name.isString()) {
            violations.add(
                    new Violation(pointer + "/name", "is required; known: " + String.join(", ", catalogue.names())));
            return null;
        }
        if (!catalogue.names().contains(name.stringValue())) {
            violations.add(new Violation(
                    pointer + "/name", Names.unknown(catalogue.what(), name.stringValue(), catalogue.names())));
            return null;
        }
        var parameters = object.get("parameters");
        return readRecord(
                catalogue.entry(name.stringValue()).asSubclass(Record.class),
                parameters == null || parameters.isNull() ? NODES.objectNode() : parameters,
                pointer + "/parameters",
                violations);
    }

    private @Nullable Object readList(
            Type item, JsonNode json, @Nullable Parameter bounds, String pointer, List<Violation> violations) {
        if (!(json instanceof ArrayNode array)) {
            violations.add(new Violation(pointer, "must be an array, was " + kind(json)));
            return null;
        }
        if (bounds != null && (array.size() < bounds.minItems() || array.size() > bounds.maxItems())) {
            violations.add(new Violation(
                    pointer,
                    "must have %d to %d items, had %d".formatted(bounds.minItems(), bounds.maxItems(), array.size())));
            return null;
        }
        int before = violations.size();
        var items = new ArrayList<Object>();
        for (int i = 0; i < array.size(); i++) {
            var value = readValue(item, array.get(i), bounds, pointer + "/" + i, violations);
            if (value != null) {
                items.add(value);
            }
        }
        return violations.size() > before ? null : List.copyOf(items);
    }

    static String kind(JsonNode json) {
        var text = json.toString();
        var shown = text.length() > 60 ? text.substring(0, 60) + "…" : text;
        return json.isObject() ? "an object" : json.isArray() ? "an array" : shown;
    }

    private static String escape(String key) {
        return key.replace("~", "~0").replace("/", "~1");
    }

    /** Values that are not composed of others. */
    private static final class Scalars {

        static @Nullable Object read(
                Class<?> type, JsonNode json, @Nullable Parameter bounds, String pointer, List<Violation> violations) {
            var refusal = new Refusal(pointer, json, violations);
            if (type.isEnum()) {
                return readEnum(type, json, refusal);
            }
            if (type == boolean.class || type == Boolean.class) {
                return json.isBoolean() ? (Object) json.booleanValue() : refusal.because("must be true or false");
            }
            if (type == int.class || type == Integer.class) {
                return json.canConvertToInt() && json.isIntegralNumber()
                        ? checked(json.intValue(), json.intValue(), bounds, refusal)
                        : refusal.because("must be a whole number");
            }
            if (type == long.class || type == Long.class) {
                return json.canConvertToLong() && json.isIntegralNumber()
                        ? checked(json.longValue(), json.longValue(), bounds, refusal)
                        : refusal.because("must be a whole number");
            }
            if (type == double.class || type == Double.class) {
                return json.isNumber() && Double.isFinite(json.doubleValue())
                        ? checked(json.doubleValue(), json.doubleValue(), bounds, refusal)
                        : refusal.because("must be a finite number");
            }
            if (!json.isString()) {
                return refusal.because("must be a text");
            }
            if (type == Duration.class) {
                return readDuration(json.stringValue(), bounds, refusal);
            }
            return readText(json.stringValue(), bounds, refusal);
        }

        private static @Nullable Object readEnum(Class<?> type, JsonNode json, Refusal refusal) {
            var constants = Arrays.stream(type.getEnumConstants())
                    .map(constant -> (Enum<?>) constant)
                    .toList();
            for (var constant : constants) {
                if (json.isString() && Records.jsonName(constant).equals(json.stringValue())) {
                    return constant;
                }
            }
            return refusal.because("must be one of "
                    + constants.stream().map(Records::jsonName).collect(Collectors.joining(", ")));
        }

        private static @Nullable Object readDuration(String text, @Nullable Parameter bounds, Refusal refusal) {
            try {
                var duration = Duration.parse(text);
                return duration.isNegative() || duration.isZero()
                        ? refusal.because("must be longer than zero")
                        : duration;
            } catch (DateTimeParseException e) {
                return refusal.because("must be an ISO 8601 duration such as PT2H");
            }
        }

        private static @Nullable Object readText(String text, @Nullable Parameter bounds, Refusal refusal) {
            if (bounds != null && text.length() > bounds.maxLength()) {
                return refusal.because("must have at most %d characters".formatted(bounds.maxLength()));
            }
            if (bounds != null && !bounds.pattern().isEmpty() && !text.matches(bounds.pattern())) {
                return refusal.because("must match " + bounds.pattern());
            }
            return text;
        }

        private static @Nullable Object checked(
                Object value, double number, @Nullable Parameter bounds, Refusal refusal) {
            if (bounds == null) {
                return value;
            }
            if (number < bounds.min() || (bounds.exclusiveMin() && number == bounds.min())) {
                return refusal.because(
                        "must be %s %s".formatted(bounds.exclusiveMin() ? ">" : ">=", plain(bounds.min())));
            }
            if (number > bounds.max() || (bounds.exclusiveMax() && number == bounds.max())) {
                return refusal.because(
                        "must be %s %s".formatted(bounds.exclusiveMax() ? "<" : "<=", plain(bounds.max())));
            }
            return value;
        }

        private static String plain(double bound) {
            return bound == Math.rint(bound) && Math.abs(bound) < 1e15
                    ? Long.toString((long) bound)
                    : Double.toString(bound);
        }
    }

    /** Adds a violation, and stands for the value that could not be read. */
    private record Refusal(String pointer, JsonNode json, List<Violation> violations) {

        @Nullable Object because(String detail) {
            violations.add(new Violation(pointer, detail + ", was " + kind(json)));
            return null;
        }
    }
}
