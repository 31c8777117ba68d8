package io.lossforge.page;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An alias of a model with what each version gets of its traffic.
 *
 * @param revision what its ETag says
 * @param history its newest changes, each as the interface says it
 */
record PointedAlias(
        String name, long revision, String changedAt, List<Part> parts, List<Change> history, boolean hasOlder) {

    /**
     * What one version gets.
     *
     * @param percent whole, so that those of an alias add up to 100
     */
    record Part(int version, int percent) {}

    /** One change, and what the alias pointed to from then on. */
    record Change(Map<?, ?> document, List<Part> parts) {

        /** What it pointed to, in short. */
        public String text() {
            return PointedAlias.text(parts);
        }
    }

    /**
     * Of the interface's answers.
     *
     * @param history the first page of the alias's history; empty where it is not shown
     */
    static PointedAlias of(Map<?, ?> alias, Map<String, Object> history) {
        var changes = history.get("changes") instanceof List<?> list ? list : List.of();
        return new PointedAlias(
                String.valueOf(alias.get("alias")),
                number(alias.get("revision")),
                String.valueOf(alias.get("changedAt")),
                parts(alias),
                changes.stream()
                        .map(change -> new Change((Map<?, ?>) change, parts((Map<?, ?>) change)))
                        .toList(),
                !String.valueOf(history.getOrDefault("nextPageToken", "")).isEmpty());
    }

    /** In short, such as {@code 3} or {@code 3 (90 %), 4 (10 %)}. */
    public String text() {
        return text(parts);
    }

    private static String text(List<Part> parts) {
        if (parts.size() == 1) {
            return String.valueOf(parts.get(0).version());
        }
        return String.join(
                ", ",
                parts.stream()
                        .map(part -> "%d (%d %%)".formatted(part.version(), part.percent()))
                        .toList());
    }

    /** Whether all of its traffic goes to one version. */
    public boolean isOnly(int version) {
        return parts.size() == 1 && parts.get(0).version() == version;
    }

    private static List<Part> parts(Map<?, ?> pointing) {
        var shares = (List<?>) Objects.requireNonNull(pointing.get("versions"));
        double sum = shares.stream().mapToLong(share -> weight(share)).sum();
        var parts = new ArrayList<Part>();
        double before = 0;
        for (var share : shares) {
            double after = before + weight(share);
            parts.add(new Part((int) number(((Map<?, ?>) share).get("version")), (int)
                    (Math.round(100 * after / sum) - Math.round(100 * before / sum))));
            before = after;
        }
        return List.copyOf(parts);
    }

    private static long weight(Object share) {
        return number(((Map<?, ?>) share).get("weight"));
    }

    private static long number(@Nullable Object value) {
        return ((Number) Objects.requireNonNull(value)).longValue();
    }
}
