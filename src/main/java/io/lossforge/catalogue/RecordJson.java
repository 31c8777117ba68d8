package io.lossforge.catalogue;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
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
    private static final List<String> ENTRY_KEYS = List.of("name", "parameters");
    /** Reading stops about here: enough to mend a document, and an answer that stays small. */
    private static final int MOST_VIOLATIONS = 100;

    private final Map<Class<?>, Catalogue<?>> catalogues;

    public RecordJson(Catalogue<?>... catalogues) {
        this.catalogues = Arrays.stream(catalogues).collect(Collectors.toMap(Catalogue::type, Function.identity()));
    }

    /**
     * Reads a record.
     *
     * @throws InvalidDocument with every violation found, up to about a hundred
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
        for (var component : RecordShape.of(record.getClass()).components()) {
            json.set(component.name(), writeValue(component.of(record), component.type()));
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
            return NODES.stringNode(Scalar.jsonName(constant));
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
            violations.add(new Violation(pointer, "must be an object, was " + Scalar.kind(json)));
            return null;
        }
        int before = violations.size();
        var shape = RecordShape.of(type);
        var components = shape.components();
        refuseKeys(object, shape.names(), pointer, key -> Names.unknown("key", key, shape.names()), violations);
        var defaults = shape.defaults();
        var arguments = new @Nullable Object[components.size()];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = readComponent(components.get(i), object, defaults, pointer, violations);
        }
        if (violations.size() > before) {
            return null;
        }
        try {
            return shape.create(arguments);
        } catch (InvalidDocument e) {
            e.violations().forEach(inner -> violations.add(new Violation(pointer + inner.pointer(), inner.detail())));
        } catch (IllegalArgumentException e) {
            violations.add(new Violation(pointer, String.valueOf(e.getMessage())));
        }
        return null;
    }

    private static void refuseKeys(
            ObjectNode object,
            List<String> known,
            String pointer,
            UnaryOperator<String> detail,
            List<Violation> violations) {
        for (var key : object.propertyNames()) {
            if (violations.size() >= MOST_VIOLATIONS) {
                return;
            }
            if (!known.contains(key)) {
                violations.add(new Violation(pointer + "/" + escape(Names.shown(key)), detail.apply(key)));
            }
        }
    }

    private @Nullable Object readComponent(
            RecordShape.Component component,
            ObjectNode object,
            Record defaults,
            String parent,
            List<Violation> violations) {
        var pointer = parent + "/" + component.name();
        var bounds = component.bounds();
        var json = object.get(component.name());
        if (json == null) {
            if (bounds != null && bounds.required()) {
                violations.add(new Violation(pointer, "is required"));
            }
            return component.of(defaults);
        }
        if (json.isNull()) {
            if (component.of(defaults) != null || component.type().isPrimitive()) {
                violations.add(new Violation(pointer, "must not be null"));
            }
            return null;
        }
        return readValue(component.genericType(), json, bounds, pointer, violations);
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
        return new Scalar(json, bounds, pointer, violations).read(raw);
    }

    private @Nullable Object readEntry(
            Catalogue<?> catalogue, JsonNode json, String pointer, List<Violation> violations) {
        if (!(json instanceof ObjectNode object)) {
            violations.add(new Violation(
                    pointer, "must be an object {\"name\": …, \"parameters\": {…}}, was " + Scalar.kind(json)));
            return null;
        }
        var name = object.get("name");
        if (name == null) {
            violations.add(
                    new Violation(pointer + "/name", "is required; known: " + String.join(", ", catalogue.names())));
            return null;
        }
        if (!name.isString()) {
            violations.add(new Violation(
                    pointer + "/name",
                    "must be one of %s, was %s".formatted(String.join(", ", catalogue.names()), Scalar.kind(name))));
            return null;
        }
        if (!catalogue.names().contains(name.stringValue())) {
            violations.add(new Violation(
                    pointer + "/name", Names.unknown(catalogue.what(), name.stringValue(), catalogue.names())));
            return null;
        }
        var entry = catalogue.entry(name.stringValue()).asSubclass(Record.class);
        var own = RecordShape.of(entry).names();
        refuseKeys(
                object,
                ENTRY_KEYS,
                pointer,
                key -> own.contains(key) ? "belongs in \"parameters\"" : Names.unknown("key", key, ENTRY_KEYS),
                violations);
        var parameters = object.get("parameters");
        return readRecord(
                entry,
                parameters == null || parameters.isNull() ? NODES.objectNode() : parameters,
                pointer + "/parameters",
                violations);
    }

    private @Nullable Object readList(
            Type item, JsonNode json, @Nullable Parameter bounds, String pointer, List<Violation> violations) {
        if (!(json instanceof ArrayNode array)) {
            violations.add(new Violation(pointer, "must be an array, was " + Scalar.kind(json)));
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
        for (int i = 0; i < array.size() && violations.size() < MOST_VIOLATIONS; i++) {
            var value = readValue(item, array.get(i), bounds, pointer + "/" + i, violations);
            if (value != null) {
                items.add(value);
            }
        }
        return violations.size() > before ? null : List.copyOf(items);
    }

    private static String escape(String key) {
        return key.replace("~", "~0").replace("/", "~1");
    }
}
