package io.lossforge.model;

import io.lossforge.model.AliasChange.Action;
import io.lossforge.web.ApiException;
import jakarta.persistence.EntityManager;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.data.domain.Limit;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Points aliases to versions and remembers what they pointed to. Changes of one model's aliases, and the deletion of its versions,
 * are ordered by a lock on the model's row.
 */
@Component
class Aliases {

    /** Of one model, so that an answer that lists them stays small. */
    static final int MOST = 100;

    /** Of one alias: one that is promoted, one or a few that are tried. */
    static final int MOST_TARGETS = 10;

    private final Models models;
    private final ModelVersions versions;
    private final ModelAliases aliases;
    private final AliasChanges changes;
    private final AliasShadows shadows;
    private final EntityManager entities;
    private final ApplicationEventPublisher events;

    Aliases(
            Models models,
            ModelVersions versions,
            ModelAliases aliases,
            AliasChanges changes,
            AliasShadows shadows,
            EntityManager entities,
            ApplicationEventPublisher events) {
        this.models = models;
        this.versions = versions;
        this.aliases = aliases;
        this.changes = changes;
        this.shadows = shadows;
        this.entities = entities;
        this.events = events;
    }

    @Transactional(readOnly = true)
    ModelAlias find(String model, String name) {
        return aliases.findByModelAndName(model, name).orElseThrow(() -> models.noAlias(model, name));
    }

    /**
     * Points an alias to versions; makes the alias if it is new. Pointing it to where it points already changes nothing.
     *
     * @param targets at least one
     * @param ifMatch the alias's entity tag; needed unless the alias is new
     * @throws ApiException 412 or 428 as the tag demands, 422 if there is no such version, or one is there twice
     */
    @Transactional
    ModelAlias point(String model, String name, List<Share> targets, @Nullable String ifMatch, @Nullable String by) {
        lock(model);
        var existing = aliases.findByModelAndName(model, name).orElse(null);
        var precondition = new Precondition("alias \"%s\" of model \"%s\"".formatted(name, model), ifMatch);
        if (existing == null) {
            precondition.checkAbsent();
        } else {
            precondition.checkRequired(existing.revision());
        }
        var ordered =
                targets.stream().sorted(Comparator.comparingInt(Share::version)).toList();
        if (existing != null && existing.shares().equals(ordered)) {
            return existing;
        }
        checkTargets(model, targets);
        if (existing == null && aliases.names(model).size() >= MOST) {
            throw ApiException.conflict(
                    "too-many-aliases",
                    "model \"%s\" has %d aliases already, the most it can have".formatted(model, MOST));
        }
        return change(model, name, existing, Action.SET, null, ordered, by);
    }

    private void checkTargets(String model, List<Share> targets) {
        var seen = new HashSet<Integer>();
        for (int i = 0; i < targets.size(); i++) {
            int version = targets.get(i).version();
            var field = targets.size() == 1 ? "/version" : "/versions/%d/version".formatted(i);
            if (!seen.add(version)) {
                throw ApiException.unprocessable(field, "version %d is there twice".formatted(version));
            }
            if (versions.findByModelAndVersion(model, version).isEmpty()) {
                throw ApiException.unprocessable(
                        field,
                        UnknownModel.version(model, version, versions.newestNumbers(model, Limit.of(10)))
                                .detail());
            }
        }
    }

    /**
     * Points an alias back to where it pointed before its present targets were set. Again and again goes further back.
     *
     * @param ifMatch the alias's entity tag, or null to roll back whatever it is
     * @throws ApiException 409 if there is nothing to go back to, or a version it pointed to is deleted
     */
    @Transactional
    ModelAlias rollback(String model, String name, @Nullable String ifMatch, @Nullable String by) {
        lock(model);
        var alias = find(model, name);
        var shown = "alias \"%s\" of model \"%s\"".formatted(name, model);
        new Precondition(shown, ifMatch).check(alias.revision());
        var present = changes.findById(new AliasChange.Key(model, name, alias.revision()))
                .orElseThrow();
        var former = changes.lastSetBefore(model, name, present.origin())
                .orElseThrow(() ->
                        ApiException.conflict("nothing-to-roll-back", shown + " has pointed to nothing else before"));
        for (var target : former.targets()) {
            if (versions.findByModelAndVersion(model, target.version()).isEmpty()) {
                throw ApiException.conflict(
                        "version-deleted",
                        "%s pointed to version %d before, which is deleted".formatted(shown, target.version()));
            }
        }
        return change(model, name, alias, Action.ROLLBACK, former.origin(), former.targets(), by);
    }

    /** Removes an alias; its history stays. */
    @Transactional
    void delete(String model, String name, @Nullable String ifMatch, @Nullable String by) {
        lock(model);
        var alias = find(model, name);
        new Precondition("alias \"%s\" of model \"%s\"".formatted(name, model), ifMatch)
                .checkRequired(alias.revision());
        aliases.delete(alias);
        events.publishEvent(new ModelChanged(model));
        entities.persist(new AliasChange(
                new AliasChange.Key(model, name, alias.revision() + 1),
                Action.DELETE,
                null,
                List.of(),
                by,
                Models.now()));
    }

    /** Changes before a revision, newest first. */
    @Transactional(readOnly = true)
    List<AliasChange> history(String model, String name, long before, int size) {
        var page = changes.before(model, name, before, Limit.of(size));
        if (page.isEmpty()
                && changes.before(model, name, Long.MAX_VALUE, Limit.of(1)).isEmpty()) {
            throw models.noAlias(model, name);
        }
        return page;
    }

    /** Results of a shadow that takes or tells something else than who answers would mean nothing. */
    private void checkShadow(String model, String name, List<Share> shares) {
        shadows.of(model, name).map(row -> models.version(model, row.version())).ifPresent(shadow -> {
            for (var share : shares) {
                var answering = models.version(model, share.version());
                if (!Shadow.fits(shadow, answering)) {
                    throw ApiException.unprocessable(
                            "/version",
                            "version %d shadows alias \"%s\", end that first: %s"
                                    .formatted(shadow.version(), name, Shadows.misfit(shadow, answering)));
                }
            }
        });
    }

    /** Orders this transaction among those that change what the model's aliases point to. */
    void lock(String model) {
        if (versions.lockModel(model).isEmpty()) {
            throw models.noModel(model);
        }
    }

    private ModelAlias change(
            String model,
            String name,
            @Nullable ModelAlias existing,
            Action action,
            @Nullable Long restored,
            List<Share> shares,
            @Nullable String by) {
        var now = Models.now();
        var alias = existing != null ? existing : new ModelAlias(model, name, now);
        var revision = changes.before(model, name, Long.MAX_VALUE, Limit.of(1)).stream()
                        .mapToLong(AliasChange::revision)
                        .findFirst()
                        .orElse(0)
                + 1;
        var targets = shares.stream()
                .map(share -> new ModelAlias.Target(models.version(model, share.version()), share.weight()))
                .toList();
        checkShadow(model, name, shares);
        alias.pointTo(targets, revision, now);
        entities.persist(
                new AliasChange(new AliasChange.Key(model, name, revision), action, restored, shares, by, now));
        events.publishEvent(new ModelChanged(model));
        return aliases.save(alias);
    }
}
