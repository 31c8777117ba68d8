package io.lossforge.experiment;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.hibernate.annotations.DynamicUpdate;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.annotations.UuidGenerator;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What was asked for. How far it is follows from its jobs. */
@Entity
@DynamicUpdate
class Experiment {

    @Id
    @UuidGenerator(style = UuidGenerator.Style.VERSION_7)
    @Nullable UUID id;

    @Nullable String owner;

    String name = "";

    @JdbcTypeCode(SqlTypes.JSON)
    ObjectNode document = JsonNodeFactory.instance.objectNode();

    @JdbcTypeCode(SqlTypes.ARRAY)
    List<Long> seeds = List.of();

    Instant createdAt = Instant.EPOCH;

    /** For JPA. */
    Experiment() {}

    static Experiment of(Design design, ObjectNode document, @Nullable String owner, Instant now) {
        var experiment = new Experiment();
        experiment.owner = owner;
        experiment.name = design.name();
        experiment.document = document;
        experiment.seeds = design.seeds();
        experiment.createdAt = now;
        return experiment;
    }

    UUID id() {
        return Objects.requireNonNull(id, "an experiment has its id once it is stored");
    }

    /** What it varies, with the seeds that it has by now. */
    Design design() {
        var asked = DesignDocument.read(document);
        return new Design(asked.name(), asked.job(), asked.axes(), seeds, asked.baseline(), asked.dryRun());
    }

    /** Takes in the seeds that it does not have yet. */
    void extend(Collection<Long> more) {
        var all = new ArrayList<>(seeds);
        more.stream().filter(seed -> !seeds.contains(seed)).forEach(all::add);
        seeds = List.copyOf(all);
    }
}
