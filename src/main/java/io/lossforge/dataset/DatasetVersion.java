package io.lossforge.dataset;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Table;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import org.hibernate.annotations.Immutable;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.annotations.UuidGenerator;
import org.hibernate.id.uuid.UuidVersion7Strategy;
import org.hibernate.type.SqlTypes;

/** A dataset as it was ingested once: never changed, only deleted while no job uses it. */
@Entity
@Immutable
@Table(name = "dataset_version")
public class DatasetVersion {

    /** The kind of datasets whose samples are uint8 pixels {@code [C,H,W]}. */
    public static final String IMAGES = "images";

    /** The kind of datasets whose samples are float32 values {@code [D]}. */
    public static final String FEATURES = "features";

    @Id
    @UuidGenerator(algorithm = UuidVersion7Strategy.class)
    private UUID id;

    @ManyToOne(fetch = FetchType.EAGER, optional = false)
    @JoinColumn(name = "dataset_name")
    private Dataset dataset;

    private int version;
    private String format;
    private String kind;

    @JdbcTypeCode(SqlTypes.ARRAY)
    private List<Integer> shape;

    @JdbcTypeCode(SqlTypes.ARRAY)
    @Column(columnDefinition = "text[]")
    private List<String> classes;

    @JdbcTypeCode(SqlTypes.ARRAY)
    private List<Long> trainPerClass;

    @JdbcTypeCode(SqlTypes.ARRAY)
    private List<Long> testPerClass;

    private String sha256;
    private long bytes;

    @JdbcTypeCode(SqlTypes.ARRAY)
    @Column(columnDefinition = "text[]")
    private List<String> warnings;

    private Instant createdAt;

    @SuppressWarnings("NullAway.Init") // filled by JPA
    protected DatasetVersion() {}

    @SuppressWarnings("NullAway.Init") // the id is given when it is stored
    DatasetVersion(Dataset dataset, int version, String format, Packed packed, List<String> warnings) {
        var manifest = packed.manifest();
        this.dataset = dataset;
        this.version = version;
        this.format = format;
        this.kind = manifest.kind();
        this.shape = manifest.shape();
        this.classes = manifest.classes();
        this.trainPerClass = manifest.splits().train().perClass();
        this.testPerClass = manifest.splits().test().perClass();
        this.sha256 = packed.sha256();
        this.bytes = packed.bytes();
        this.warnings = List.copyOf(warnings);
        this.createdAt = Instant.now().truncatedTo(ChronoUnit.MICROS);
    }

    /** UUID v7. */
    public UUID id() {
        return id;
    }

    /** The dataset's name, such as {@code digits}. */
    public String name() {
        return dataset.name();
    }

    /** From 1, growing, never given twice. */
    public int version() {
        return version;
    }

    /** Name and version, such as {@code digits:1}. */
    public String reference() {
        return name() + ":" + version;
    }

    /** What it was ingested from, such as {@code csv}. */
    public String format() {
        return format;
    }

    /** {@link #IMAGES} or {@link #FEATURES}. */
    public String kind() {
        return kind;
    }

    /** Of one sample: {@code [C,H,W]} of images, {@code [D]} of features. */
    public List<Integer> shape() {
        return shape;
    }

    /** Names, in the order of the labels {@code 0…K-1}; at least two. */
    public List<String> classes() {
        return classes;
    }

    /** Training samples per class, in the order of the classes; each at least 1. */
    public List<Long> trainPerClass() {
        return trainPerClass;
    }

    /** Test samples per class, in the order of the classes; 0 where there is none. */
    public List<Long> testPerClass() {
        return testPerClass;
    }

    /** Training samples. */
    public long trainCount() {
        return trainPerClass.stream().mapToLong(Long::longValue).sum();
    }

    /** Test samples. */
    public long testCount() {
        return testPerClass.stream().mapToLong(Long::longValue).sum();
    }

    /** Of the packed content: the SHA-256 of its {@code manifest.json}, which holds those of the files beside it. */
    public String sha256() {
        return sha256;
    }

    /** Size of the packed arrays. */
    public long bytes() {
        return bytes;
    }

    /** What the person who ingested it should know; may be empty. */
    public List<String> warnings() {
        return warnings;
    }

    /** When it was ingested. */
    public Instant createdAt() {
        return createdAt;
    }
}
