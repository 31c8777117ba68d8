package io.lossforge.dataset;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the person who ingests should know, without being a reason to refuse. Holds a few names of each kind and counts the rest. */
class Notices {

    private static final int NAMED = 5;

    private final List<String> notices = new ArrayList<>();
    private final Map<String, Skipped> skipped = new LinkedHashMap<>();

    private static final class Skipped {
        private long count;
        private final List<String> first = new ArrayList<>();
    }

    void add(String notice) {
        notices.add(notice);
    }

    /**
     * Counts one thing that is left out.
     *
     * @param why such as {@code hidden files were left out}
     */
    void skipped(String why, String name) {
        var kind = skipped.computeIfAbsent(why, key -> new Skipped());
        kind.count++;
        if (kind.first.size() < NAMED) {
            kind.first.add(Shown.name(name));
        }
    }

    /** How many were skipped for that reason. */
    long count(String why) {
        var kind = skipped.get(why);
        return kind == null ? 0 : kind.count;
    }

    /** The first few that were skipped for that reason, with the number of the rest. */
    String names(String why) {
        var kind = skipped.get(why);
        return kind == null ? "" : names(kind);
    }

    private static String names(Skipped kind) {
        var names = String.join(", ", kind.first);
        return kind.count > kind.first.size()
                ? names + " and %d more".formatted(kind.count - kind.first.size())
                : names;
    }

    List<String> toList() {
        var all = new ArrayList<>(notices);
        skipped.forEach((why, kind) -> all.add("%d %s: %s".formatted(kind.count, why, names(kind))));
        return List.copyOf(all);
    }
}
