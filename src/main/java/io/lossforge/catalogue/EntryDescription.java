package io.lossforge.catalogue;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
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
