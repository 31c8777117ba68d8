package io.lossforge.experiment;

import io.lossforge.catalogue.InvalidDocument;
import io.lossforge.catalogue.Names;
import io.lossforge.catalogue.Violation;
import io.lossforge.web.ApiException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Reads an experiment's document, all but the jobs in it, and finds every violation at once. */
class DesignDocument {

    private static final List<String> KEYS =
            List.of("name", "job", "losses", "classWeights", "imbalance", "seeds", "vary", "baseline", "dryRun");
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,62}");
    private static final Pattern POINTER = Pattern.compile("(/[A-Za-z0-9]{1,60}){1,8}");
    private static final List<String> NOT_VARIED = List.of("/seed", "/name");
    private static final long LARGEST_SEED = 9_007_199_254_740_991L;
    private static final int MOST_VALUES = 10_000;
    private static final int MOST_AXES = 16;

    private final ObjectNode document;
    private final List<Violation> violations = new ArrayList<>();

    private DesignDocument(ObjectNode document) {
        this.document = document;
    }

    /**
     * Reads a document.
     *
     * @throws InvalidDocument with every violation found
     * @throws ApiException 422 {@code too-many-jobs} if the combinations are more than {@value Design#MOST_JOBS} jobs
     */
    static Design read(JsonNode json) {
        if (!(json instanceof ObjectNode object)) {
            throw new InvalidDocument("", "must be an object");
        }
        var reading = new DesignDocument(object);
        var design = reading.design();
        if (!reading.violations.isEmpty()) {
            throw new InvalidDocument(reading.violations);
        }
        if (design.jobs() > Design.MOST_JOBS) {
            var detail = String.format(
                    Locale.ROOT,
                    "%s = %s jobs; one experiment has at most %,d",
                    design.factors(),
                    design.jobs() == Long.MAX_VALUE
                            ? "more than 10^18"
                            : String.format(Locale.ROOT, "%,d", design.jobs()),
                    Design.MOST_JOBS);
            throw ApiException.unprocessable("too-many-jobs", detail, List.of(new Violation("", detail)));
        }
        return design;
    }

    private Design design() {
        for (var key : document.propertyNames()) {
            if (!KEYS.contains(key) && violations.size() < 20) {
                refuse(key.matches("\\w{1,60}") ? "/" + key : "", Names.unknown("key", key, KEYS));
            }
        }
        var job = job();
        var axes = axes();
        return new Design(name(), job, axes, seeds(job), baseline(axes), dryRun());
    }

    private String name() {
        var name = document.path("name");
        if (!name.isString() || !NAME.matcher(name.stringValue()).matches()) {
            refuse(
                    "/name",
                    "must be 1 to 63 of a-z, 0-9, '.', '_' and '-', the first a letter or digit: models made by the experiment"
                            + " have this name unless the job says another");
        }
        return name.asString("");
    }

    private ObjectNode job() {
        if (document.get("job") instanceof ObjectNode job) {
            return job;
        }
        refuse("/job", "must be an object: the job that is varied, as POST /jobs takes it");
        return JsonNodeFactory.instance.objectNode();
    }

    private List<Axis> axes() {
        var axes = new ArrayList<Axis>();
        list("/losses", document.get("losses"), "/loss", axes);
        list("/classWeights", document.get("classWeights"), "/classWeights", axes);
        list("/imbalance", document.get("imbalance"), "/imbalance", axes);
        var vary = document.get("vary");
        if (vary instanceof ObjectNode object) {
            for (var entry : object.properties()) {
                varied(entry.getKey(), entry.getValue(), axes);
            }
        } else if (vary != null && !vary.isNull()) {
            refuse("/vary", "must be an object: JSON pointers into the job, each with a list of values");
        }
        axes.sort(Comparator.comparing(axis -> !axis.isSetting()));
        return List.copyOf(axes);
    }

    private void varied(String pointer, JsonNode values, List<Axis> axes) {
        if (axes.size() >= MOST_AXES) {
            refuse("/vary", "varies more than %d fields".formatted(MOST_AXES));
            return;
        }
        if (!POINTER.matcher(pointer).matches()) {
            refuse(
                    "/vary",
                    "\"%s\" must be a JSON pointer into the job, such as /optimizer/parameters/learningRate"
                            .formatted(pointer.length() > 60 ? pointer.substring(0, 60) + "…" : pointer.strip()));
            return;
        }
        var source = "/vary/" + pointer.replace("~", "~0").replace("/", "~1");
        if (NOT_VARIED.contains(pointer)) {
            refuse(source, "can't be varied here; seeds are listed in \"seeds\", names are given by the experiment");
            return;
        }
        if (axes.stream().anyMatch(axis -> axis.pointer().equals(pointer))) {
            refuse(source, "is listed already in " + sourceOf(pointer, axes));
            return;
        }
        list(source, values, pointer, axes);
    }

    private static String sourceOf(String pointer, List<Axis> axes) {
        return axes.stream()
                .filter(axis -> axis.pointer().equals(pointer))
                .map(Axis::source)
                .findFirst()
                .orElse("");
    }

    private void list(String source, @Nullable JsonNode values, String pointer, List<Axis> axes) {
        if (values == null) {
            return;
        }
        if (!(values instanceof ArrayNode array) || array.isEmpty() || array.size() > MOST_VALUES) {
            refuse(source, "must be a list of 1 to %d values".formatted(MOST_VALUES));
            return;
        }
        axes.add(new Axis(pointer, source, List.copyOf(array.values())));
    }

    private List<Long> seeds(ObjectNode job) {
        var seeds = document.get("seeds");
        if (seeds == null) {
            return List.of(job.path("seed").asLong(1));
        }
        return seeds("/seeds", seeds, violations);
    }

    /** Reads a list of seeds, in the order given. */
    static List<Long> seeds(String pointer, @Nullable JsonNode json, List<Violation> violations) {
        if (!(json instanceof ArrayNode array) || array.isEmpty() || array.size() > Design.MOST_JOBS) {
            violations.add(
                    new Violation(pointer, "must be a list of 1 to %d whole numbers".formatted(Design.MOST_JOBS)));
            return List.of(1L);
        }
        var seeds = new LinkedHashSet<Long>();
        for (int i = 0; i < array.size(); i++) {
            var seed = array.get(i);
            if (!seed.isIntegralNumber()
                    || !seed.canConvertToLong()
                    || seed.longValue() < 0
                    || seed.longValue() > LARGEST_SEED) {
                violations.add(
                        new Violation(pointer + "/" + i, "must be a whole number of 0 to %d".formatted(LARGEST_SEED)));
                return List.of(1L);
            }
            if (!seeds.add(seed.longValue())) {
                violations.add(new Violation(pointer + "/" + i, "seed %d is listed twice".formatted(seed.longValue())));
                return List.of(1L);
            }
        }
        return List.copyOf(seeds);
    }

    private List<Integer> baseline(List<Axis> axes) {
        var json = document.get("baseline");
        if (json != null && !json.isNull() && !json.isObject()) {
            refuse(
                    "/baseline",
                    "must be an object: fields that are varied, each with the place of its value in the list, from 0");
            return axes.stream().map(axis -> 0).toList();
        }
        var given = json instanceof ObjectNode object ? object : JsonNodeFactory.instance.objectNode();
        var compared = axes.stream()
                .filter(axis -> !axis.isSetting())
                .map(Axis::pointer)
                .toList();
        for (var key : given.propertyNames()) {
            if (!compared.contains(key)) {
                refuse(
                        "/baseline",
                        axes.stream().anyMatch(axis -> axis.pointer().equals(key))
                                ? "%s belongs to the data: each of its values has a baseline of its own".formatted(key)
                                : Names.unknown("varied field", key, compared));
            }
        }
        return axes.stream()
                .map(axis -> place(given.path(axis.pointer()), axis))
                .toList();
    }

    private int place(JsonNode json, Axis axis) {
        if (json.isMissingNode()) {
            return 0;
        }
        int last = axis.values().size() - 1;
        if (!json.isIntegralNumber() || !json.canConvertToInt() || json.intValue() < 0 || json.intValue() > last) {
            refuse(
                    "/baseline/" + axis.pointer().replace("/", "~1"),
                    "must be a place in the list %s, 0 to %d".formatted(axis.source(), last));
            return 0;
        }
        return json.intValue();
    }

    private boolean dryRun() {
        var json = document.get("dryRun");
        if (json != null && !json.isBoolean()) {
            refuse("/dryRun", "must be true or false");
        }
        return json != null && json.asBoolean(false);
    }

    private void refuse(String pointer, String detail) {
        violations.add(new Violation(pointer, detail));
    }
}
