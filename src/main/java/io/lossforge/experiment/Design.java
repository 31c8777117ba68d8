package io.lossforge.experiment;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What an experiment varies. A cell is one combination of the axes' values, the last axis varying fastest; it is run once per seed.
 *
 * @param job the base job
 * @param axes settings first
 * @param baseline for each axis that is no setting the value, by place in its list, that the others are compared with; 0 for settings
 */
record Design(String name, ObjectNode job, List<Axis> axes, List<Long> seeds, List<Integer> baseline, boolean dryRun) {

    /** Jobs in one experiment, at most. */
    static final int MOST_JOBS = 10_000;

    /** Number of combinations; {@link Long#MAX_VALUE} if there are more than that. */
    long cells() {
        long cells = 1;
        for (var axis : axes) {
            cells = saturatedProduct(cells, axis.values().size());
        }
        return cells;
    }

    /** Number of jobs; {@link Long#MAX_VALUE} if there are more than that. */
    long jobs() {
        return saturatedProduct(cells(), seeds.size());
    }

    private static long saturatedProduct(long left, long right) {
        return left > Long.MAX_VALUE / right ? Long.MAX_VALUE : left * right;
    }

    /** How the number of jobs comes about, such as {@code 3 losses × 2 classWeights × 6 seeds}. */
    String factors() {
        return axes.stream()
                .map(axis -> "%d %s"
                        .formatted(
                                axis.values().size(),
                                axis.source().startsWith("/vary")
                                        ? axis.pointer()
                                        : axis.source().substring(1)))
                .collect(Collectors.joining(" × ", "", (axes.isEmpty() ? "" : " × ") + seeds.size() + " seeds"));
    }

    /** Places of a cell's values in the axes' lists. */
    int[] choice(int cell) {
        var choice = new int[axes.size()];
        int rest = cell;
        for (int axis = axes.size() - 1; axis >= 0; axis--) {
            int size = axes.get(axis).values().size();
            choice[axis] = rest % size;
            rest /= size;
        }
        return choice;
    }

    /** The inverse of {@link #choice}. */
    private int cell(int[] choice) {
        int cell = 0;
        for (int axis = 0; axis < choice.length; axis++) {
            cell = cell * axes.get(axis).values().size() + choice[axis];
        }
        return cell;
    }

    /** The cell of the same setting that a cell is compared with; itself if it is the baseline. */
    int baselineOf(int cell) {
        var choice = choice(cell);
        for (int axis = 0; axis < choice.length; axis++) {
            if (!axes.get(axis).isSetting()) {
                choice[axis] = baseline.get(axis);
            }
        }
        return cell(choice);
    }

    /** The cell's job, as a document. */
    ObjectNode document(int cell) {
        var document = job.deepCopy();
        document.put("seed", seeds.get(0));
        if (!document.has("model")) {
            document.put("model", name);
        }
        document.remove("name");
        var choice = choice(cell);
        IntStream.range(0, choice.length)
                .boxed()
                .sorted(Comparator.comparing(axis -> axes.get(axis).pointer().length()))
                .forEach(axis -> set(document, axes.get(axis), choice[axis]));
        return document;
    }

    private static void set(ObjectNode document, Axis axis, int value) {
        var pointer = JsonPointer.compile(axis.pointer());
        var parent = document;
        for (; !pointer.tail().matches(); pointer = pointer.tail()) {
            var key = pointer.getMatchingProperty();
            if (!(parent.get(key) instanceof ObjectNode)) {
                parent.set(key, JsonNodeFactory.instance.objectNode());
            }
            parent = (ObjectNode) parent.get(key);
        }
        parent.set(pointer.getMatchingProperty(), axis.values().get(value).deepCopy());
    }

    /** What tells a cell from the others, for people. */
    String label(int cell) {
        return label(cell, false);
    }

    /** What the cell's data have that others have not; empty if all have the same. */
    String setting(int cell) {
        return label(cell, true);
    }

    private String label(int cell, boolean settings) {
        var choice = choice(cell);
        var parts = IntStream.range(0, choice.length)
                .filter(axis -> axes.get(axis).isSetting() == settings)
                .filter(axis -> axes.get(axis).values().size() > 1
                        || !settings && axes.get(axis).pointer().equals("/loss"))
                .mapToObj(axis -> axes.get(axis).label(choice[axis]))
                .collect(Collectors.joining(" · "));
        return parts.isEmpty() && !settings ? job.path("loss").path("name").asString("softmax") : parts;
    }

    /** Where in the experiment's document what is at a pointer into a cell's job comes from. */
    String source(int cell, String pointer) {
        var choice = choice(cell);
        return IntStream.range(0, choice.length)
                .boxed()
                .filter(axis -> isWithin(pointer, axes.get(axis).pointer())
                        || isWithin(axes.get(axis).pointer(), pointer)
                                && !pointer.isEmpty()
                                && axes.get(axis).source().startsWith("/vary"))
                .max(Comparator.comparing(axis -> axes.get(axis).pointer().length()))
                .map(axis -> "%s/%d%s"
                        .formatted(
                                axes.get(axis).source(),
                                choice[axis],
                                isWithin(pointer, axes.get(axis).pointer())
                                        ? pointer.substring(
                                                axes.get(axis).pointer().length())
                                        : ""))
                .orElse("/job" + pointer);
    }

    private static boolean isWithin(String pointer, String outer) {
        return pointer.equals(outer) || pointer.startsWith(outer + "/");
    }
}
