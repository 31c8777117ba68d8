package io.lossforge.dataset;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A name that versions share. Counts them: a number is given once, also when the version is deleted later. */
@Entity
@Table(name = "dataset")
class Dataset {

    @Id
    private String name;

    private @Nullable String owner;
    private int lastVersion;
    private Instant createdAt;

    @SuppressWarnings("NullAway.Init") // filled by JPA
    protected Dataset() {}

    String name() {
        return name;
    }

    /** The next version, of this packed content. */
    DatasetVersion newVersion(String format, Packed packed, List<String> warnings) {
        lastVersion++;
        return new DatasetVersion(this, lastVersion, format, packed, warnings);
    }
}
