package io.lossforge.model;

import io.lossforge.job.StartingJobs;
import io.lossforge.storage.Blobs;
import io.lossforge.web.ApiException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.data.domain.Limit;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** The registry: makes versions and finds them by reference. */
@Component
public class Models {

    /** What a bare name means when the model has an alias of this name. */
    public static final String DEFAULT_ALIAS = "production";

    /** Among so many the nearest name is looked for when one is not known. */
    private static final Limit SEARCHED = Limit.of(1000);

    private final ModelVersions versions;
    private final ModelAliases aliases;
    private final AliasShadows shadows;
    private final Protections protections;
    private final StartingJobs starting;
    private final Blobs blobs;
    private final ApplicationEventPublisher events;

    Models(
            ModelVersions versions,
            ModelAliases aliases,
            AliasShadows shadows,
            Protections protections,
            StartingJobs starting,
            Blobs blobs,
            ApplicationEventPublisher events) {
        this.versions = versions;
        this.aliases = aliases;
        this.shadows = shadows;
        this.protections = protections;
        this.starting = starting;
        this.blobs = blobs;
        this.events = events;
    }

    /**
     * Adds the next version of a model; makes the model if it is new. Joins the caller's transaction. Concurrent callers of one
     * model are ordered: each waits for the transaction of the one before, and numbers have no gap unless a transaction fails after
     * another took its number.
     *
     * @throws io.lossforge.storage.NoSuchBlob if its artefact is not in the storage
     */
    @Transactional
    public ModelVersion register(NewModelVersion made) {
        var version = versions.saveAndFlush(new ModelVersion(made, versions.nextVersion(made.model()), now()));
        blobs.keep(version.artefactKey());
        events.publishEvent(new ModelChanged(made.model()));
        return version;
    }

    /**
     * The version that a reference means now: of an alias with several versions, the one with the greatest weight.
     *
     * @throws UnknownModel if there is no such model, version or alias
     */
    public ModelVersion resolve(String reference) {
        return candidates(reference).get(0).version();
    }

    /**
     * The versions that a reference means now, the greatest weight first.
     *
     * @param reference {@code name}, {@code name@alias} or {@code name:version}; a bare name means the alias {@code production} if
     *     there is one, else the newest version
     * @return at least one
     * @throws UnknownModel if there is no such model, version or alias
     */
    public List<WeightedVersion> candidates(String reference) {
        var wanted = ModelReference.of(reference);
        var model = wanted.model();
        if (wanted.version() != null) {
            return List.of(new WeightedVersion(version(model, wanted.version()), 1));
        }
        var alias = wanted.alias();
        var targets = versions.targets(model, alias == null ? DEFAULT_ALIAS : alias);
        if (!targets.isEmpty()) {
            return targets;
        }
        if (alias != null) {
            throw noAlias(model, alias);
        }
        return List.of(versions.findFirstByModelOrderByVersionDesc(model)
                .map(newest -> new WeightedVersion(newest, 1))
                .orElseThrow(() -> noModel(model)));
    }

    /** The version that a job made; empty if it made none, or it was deleted. */
    @Transactional(readOnly = true)
    public Optional<ModelVersion> madeBy(UUID job) {
        return versions.findFirstByJobId(job);
    }

    /**
     * Numbers of a model's versions, newest first, at most 100.
     *
     * @throws UnknownModel if there is no such model
     */
    @Transactional(readOnly = true)
    public List<Integer> newestNumbers(String model) {
        var numbers = versions.newestNumbers(model, Limit.of(100));
        if (numbers.isEmpty()) {
            throw noModel(model);
        }
        return numbers;
    }

    /** Versions of all models, the newest first. */
    @Transactional(readOnly = true)
    public List<ModelVersion> newest(int most) {
        return versions.findAllByOrderByCreatedAtDescIdDesc(Limit.of(most));
    }

    /** Fails if the registry can't be read now. */
    @Transactional(readOnly = true)
    public void check() {
        versions.modelsAfter("", Limit.of(1));
    }

    /**
     * Removes a version; its artefact leaves the storage soon after, unless another version has the same.
     *
     * @throws ApiException 409 if it is protected, an alias points to it, it shadows one, or a job that has not ended starts from it
     */
    @Transactional
    void delete(String model, int number) {
        versions.lockModel(model);
        var version = version(model, number);
        protections.check(version);
        var pointing = aliases.pointingTo(version.id());
        if (!pointing.isEmpty()) {
            throw ApiException.conflict(
                    "version-in-use",
                    "version %d of model \"%s\" can't be deleted: %s to it"
                            .formatted(
                                    number,
                                    model,
                                    pointing.size() == 1
                                            ? "alias \"%s\" points".formatted(pointing.get(0))
                                            : "aliases %s point".formatted(String.join(", ", pointing))));
        }
        checkShadowsNone(version);
        versions.lock(version.id());
        var jobs = starting.unfinished(version.id());
        if (!jobs.isEmpty()) {
            throw ApiException.conflict(
                    "version-in-use",
                    "version %d of model \"%s\" can't be deleted: job %s%s starts from it and has not ended"
                            .formatted(
                                    number,
                                    model,
                                    jobs.get(0),
                                    jobs.size() == 1 ? "" : ", like %d others,".formatted(jobs.size() - 1)));
        }
        versions.delete(version);
        blobs.release(version.artefactKey());
        events.publishEvent(new ModelChanged(model));
    }

    private void checkShadowsNone(ModelVersion version) {
        var shadowed = shadows.shadowedBy(version.id());
        if (!shadowed.isEmpty()) {
            throw ApiException.conflict(
                    "version-in-use",
                    "version %d of model \"%s\" can't be deleted: it shadows alias \"%s\""
                            .formatted(version.version(), version.model(), String.join("\", \"", shadowed)));
        }
    }

    ModelVersion version(String model, int version) {
        return versions.findByModelAndVersion(model, version)
                .orElseThrow(() -> versions.existsByModel(model)
                        ? UnknownModel.version(model, version, versions.newestNumbers(model, Limit.of(10)))
                        : noModel(model));
    }

    UnknownModel noModel(String name) {
        return UnknownModel.named(name, versions.modelsAfter("", SEARCHED));
    }

    UnknownModel noAlias(String model, String alias) {
        return versions.existsByModel(model) ? UnknownModel.alias(model, alias, aliases.names(model)) : noModel(model);
    }

    /** With the precision that the database keeps. */
    static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MICROS);
    }
}
