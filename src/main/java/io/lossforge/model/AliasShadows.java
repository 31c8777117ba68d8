package io.lossforge.model;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Stored shadows of aliases, and every change of them. */
@Component
class AliasShadows {

    private final JdbcClient database;

    AliasShadows(JdbcClient database) {
        this.database = database;
    }

    /** A stored one; {@code version} is the number within the model. */
    record Row(int version, double share, long revision, Instant changedAt) {}

    Optional<Row> of(String model, String alias) {
        return database.sql("""
                        select version.version, shadow.share, shadow.revision, shadow.changed_at
                        from model_alias alias
                            join model_alias_shadow shadow on shadow.alias_id = alias.id
                            join model_version version on version.id = shadow.version_id
                        where alias.model = :model and alias.name = :alias""")
                .param("model", model)
                .param("alias", alias)
                .query((row, number) -> new Row(
                        row.getInt("version"),
                        row.getDouble("share"),
                        row.getLong("revision"),
                        row.getObject("changed_at", OffsetDateTime.class).toInstant()))
                .optional();
    }

    /** Names of the aliases that a version shadows. */
    List<String> shadowedBy(UUID version) {
        return database.sql("""
                        select alias.name from model_alias_shadow shadow join model_alias alias on alias.id = shadow.alias_id
                        where shadow.version_id = :version order by alias.name""")
                .param("version", version)
                .query((row, number) -> row.getString("name"))
                .list();
    }

    void set(String model, String alias, UUID version, double share, long revision, Instant now) {
        database.sql("""
                        insert into model_alias_shadow (alias_id, version_id, share, revision, changed_at)
                        select id, :version, :share, :revision, :now from model_alias where model = :model and name = :alias
                        on conflict (alias_id) do update set
                            version_id = excluded.version_id, share = excluded.share, revision = excluded.revision,
                            changed_at = excluded.changed_at""")
                .param("model", model)
                .param("alias", alias)
                .param("version", version)
                .param("share", share)
                .param("revision", revision)
                .param("now", now.atOffset(ZoneOffset.UTC))
                .update();
    }

    void end(String model, String alias) {
        database.sql("""
                        delete from model_alias_shadow
                        where alias_id = (select id from model_alias where model = :model and name = :alias)""").param("model", model).param("alias", alias).update();
    }

    /** Of the last change, 0 if there was none. */
    long lastRevision(String model, String alias) {
        return database.sql("""
                        select coalesce(max(revision), 0) from model_alias_shadow_history
                        where model = :model and alias = :alias""")
                .param("model", model)
                .param("alias", alias)
                .query(Long.class)
                .single();
    }

    /** Changes before a revision, newest first. */
    List<ShadowChange> before(String model, String alias, long revision, int most) {
        return database.sql("""
                        select revision, version, share, changed_by, changed_at from model_alias_shadow_history
                        where model = :model and alias = :alias and revision < :revision
                        order by revision desc limit :most""")
                .param("model", model)
                .param("alias", alias)
                .param("revision", revision)
                .param("most", most)
                .query((row, number) -> new ShadowChange(
                        row.getLong("revision"),
                        row.getObject("version", Integer.class),
                        row.getObject("share", Double.class),
                        row.getString("changed_by"),
                        row.getObject("changed_at", OffsetDateTime.class).toInstant()))
                .list();
    }

    void note(
            String model,
            String alias,
            long revision,
            @Nullable Integer version,
            @Nullable Double share,
            @Nullable String by,
            Instant now) {
        database.sql("""
                        insert into model_alias_shadow_history (model, alias, revision, version, share, changed_by, changed_at)
                        values (:model, :alias, :revision, :version, :share, :by, :now)""")
                .param("model", model)
                .param("alias", alias)
                .param("revision", revision)
                .param("version", version)
                .param("share", share)
                .param("by", by)
                .param("now", now.atOffset(ZoneOffset.UTC))
                .update();
    }
}
