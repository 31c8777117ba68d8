package io.lossforge.card;

import io.lossforge.model.ModelVersion;
import io.lossforge.model.Precondition;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** What owners say about versions. */
@Component
class Statements {

    private final JdbcClient database;

    Statements(JdbcClient database) {
        this.database = database;
    }

    /** What is said of a version; null if nothing. */
    @Nullable Statement of(ModelVersion version) {
        return find(version, "");
    }

    /**
     * Puts what is said in place of what was.
     *
     * @param ifMatch entity tag of what was; needed if there was something
     * @throws io.lossforge.web.ApiException 412 or 428 as the tag demands
     */
    @Transactional
    Statement put(ModelVersion version, StatementController.Said said, @Nullable String ifMatch, @Nullable String by) {
        database.sql("select pg_advisory_xact_lock(hashtextextended('model_statement ' || :version, 0))")
                .param("version", version.id().toString())
                .query(row -> {});
        var present = find(version, " for update");
        var precondition = new Precondition("what is said of " + version.reference(), ifMatch);
        if (present == null) {
            precondition.checkAbsent();
        } else {
            precondition.checkRequired(present.revision());
        }
        database.sql("""
                        insert into model_statement (
                            version_id, revision, intended_use, limitations, licence, contact, changed_by, changed_at)
                        values (:version, 1, :use, :limitations, :licence, :contact, :by, :at)
                        on conflict (version_id) do update
                        set revision = model_statement.revision + 1, intended_use = excluded.intended_use,
                            limitations = excluded.limitations, licence = excluded.licence, contact = excluded.contact,
                            changed_by = excluded.changed_by, changed_at = excluded.changed_at""")
                .param("version", version.id())
                .param("use", said.intendedUse())
                .param("limitations", said.limitations())
                .param("licence", said.licence())
                .param("contact", said.contact())
                .param("by", by)
                .param("at", Timestamp.from(Instant.now().truncatedTo(ChronoUnit.MICROS)))
                .update();
        return Objects.requireNonNull(of(version));
    }

    private @Nullable Statement find(ModelVersion version, String locking) {
        return database.sql("""
                        select intended_use, limitations, licence, contact, revision, changed_by, changed_at
                        from model_statement where version_id = :version""" + locking)
                .param("version", version.id())
                .query((row, number) -> new Statement(
                        row.getString("intended_use"),
                        row.getString("limitations"),
                        row.getString("licence"),
                        row.getString("contact"),
                        row.getLong("revision"),
                        row.getString("changed_by"),
                        Objects.requireNonNull(row.getTimestamp("changed_at")).toInstant()))
                .optional()
                .orElse(null);
    }
}
