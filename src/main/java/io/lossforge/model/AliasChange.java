package io.lossforge.model;

import jakarta.persistence.Embeddable;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.List;
import org.hibernate.annotations.Immutable;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;

/** One change of an alias. Never altered and never deleted. */
@Entity
@Immutable
@Table(name = "model_alias_history")
class AliasChange {

    /** What was done to an alias. */
    enum Action {
        SET,
        ROLLBACK,
        DELETE
    }

    /**
     * Which change.
     *
     * @param revision 1, 2, 3 … of the alias
     */
    @Embeddable
    record Key(String model, String alias, long revision) {}

    @EmbeddedId
    private Key key;

    @Enumerated(EnumType.STRING)
    private Action action;

    private @Nullable Long restored;

    @JdbcTypeCode(SqlTypes.JSON)
    private List<Share> targets;

    private @Nullable String changedBy;
    private Instant changedAt;

    /** For JPA. */
    @NullUnmarked
    protected AliasChange() {}

    /**
     * A change.
     *
     * @param restored the revision that a rollback went back to, else null
     * @param targets what the alias points to from then on; empty when it is deleted
     * @param changedBy who asked for it; null where nobody signs in
     */
    AliasChange(
            Key key,
            Action action,
            @Nullable Long restored,
            List<Share> targets,
            @Nullable String changedBy,
            Instant changedAt) {
        this.key = key;
        this.action = action;
        this.restored = restored;
        this.targets = targets;
        this.changedBy = changedBy;
        this.changedAt = changedAt;
    }

    long revision() {
        return key.revision();
    }

    Action action() {
        return action;
    }

    @Nullable Long restored() {
        return restored;
    }

    /** The revision whose targets these are: its own, or the one a rollback went back to. */
    long origin() {
        return restored == null ? revision() : restored;
    }

    List<Share> targets() {
        return targets;
    }

    @Nullable String changedBy() {
        return changedBy;
    }

    Instant changedAt() {
        return changedAt;
    }
}
