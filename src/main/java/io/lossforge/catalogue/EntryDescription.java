package io.lossforge.catalogue;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a catalogue says about one entry.
 *
 * @param name how to ask for it
 * @param summary one sentence
 * @param formula plain text, empty where there is none
 * @param reference source, empty where there is none
 * @param parameters in the order of the record
 */
public record EntryDescription(
        String name, String summary, String formula, String reference, List<ParameterDescription> parameters) {

    /**
     * One parameter of an entry.
     *
     * @param type {@code number}, {@code integer}, {@code boolean}, {@code string}, {@code enum} or {@code array of …}
     * @param defaultValue as JSON would show it; null where absent means none
     * @param minimum least value, null where unbounded
     * @param maximum greatest value, null where unbounded
     * @param exclusiveMinimum whether the least value itself is refused
     * @param exclusiveMaximum whether the greatest value itself is refused
     * @param values the names allowed for an enum, empty otherwise
     */
    public record ParameterDescription(
            String name,
            String type,
            String summary,
            @Nullable Object defaultValue,
            @Nullable Double minimum,
            @Nullable Double maximum,
            boolean exclusiveMinimum,
            boolean exclusiveMaximum,
            List<String> values) {}

    static EntryDescription of(Class<? extends Record> entry) {
        var described = Objects.requireNonNull(entry.getAnnotation(Described.class));
        var shape = RecordShape.of(entry);
        var defaults = shape.defaults();
        var parameters = shape.components().stream()
                .map(component -> parameter(component, defaults))
                .toList();
        return new EntryDescription(
                described.name(), described.summary(), described.formula(), described.reference(), parameters);
    }

    /**
     * The parameters of a record that is no entry, and of the records in it, by the JSON pointer of what they are members of: the empty one for
     * its own. What is chosen from a catalogue is left out.
     */
    public static SortedMap<String, List<ParameterDescription>> parametersByPointer(Class<? extends Record> type) {
        var found = new TreeMap<String, List<ParameterDescription>>();
        collect(type, "", found);
        return found;
    }

    private static void collect(
            Class<? extends Record> type, String pointer, SortedMap<String, List<ParameterDescription>> found) {
        var shape = RecordShape.of(type);
        found.put(
                pointer,
                shape.components().stream()
                        .filter(component -> isPlain(component.genericType()))
                        .map(component -> parameter(component, shape.defaults()))
                        .toList());
        for (var component : shape.components()) {
            if (component.type().isRecord()) {
                collect(component.type().asSubclass(Record.class), pointer + "/" + component.name(), found);
            }
        }
    }

    /** Whether it is neither a record nor chosen from a catalogue. */
    private static boolean isPlain(Type type) {
        return type instanceof ParameterizedType list
                ? isPlain(list.getActualTypeArguments()[0])
                : type instanceof Class<?> raw && !raw.isRecord() && !raw.isInterface();
    }

    private static ParameterDescription parameter(RecordShape.Component component, Record defaults) {
        var bounds = component.bounds();
        if (bounds == null) {
            throw new IllegalStateException(component + " needs @Parameter");
        }
        var value = component.of(defaults);
        return new ParameterDescription(
                component.name(),
                typeName(component.genericType()),
                bounds.value(),
                value instanceof Enum<?> constant ? Scalar.jsonName(constant) : value,
                finite(bounds.min()),
                finite(bounds.max()),
                bounds.exclusiveMin(),
                bounds.exclusiveMax(),
                component.type().isEnum()
                        ? Arrays.stream(component.type().getEnumConstants())
                                .map(constant -> Scalar.jsonName((Enum<?>) constant))
                                .toList()
                        : List.of());
    }

    private static @Nullable Double finite(double bound) {
        return Double.isInfinite(bound) ? null : bound;
    }

    static String typeName(Type type) {
        if (type instanceof ParameterizedType list) {
            return "array of " + typeName(list.getActualTypeArguments()[0]);
        }
        var raw = (Class<?>) type;
        if (raw.isEnum()) {
            return "enum";
        }
        return switch (raw.getSimpleName().toLowerCase(Locale.ROOT)) {
            case "int", "integer", "long" -> "integer";
            case "double", "float" -> "number";
            case "boolean" -> "boolean";
            default -> "string";
        };
    }
}
