package io.lossforge.model;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.hibernate.annotations.Immutable;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.annotations.UuidGenerator;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** A numbered, unchangeable result of training: one ONNX file, what it takes and answers, and where it came from. */
@Entity
@Immutable
public class ModelVersion {

    @Id
    @UuidGenerator(style = UuidGenerator.Style.VERSION_7)
    private UUID id;

    private String model;
    private int version;
    private @Nullable UUID jobId;
    private @Nullable String dataset;
    private @Nullable Integer datasetVersion;
    private @Nullable String loss;
    private String artefactKey;

    @Column(name = "artefact_sha256")
    private String artefactSha256;

    private long artefactBytes;

    @JdbcTypeCode(SqlTypes.ARRAY)
    private List<String> classes;

    private String inputKind;

    @JdbcTypeCode(SqlTypes.ARRAY)
    private List<Integer> inputShape;

    private String servingTransform;

    @JdbcTypeCode(SqlTypes.JSON)
    private @Nullable ObjectNode architecture;

    @Column(name = "weights_sha256")
    private @Nullable String weightsSha256;

    @JdbcTypeCode(SqlTypes.JSON)
    private Map<String, Double> metrics;

    private Instant createdAt;

    /** For JPA. */
    @NullUnmarked
    protected ModelVersion() {}

    @SuppressWarnings("NullAway.Init") // the identifier is generated when it is saved
    ModelVersion(NewModelVersion made, int version, Instant createdAt) {
        this.model = made.model();
        this.version = version;
        this.jobId = made.jobId();
        this.dataset = made.dataset();
        this.datasetVersion = made.datasetVersion();
        this.loss = made.loss();
        this.artefactKey = made.artefactKey();
        this.artefactSha256 = made.artefactSha256();
        this.artefactBytes = made.artefactBytes();
        this.classes = made.classes();
        this.inputKind = made.inputKind();
        this.inputShape = made.inputShape();
        this.servingTransform = made.servingTransform();
        this.architecture = made.architecture();
        this.weightsSha256 = made.weightsSha256();
        this.metrics = made.metrics();
        this.createdAt = createdAt;
    }

    public UUID id() {
        return id;
    }

    /** Name of the model that this is a version of. */
    public String model() {
        return model;
    }

    /** 1, 2, 3 … within the model; never used twice, deleted versions included. */
    public int version() {
        return version;
    }

    /** The job that trained it, which may have been deleted since; null if it was trained elsewhere. */
    public @Nullable UUID jobId() {
        return jobId;
    }

    public @Nullable String dataset() {
        return dataset;
    }

    public @Nullable Integer datasetVersion() {
        return datasetVersion;
    }

    public @Nullable String loss() {
        return loss;
    }

    /** Key of the ONNX file in storage. */
    public String artefactKey() {
        return artefactKey;
    }

    public String artefactSha256() {
        return artefactSha256;
    }

    public long artefactBytes() {
        return artefactBytes;
    }

    /** Labels, in the order of the outputs. */
    public List<String> classes() {
        return classes;
    }

    /** {@code images} or {@code features}. */
    public String inputKind() {
        return inputKind;
    }

    /** {@code [channels, height, width]} of an image or {@code [features]}. */
    public List<Integer> inputShape() {
        return inputShape;
    }

    /** How logits become probabilities: {@code softmax}, {@code sigmoid} or {@code temperedSoftmax}. */
    public String servingTransform() {
        return servingTransform;
    }

    /** As in a specification; null if it is not known. */
    public @Nullable ObjectNode architecture() {
        return architecture;
    }

    /** Hash of all weights and buffers, hex; null if it is not known. */
    public @Nullable String weightsSha256() {
        return weightsSha256;
    }

    /** {@code name:version}. */
    public String reference() {
        return model + ":" + version;
    }

    /** Of the test split, else of the validation split. */
    public Map<String, Double> metrics() {
        return metrics;
    }

    public Instant createdAt() {
        return createdAt;
    }
}
