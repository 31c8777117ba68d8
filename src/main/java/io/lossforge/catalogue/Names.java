package io.lossforge.catalogue;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** Messages about names that are not known. */
public final class Names {

    private static final int SHOWN_CHARACTERS = 60;

    private Names() {}

    /**
     * Says that a name is not known, suggests the nearest known one and lists all.
     *
     * @return such as {@code loss "focla" is not known; did you mean "focal"? known: focal, softmax}
     */
    public static String unknown(String what, String name, Collection<String> known) {
        var shown = shown(name);
        if (known.isEmpty()) {
            return "%s \"%s\" is not known; none is known".formatted(what, shown);
        }
        var nearest = known.stream()
                .filter(candidate -> distance(shown, candidate) <= Math.max(2, candidate.length() * 2 / 5))
                .min(Comparator.comparingInt(candidate -> distance(shown, candidate)))
                .map(candidate -> "; did you mean \"" + candidate + "\"?")
                .orElse(";");
        return "%s \"%s\" is not known%s known: %s".formatted(what, shown, nearest, String.join(", ", known));
    }

    /** Text of a stranger as it can stand in a message: cut short, and nothing in it that cannot be printed. */
    static String shown(String text) {
        var shown = new StringBuilder();
        text.codePoints()
                .limit(SHOWN_CHARACTERS)
                .map(character -> unprintable(character) ? '\uFFFD' : character)
                .forEach(shown::appendCodePoint);
        return text.codePointCount(0, text.length()) > SHOWN_CHARACTERS ? shown + "…" : shown.toString();
    }

    /** Control characters, and halves of a surrogate pair, which no UTF-8 can write. */
    static boolean unprintable(int character) {
        return Character.isISOControl(character) || Character.getType(character) == Character.SURROGATE;
    }

    private static int distance(String left, String right) {
        return LevenshteinDistance.getDefaultInstance()
                .apply(left.toLowerCase(Locale.ROOT), right.toLowerCase(Locale.ROOT));
    }
}
