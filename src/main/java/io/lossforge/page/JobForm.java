package io.lossforge.page;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** The form of a job: each field with its bounds, what it is usually and what it is now. */
final class JobForm {

    private static final Map<String, String> CATALOGUES = Map.of(
            "loss", "losses",
            "architecture", "architectures",
            "optimizer", "optimizers",
            "schedule", "schedules",
            "sampler", "samplers",
            "augmentations", "augmentations");

    private final JsonMapper json;
    private final Map<?, ?> usual;
    private final Map<?, ?> spec;
    private final Map<String, Map<?, ?>> parameters = new HashMap<>();
    private final Map<String, List<?>> catalogues = new HashMap<>();

    /** @param spec what the form starts from: a specification, or some of it */
    JobForm(Api api, JsonMapper json, Map<?, ?> spec) {
        this.json = json;
        this.spec = spec;
        var specification = api.get("/specification");
        this.usual = Members.object(specification, "defaults");
        for (var part : Members.list(specification, "parts")) {
            var described = (Map<?, ?>) part;
            for (var parameter : Members.list(described, "parameters")) {
                var of = (Map<?, ?>) parameter;
                parameters.put(described.get("pointer") + "/" + of.get("name"), of);
            }
        }
        CATALOGUES.forEach((choice, name) -> catalogues.put(choice, Members.list(api.get("/" + name), name)));
    }

    /**
     * An entry of a catalogue.
     *
     * @param chosen whether the form starts with it
     * @param serves how its probabilities are formed; null unless it is a loss
     */
    record Entry(
            String name,
            boolean chosen,
            String summary,
            String formula,
            String reference,
            @Nullable String serves,
            List<FormField> fields) {}

    /** A field of the job itself or of one of its parts, such as {@code /imbalance/ratio}. */
    public FormField field(String pointer) {
        var parameter = Objects.requireNonNull(parameters.get(pointer), pointer);
        var at = pointer.split("/", -1);
        var value = at.length == 2
                ? (spec.containsKey(at[1]) ? spec.get(at[1]) : usual.get(at[1]))
                : (spec.get(at[1]) instanceof Map<?, ?> part && part.containsKey(at[2])
                        ? part.get(at[2])
                        : parameter.get("defaultValue"));
        return FormField.of("field", pointer, parameter, value, json);
    }

    /** Whether the form starts with an optional part, such as {@code imbalance}. */
    public boolean has(String part) {
        return spec.get(part) != null;
    }

    /** Whether the form starts with anything else than usual in one of these. */
    public boolean isUnusual(List<String> members) {
        return members.stream()
                .anyMatch(member -> spec.containsKey(member) && !Objects.equals(spec.get(member), usual.get(member)));
    }

    /** What is usually chosen. */
    public String usual(String choice) {
        return String.valueOf(Members.object(usual, choice).get("name"));
    }

    /** What can be chosen. */
    public List<Entry> entries(String choice) {
        var now = spec.get(choice) instanceof Map<?, ?> given ? given : Map.of("name", usual(choice));
        return Objects.requireNonNull(catalogues.get(choice)).stream()
                .map(entry -> entry((Map<?, ?>) entry, "/" + choice, now))
                .toList();
    }

    /** Every augmentation there is, as a pattern to be repeated: the number sign stands for its place. */
    public List<Entry> augmentations() {
        return Objects.requireNonNull(catalogues.get("augmentations")).stream()
                .map(entry -> entry((Map<?, ?>) entry, "/augmentations/#", Map.of()))
                .toList();
    }

    /** The augmentations that the form starts with. */
    public List<Entry> chosenAugmentations() {
        var chosen = new ArrayList<Entry>();
        if (spec.get("augmentations") instanceof List<?> given) {
            for (var each : given) {
                var now = (Map<?, ?>) each;
                Objects.requireNonNull(catalogues.get("augmentations")).stream()
                        .map(entry -> entry((Map<?, ?>) entry, "/augmentations/" + chosen.size(), now))
                        .filter(Entry::chosen)
                        .forEach(chosen::add);
            }
        }
        return chosen;
    }

    private Entry entry(Map<?, ?> entry, String pointer, Map<?, ?> now) {
        var name = String.valueOf(entry.get("name"));
        boolean chosen = name.equals(now.get("name"));
        var given = chosen && now.get("parameters") instanceof Map<?, ?> map ? map : Map.of();
        var fields = new ArrayList<FormField>();
        for (var parameter : Members.list(entry, "parameters")) {
            var of = (Map<?, ?>) parameter;
            var value = given.containsKey(of.get("name")) ? given.get(of.get("name")) : of.get("defaultValue");
            fields.add(FormField.of(name, pointer + "/parameters/" + of.get("name"), of, value, json));
        }
        var serves = entry.get("servingTransform");
        return new Entry(
                name,
                chosen,
                String.valueOf(entry.get("summary")),
                String.valueOf(entry.get("formula")),
                String.valueOf(entry.get("reference")),
                serves == null ? null : serves.toString(),
                fields);
    }

    /**
     * What another job like this one would say: without the names that follow from the rest.
     *
     * @param spec complete
     */
    static Map<String, Object> again(Map<?, ?> spec) {
        var again = new LinkedHashMap<String, Object>();
        spec.forEach((key, value) -> again.put(String.valueOf(key), value));
        var dataset = String.valueOf(spec.get("dataset")).replaceFirst(":.*", "");
        if (dataset.equals(spec.get("model"))) {
            again.remove("model");
        }
        if (spec.get("loss") instanceof Map<?, ?> loss && (dataset + "-" + loss.get("name")).equals(spec.get("name"))) {
            again.remove("name");
        }
        return again;
    }
}
