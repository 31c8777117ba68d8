package io.lossforge.admission;

import io.lossforge.model.ModelVersion;
import java.sql.Timestamp;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What is known of versions that were trained elsewhere. */
@Component
public class BroughtModels {

    private final JdbcClient database;
    private final JsonMapper json;

    BroughtModels(JdbcClient database, JsonMapper json) {
        this.database = database;
        this.json = json;
    }

    /** Where a version came from; empty if it was trained here. */
    public Optional<BroughtModel> of(UUID version) {
        return database.sql("""
                        select file_name, file_sha256, file_bytes, declaration::text, findings::text, brought_by, brought_at
                        from brought_model where version_id = :version""")
                .param("version", version)
                .query((row, number) -> new BroughtModel(
                        row.getString("file_name"),
                        row.getString("file_sha256"),
                        row.getLong("file_bytes"),
                        json.readValue(row.getString("declaration"), ObjectNode.class),
                        json.readValue(row.getString("findings"), Findings.class),
                        row.getString("brought_by"),
                        Objects.requireNonNull(row.getTimestamp("brought_at")).toInstant()))
                .optional();
    }

    /** Orders this transaction among those that look for, or store, a file of the model. */
    void lock(String model) {
        database.sql("select pg_advisory_xact_lock(hashtextextended('brought_model ' || :model, 0))")
                .param("model", model)
                .query(row -> {});
    }

    /** The version that was made of the same file, of which the same was said; null if there is none. */
    @Nullable Integer find(String model, String fileSha256, Declaration declaration) {
        return database.sql("""
                        select version from brought_model join model_version on model_version.id = version_id
                        where model = :model and file_sha256 = :sha256 and declaration = cast(:declaration as jsonb)
                        order by version limit 1""")
                .param("model", model)
                .param("sha256", fileSha256)
                .param("declaration", json.writeValueAsString(declaration))
                .query(Integer.class)
                .optional()
                .orElse(null);
    }

    void store(ModelVersion version, Upload upload, Declaration declaration, Findings findings) {
        database.sql("""
                        insert into brought_model (
                            version_id, file_name, file_sha256, file_bytes, declaration, findings, brought_by, brought_at)
                        values (:version, :name, :sha256, :bytes, cast(:declaration as jsonb), cast(:findings as jsonb), :by, :at)""")
                .param("version", version.id())
                .param("name", upload.name())
                .param("sha256", upload.sha256())
                .param("bytes", upload.bytes())
                .param("declaration", json.writeValueAsString(declaration))
                .param("findings", json.writeValueAsString(findings))
                .param("by", upload.by())
                .param("at", Timestamp.from(version.createdAt()))
                .update();
    }
}
