package io.lossforge.catalogue;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record type as reflection shows it, looked up once: to ask anew for each document takes many times as long as to read the document.
 * Immutable and safe for use by several threads.
 */
final class RecordShape<R extends Record> {

    private static final ClassValue<RecordShape<?>> SHAPES = new ClassValue<>() {

        @Override
        protected RecordShape<?> computeValue(Class<?> type) {
            return new RecordShape<>(type.asSubclass(Record.class));
        }
    };

    private final Class<R> type;
    private final List<Component> components;
    private final List<String> names;
    private final Constructor<R> canonical;
    private volatile @Nullable R defaults;

    private RecordShape(Class<R> type) {
        this.type = type;
        this.components = Arrays.stream(type.getRecordComponents())
                .map(RecordShape::component)
                .toList();
        this.names = components.stream().map(Component::name).toList();
        this.canonical =
                constructor(type, components.stream().map(Component::type).toArray(Class<?>[]::new));
    }

    @SuppressWarnings("unchecked") // computed from the very type
    static <R extends Record> RecordShape<R> of(Class<R> type) {
        return (RecordShape<R>) SHAPES.get(type);
    }

    /**
     * A component of a record.
     *
     * @param bounds null for none
     */
    record Component(
            String name,
            Class<?> type,
            Type genericType,
            @Nullable Parameter bounds,
            Method accessor) {

        @Nullable Object of(Record record) {
            try {
                return accessor.invoke(record);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static Component component(RecordComponent component) {
        var accessor = component.getAccessor();
        accessor.setAccessible(true);
        return new Component(
                component.getName(),
                component.getType(),
                component.getGenericType(),
                component.getAnnotation(Parameter.class),
                accessor);
    }

    /** In the order of the record. */
    List<Component> components() {
        return components;
    }

    /** Names of the components, in their order. */
    List<String> names() {
        return names;
    }

    /** The record with its defaults, which its no-argument constructor states: always the same one. */
    R defaults() {
        var known = defaults;
        if (known == null) {
            known = newInstance(constructor(type));
            defaults = known;
        }
        return known;
    }

    /** @throws IllegalArgumentException what the record's own constructor refuses */
    R create(@Nullable Object[] arguments) {
        return newInstance(canonical, arguments);
    }

    private static <R extends Record> Constructor<R> constructor(Class<R> type, Class<?>... parameters) {
        try {
            var constructor = type.getDeclaredConstructor(parameters);
            constructor.setAccessible(true);
            return constructor;
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(type + " needs a no-argument constructor that states its defaults", e);
        }
    }

    private static <R extends Record> R newInstance(Constructor<R> constructor, @Nullable Object... arguments) {
        try {
            return constructor.newInstance(arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof IllegalArgumentException refused) {
                throw refused;
            }
            throw new IllegalStateException(e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
