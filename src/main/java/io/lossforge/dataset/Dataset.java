package io.lossforge.dataset;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.hibernate.annotations.UuidGenerator;
import org.hibernate.id.uuid.UuidVersion7Strategy;
import org.jspecify.annotations.Nullable;

/** A name that versions share. Counts them: a number is given once, also when the version is deleted later. */
@Entity
@Table(name = "dataset")
class Dataset {

    @Id
    @UuidGenerator(algorithm = UuidVersion7Strategy.class)
    private UUID id;

    private String name;
    private @Nullable String owner;
    private int lastVersion;
    private Instant createdAt;

    @SuppressWarnings("NullAway.Init") // filled by JPA
    protected Dataset() {}

    String name() {
        return name;
    }

    UUID id() {
        return id;
    }

    /** The next version, of this packed content. */
    DatasetVersion newVersion(
            String format, Manifest manifest, String sha256, long bytes, java.util.List<String> warnings) {
        lastVersion++;
        return new DatasetVersion(this, lastVersion, format, manifest, sha256, bytes, warnings);
    }
}
