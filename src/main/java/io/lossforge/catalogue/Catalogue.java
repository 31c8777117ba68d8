package io.lossforge.catalogue;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.ServiceLoader;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The records that implement one extension point, by name. A record joins by carrying {@link Described},
 * a no-argument constructor that states its defaults, and {@code @AutoService}; nothing else lists it.
 *
 * @param <T> the extension point, such as a loss
 */
public final class Catalogue<T> {

    private final String what;
    private final Class<T> type;
    private final SortedMap<String, Class<? extends T>> byName;

    private Catalogue(String what, Class<T> type, SortedMap<String, Class<? extends T>> byName) {
        this.what = what;
        this.type = type;
        this.byName = Collections.unmodifiableSortedMap(byName);
    }

    /**
     * Finds every implementation on the class path.
     *
     * @param what the noun used in messages, such as {@code loss}
     * @throws IllegalStateException if two entries share a name, or one is no described record
     */
    public static <T> Catalogue<T> of(String what, Class<T> type) {
        var byName = new TreeMap<String, Class<? extends T>>();
        ServiceLoader.load(type, type.getClassLoader()).stream()
                .map(ServiceLoader.Provider::type)
                .forEach(entry -> {
                    var described = entry.getAnnotation(Described.class);
                    if (described == null || !entry.isRecord()) {
                        throw new IllegalStateException(entry + " must be a record with @Described");
                    }
                    var other = byName.put(described.name(), entry);
                    if (other != null) {
                        throw new IllegalStateException(
                                "%s and %s are both called %s".formatted(other, entry, described.name()));
                    }
                });
        return new Catalogue<>(what, type, byName);
    }

    /** The noun used in messages. */
    public String what() {
        return what;
    }

    /** The extension point. */
    public Class<T> type() {
        return type;
    }

    /** Names in alphabetical order. */
    public Collection<String> names() {
        return byName.keySet();
    }

    /**
     * The record of that name.
     *
     * @throws IllegalArgumentException if the name is not known; the message suggests the nearest
     */
    public Class<? extends T> entry(String name) {
        var entry = byName.get(name);
        if (entry == null) {
            throw new IllegalArgumentException(Names.unknown(what, name, names()));
        }
        return entry;
    }

    /** The entry of that name with its defaults. */
    public T create(String name) {
        return type.cast(RecordShape.of(entry(name).asSubclass(Record.class)).defaults());
    }

    /** The name of an entry. */
    public static String nameOf(Object entry) {
        var described = entry.getClass().getAnnotation(Described.class);
        if (described == null) {
            throw new IllegalArgumentException(entry.getClass() + " has no @Described");
        }
        return described.name();
    }

    /** Every entry with its parameters, in alphabetical order. */
    public List<EntryDescription> describe() {
        return byName.values().stream()
                .map(entry -> EntryDescription.of(entry.asSubclass(Record.class)))
                .toList();
    }
}
