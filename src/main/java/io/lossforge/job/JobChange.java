package io.lossforge.job;

import io.lossforge.catalogue.InvalidDocument;
import io.lossforge.catalogue.Violation;
import io.lossforge.training.Catalogues;
import io.lossforge.training.TrainingSpec;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** How the interface's document shows what can be changed of a job. */
@Schema(description = "What can be changed of a job; what is absent stays")
record JobChange(
        @Schema(description = "Higher runs first", minimum = "-1000", maximum = "1000") @Nullable Integer priority,

        @Schema(
                description = "ISO 8601 duration from submission after which the job fails; null for none",
                example = "PT2H")
        @Nullable String deadline) {

    /** What can be changed is the same, and checked the same, whatever a job does. */
    private static final ObjectNode ANY = JsonNodeFactory.instance.objectNode().put("dataset", "any");

    private static final List<String> KEYS = List.of("priority", "deadline");

    /**
     * Changes a job as the document says.
     *
     * @throws InvalidDocument if the document has other keys, or values that a new job could not have
     * @throws IllegalMove if the job has ended
     */
    static void apply(JsonNode document, TrainingJob job) {
        var changed = changed(document, job.work == Work.TRAINING ? job.spec : ANY);
        if (document.has("priority")) {
            job.prioritise(changed.priority());
        }
        if (document.has("deadline")) {
            job.limit(changed.deadline());
        }
    }

    /** The specification as it would be, checked as a new one is. */
    private static TrainingSpec changed(JsonNode document, ObjectNode spec) {
        if (!(document instanceof ObjectNode object)) {
            throw new InvalidDocument("", "must be an object");
        }
        var violations = new ArrayList<Violation>();
        var changed = spec.deepCopy();
        for (var entry : object.properties()) {
            if (!KEYS.contains(entry.getKey())) {
                violations.add(
                        new Violation("/" + entry.getKey(), "can't be changed; can be: " + String.join(", ", KEYS)));
            } else if (entry.getKey().equals("priority") && entry.getValue().isNull()) {
                violations.add(new Violation("/priority", "must be a whole number, was null"));
            } else {
                changed.set(entry.getKey(), entry.getValue());
            }
        }
        if (!violations.isEmpty()) {
            throw new InvalidDocument(violations);
        }
        return Catalogues.JSON.read(TrainingSpec.class, changed);
    }
}
