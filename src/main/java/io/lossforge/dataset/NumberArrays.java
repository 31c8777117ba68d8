package io.lossforge.dataset;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Finds out which arrays are inputs and which are labels, of which split: inputs have two or more dimensions, labels one. Several pairs
 * are told apart by names ({@code test}, {@code t10k}, {@code val}) or, where names say nothing, by size: the smaller is the test.
 */
final class NumberArrays {

    private static final Pattern TEST = Pattern.compile("test|t10k");
    private static final Pattern VALIDATION = Pattern.compile("(^|[^a-z])val");

    private final Delivery delivery;
    private final Packing packing;

    private enum Role {
        TRAIN,
        TEST,
        VALIDATION
    }

    private record Pair(NumberArray inputs, NumberArray labels) {}

    NumberArrays(Delivery delivery, Packing packing) {
        this.delivery = delivery;
        this.packing = packing;
    }

    /**
     * Reads inputs with their labels.
     *
     * @param arrays of {@code file}
     * @param testArrays of {@code testFile}
     */
    void read(List<NumberArray> arrays, List<NumberArray> testArrays) throws IOException {
        if (arrays.isEmpty()) {
            throw delivery.files().get(0).refused("empty: there is no array in it");
        }
        var pairs = new EnumMap<Role, Pair>(Role.class);
        if (testArrays.isEmpty()) {
            pairs.putAll(pairs(arrays));
        } else {
            pairs.put(Role.TRAIN, pair(arrays));
            pairs.put(Role.TEST, pair(testArrays));
        }
        var train = pairs.get(Role.TRAIN);
        if (train == null) {
            throw refused(arrays, "there is no training part");
        }
        read(Split.TRAIN, train);
        var test = pairs.get(Role.TEST);
        if (test != null) {
            read(Split.TEST, test);
        }
        var validation = pairs.get(Role.VALIDATION);
        if (validation != null) {
            delivery.notices()
                    .add(
                            test == null
                                    ? "the validation arrays became the test split, there being no test arrays"
                                    : "the validation arrays joined the training split; a job sets its own validation part aside");
            read(test == null ? Split.TEST : Split.TRAIN, validation);
        }
    }

    private static Map<Role, Pair> pairs(List<NumberArray> arrays) {
        if (arrays.size() == 2) {
            return Map.of(Role.TRAIN, pair(arrays));
        }
        var byRole = new EnumMap<Role, List<NumberArray>>(Role.class);
        for (var array : arrays) {
            byRole.computeIfAbsent(role(array.shown()), key -> new ArrayList<>())
                    .add(array);
        }
        if (byRole.size() == 1 && arrays.size() == 4) {
            return bySize(arrays);
        }
        var pairs = new EnumMap<Role, Pair>(Role.class);
        byRole.forEach((role, members) -> pairs.put(role, pair(members)));
        return pairs;
    }

    private static Role role(String name) {
        var lower = name.toLowerCase(Locale.ROOT);
        if (TEST.matcher(lower).find()) {
            return Role.TEST;
        }
        return VALIDATION.matcher(lower).find() ? Role.VALIDATION : Role.TRAIN;
    }

    private static Map<Role, Pair> bySize(List<NumberArray> arrays) {
        var sizes =
                arrays.stream().map(NumberArray::samples).distinct().sorted().toList();
        if (sizes.size() != 2) {
            throw refused(
                    arrays,
                    "which of these are for the test? send them as testFile, or with \"test\" in their names; sample counts: "
                            + counts(arrays));
        }
        return Map.of(
                Role.TEST, pair(ofSize(arrays, sizes.get(0))),
                Role.TRAIN, pair(ofSize(arrays, sizes.get(1))));
    }

    private static List<NumberArray> ofSize(List<NumberArray> arrays, long samples) {
        return arrays.stream().filter(array -> array.samples() == samples).toList();
    }

    private static Pair pair(List<NumberArray> arrays) {
        var labels = arrays.stream().filter(NumberArray::isLabels).toList();
        var inputs = arrays.stream().filter(array -> !array.isLabels()).toList();
        if (inputs.size() != 1 || labels.size() != 1) {
            throw refused(
                    arrays,
                    "inputs (two or more dimensions) and labels (one dimension) are needed, one array of each per split; found: "
                            + shapes(arrays));
        }
        if (inputs.get(0).samples() != labels.get(0).samples()) {
            throw refused(arrays, "inputs and labels differ in number: " + counts(arrays));
        }
        return new Pair(inputs.get(0), labels.get(0));
    }

    private static RefusedUpload refused(List<NumberArray> arrays, String detail) {
        return new RefusedUpload(arrays.get(0).source().pointer(), detail);
    }

    private static String counts(List<NumberArray> arrays) {
        return arrays.stream()
                .map(array -> "%s has %d".formatted(array.shown(), array.samples()))
                .collect(java.util.stream.Collectors.joining(", "));
    }

    private static String shapes(List<NumberArray> arrays) {
        return arrays.stream()
                .map(array -> "%s %s".formatted(array.shown(), array.shape()))
                .collect(java.util.stream.Collectors.joining(", "));
    }

    private void read(Split split, Pair pair) throws IOException {
        new InputReading(delivery.options(), packing).read(split, pair.inputs());
        new LabelReading(packing).read(split, pair.labels());
    }
}
