package io.lossforge.model;

import io.lossforge.decision.Decision;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** What is decided from the logits of versions, by version: one at most, replaced when another target is set. */
@Component
public class VersionDecisions {

    private final JdbcClient database;
    private final JsonMapper json;

    VersionDecisions(JdbcClient database, JsonMapper json) {
        this.database = database;
        this.json = json;
    }

    /** A decision and when it was fitted. */
    record Stored(Decision decision, Instant fittedAt) {}

    /**
     * Stores that of a version in place of what there was, in the caller's transaction.
     *
     * @param decision null for none
     */
    public void store(UUID version, @Nullable Decision decision) {
        if (decision == null) {
            return;
        }
        database.sql("""
                        insert into model_version_decision (version_id, decision, fitted_at)
                        values (:version, :decision::jsonb, :at)
                        on conflict (version_id) do update
                        set decision = excluded.decision, fitted_at = excluded.fitted_at""")
                .param("version", version)
                .param("decision", json.writeValueAsString(decision))
                .param("at", Models.now().atOffset(ZoneOffset.UTC))
                .update();
    }

    /** That of a version; empty if none was fitted. */
    public Optional<Decision> of(UUID version) {
        return stored(version).map(Stored::decision);
    }

    /** Why a version has none, and how to get one. */
    public static String missing(ModelVersion version) {
        return version.jobId() == null
                ? "%s has no decision: it was not trained here, so that there are no validation logits to fit on; train a version with a job"
                        .formatted(version.reference())
                : "%s has no decision: it was trained without a validation split, or before there were any; PUT /api/v1/models/%s/versions/%d/decision fits one from what its job stored, if it still can"
                        .formatted(version.reference(), version.model(), version.version());
    }

    Optional<Stored> stored(UUID version) {
        return database.sql("select decision::text, fitted_at from model_version_decision where version_id = :version")
                .param("version", version)
                .query((row, number) -> new Stored(
                        json.readValue(row.getString(1), Decision.class),
                        row.getTimestamp(2).toInstant()))
                .optional();
    }
}
