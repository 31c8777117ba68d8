package io.lossforge.dataset;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** The classes in the order they were met, until they are sorted. */
class ClassNames {

    private static final int LONGEST = 200;
    private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,18}");

    private final int most;
    private final Map<String, Integer> indices = new HashMap<>();
    private final Map<String, String> folded = new HashMap<>();
    private final List<String> names = new ArrayList<>();

    /**
     * None yet.
     *
     * @param most classes at most
     */
    ClassNames(int most) {
        this.most = most;
    }

    /**
     * The provisional index of a class.
     *
     * @throws IllegalArgumentException if it can't be a class; the message says why
     */
    int index(String name) {
        var known = indices.get(name);
        return known == null ? add(name) : known;
    }

    /**
     * The provisional index of a class that is a folder: two that are told apart only by case, or by how an accent is encoded, would be
     * one on another machine.
     *
     * @throws IllegalArgumentException if it can't be a class; the message says why
     */
    int indexOfFolder(String name) {
        var key = Normalizer.normalize(name, Normalizer.Form.NFC).toLowerCase(Locale.ROOT);
        var other = folded.putIfAbsent(key, name);
        if (other != null && !other.equals(name)) {
            throw new IllegalArgumentException(
                    "class folders \"%s\" and \"%s\" differ only in case or in how an accent is encoded"
                            .formatted(Shown.name(other), Shown.name(name)));
        }
        return index(name);
    }

    private int add(String name) {
        if (name.isBlank() || name.length() > LONGEST || name.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("a class name must have 1 to %d printable characters, was \"%s\""
                    .formatted(LONGEST, Shown.name(name)));
        }
        if (names.size() == most) {
            throw new IllegalArgumentException("more than %d classes (lossforge.dataset.max-classes)".formatted(most));
        }
        indices.put(name, names.size());
        names.add(name);
        return names.size() - 1;
    }

    /** Gives every class another name. */
    void rename(UnaryOperator<String> naming) {
        names.replaceAll(naming);
    }

    int size() {
        return names.size();
    }

    String name(int index) {
        return names.get(index);
    }

    /** Provisional indices in the final order: by value if all are whole numbers, else by code point. */
    int[] sorted() {
        Comparator<String> byText = Comparator.naturalOrder();
        Comparator<String> byValue = Comparator.comparing(Long::parseLong);
        boolean areNumbers =
                names.stream().allMatch(name -> NUMBER.matcher(name).matches());
        var order = areNumbers ? byValue.thenComparing(byText) : byText;
        return IntStream.range(0, names.size())
                .boxed()
                .sorted(Comparator.comparing(names::get, order))
                .mapToInt(Integer::intValue)
                .toArray();
    }
}
