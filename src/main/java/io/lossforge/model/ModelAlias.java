package io.lossforge.model;

import jakarta.persistence.CollectionTable;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.hibernate.annotations.UuidGenerator;
import org.jspecify.annotations.NullUnmarked;

/** A name such as {@code production} that points to versions of a model, each with its share of the traffic. */
@Entity
class ModelAlias {

    @Id
    @UuidGenerator(style = UuidGenerator.Style.VERSION_7)
    private UUID id;

    private String model;
    private String name;
    private long revision;
    private Instant changedAt;

    @ElementCollection(fetch = FetchType.EAGER)
    @CollectionTable(name = "model_alias_target", joinColumns = @JoinColumn(name = "alias_id"))
    private List<Target> targets = new ArrayList<>();

    /** A version and its weight; shares are weights over their sum. */
    @Embeddable
    static class Target {

        @ManyToOne(optional = false)
        @JoinColumn(name = "version_id")
        private ModelVersion version;

        private int weight;

        /** For JPA. */
        @NullUnmarked
        protected Target() {}

        Target(ModelVersion version, int weight) {
            this.version = version;
            this.weight = weight;
        }
    }

    /** For JPA. */
    @NullUnmarked
    protected ModelAlias() {}

    @SuppressWarnings("NullAway.Init") // the identifier is generated when it is saved
    ModelAlias(String model, String name, Instant changedAt) {
        this.model = model;
        this.name = name;
        this.changedAt = changedAt;
    }

    String model() {
        return model;
    }

    String name() {
        return name;
    }

    /** Grows with each change, also across deletion and making anew. */
    long revision() {
        return revision;
    }

    Instant changedAt() {
        return changedAt;
    }

    List<Share> shares() {
        return targets.stream()
                .map(target -> new Share(target.version.version(), target.weight))
                .sorted(Comparator.comparingInt(Share::version))
                .toList();
    }

    void pointTo(List<Target> targets, long revision, Instant changedAt) {
        this.targets.clear();
        this.targets.addAll(targets);
        this.revision = revision;
        this.changedAt = changedAt;
    }
}
