package io.lossforge.model;

import io.lossforge.web.ApiException;
import java.sql.Timestamp;
import java.sql.Types;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Which models and versions must not be deleted. Changes are ordered by the lock of the model's row, as deletions are. */
@Component
class Protections {

    private final JdbcClient database;
    private final ModelVersions versions;

    Protections(JdbcClient database, ModelVersions versions) {
        this.database = database;
        this.versions = versions;
    }

    /**
     * Protects a version, or all of a model, those to come included. Again puts the new reason in place of the old one.
     *
     * @param version null for the model
     */
    @Transactional
    Protection protect(String model, @Nullable ModelVersion version, @Nullable String reason, @Nullable String by) {
        versions.lockModel(model);
        database.sql("""
                        insert into model_protection (model, version_id, reason, protected_by, protected_at)
                        values (:model, :version, :reason, :by, :at)
                        on conflict (model, version_id) do update
                        set reason = excluded.reason, protected_by = excluded.protected_by, protected_at = excluded.protected_at""")
                .param("model", model)
                .param("version", version == null ? null : version.id(), Types.OTHER)
                .param("reason", reason)
                .param("by", by)
                .param("at", Timestamp.from(Models.now()))
                .update();
        return Objects.requireNonNull(find(model, version));
    }

    /** Lifts a protection; nothing happens if there is none. */
    @Transactional
    void lift(String model, @Nullable ModelVersion version) {
        versions.lockModel(model);
        database.sql("delete from model_protection where model = :model and version_id is not distinct from :version")
                .param("model", model)
                .param("version", version == null ? null : version.id(), Types.OTHER)
                .update();
    }

    /** The protection of a version itself, or of all of a model; null if there is none. */
    @Nullable Protection find(String model, @Nullable ModelVersion version) {
        UUID id = version == null ? null : version.id();
        return database.sql("""
                        select reason, protected_by, protected_at from model_protection
                        where model = :model and version_id is not distinct from :version""")
                .param("model", model)
                .param("version", id, Types.OTHER)
                .query((row, number) -> new Protection(
                        row.getString("protected_by"),
                        row.getString("reason"),
                        Objects.requireNonNull(row.getTimestamp("protected_at")).toInstant()))
                .optional()
                .orElse(null);
    }

    /** @throws ApiException 409 {@code version-protected} if the version, or its model, is protected */
    void check(ModelVersion version) {
        refuse(version, find(version.model(), version), "it is", "/versions/%d".formatted(version.version()));
        refuse(version, find(version.model(), null), "its model is", "");
    }

    private static void refuse(ModelVersion version, @Nullable Protection protection, String what, String path) {
        if (protection != null) {
            throw ApiException.conflict(
                    "version-protected",
                    "version %d of model \"%s\" can't be deleted: %s protected %s; lift that by DELETE /api/v1/models/%s%s/protection"
                            .formatted(
                                    version.version(),
                                    version.model(),
                                    what,
                                    protection.shown(),
                                    version.model(),
                                    path));
        }
    }
}
