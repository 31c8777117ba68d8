package io.lossforge.catalogue;

import java.util.Collection;
import java.util.Comparator;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** Messages about names that are not known. */
public final class Names {

    private Names() {}

    /**
     * Says that a name is not known, suggests the nearest known one and lists all.
     *
     * @return such as {@code loss "focla" is not known; did you mean "focal"? known: focal, softmax}
     */
    public static String unknown(String what, String name, Collection<String> known) {
        var shown = name.length() > 60 ? name.substring(0, 60) + "…" : name;
        var nearest = known.stream()
                .min(Comparator.comparingInt(candidate -> distance(shown, candidate)))
                .filter(candidate -> distance(shown, candidate) <= Math.max(2, candidate.length() / 2))
                .map(candidate -> "; did you mean \"" + candidate + "\"?")
                .orElse(";");
        return "%s \"%s\" is not known%s known: %s".formatted(what, shown, nearest, String.join(", ", known));
    }

    private static int distance(String left, String right) {
        return LevenshteinDistance.getDefaultInstance().apply(left, right);
    }
}
