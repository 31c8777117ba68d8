package io.lossforge.model;

import io.lossforge.web.ApiException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.data.domain.Limit;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Which versions shadow aliases. A shadow is not part of where its alias points to: it has revisions and a history of its own, and rolling the alias
 * back leaves it alone. Changes are ordered by the lock on the model's row, like those of aliases.
 */
@Component
public class Shadows {

    private final Models models;
    private final ModelVersions versions;
    private final ModelAliases aliases;
    private final AliasShadows stored;
    private final ApplicationEventPublisher events;

    Shadows(
            Models models,
            ModelVersions versions,
            ModelAliases aliases,
            AliasShadows stored,
            ApplicationEventPublisher events) {
        this.models = models;
        this.versions = versions;
        this.aliases = aliases;
        this.stored = stored;
        this.events = events;
    }

    /**
     * The shadow of what a reference means now; empty of a version, and of an alias without one.
     *
     * @throws UnknownModel if the reference can't be read
     */
    @Transactional(readOnly = true)
    public Optional<Shadow> of(String reference) {
        var wanted = ModelReference.of(reference);
        if (wanted.version() != null) {
            return Optional.empty();
        }
        return of(wanted.model(), wanted.alias() == null ? Models.DEFAULT_ALIAS : wanted.alias());
    }

    private Optional<Shadow> of(String model, String alias) {
        return stored.of(model, alias)
                .map(row -> new Shadow(
                        model,
                        alias,
                        models.version(model, row.version()),
                        row.share(),
                        row.revision(),
                        row.changedAt()));
    }

    /**
     * The shadow of an alias.
     *
     * @throws UnknownModel if there is no such model or alias
     * @throws ApiException 404 {@code no-shadow} if it has none
     */
    @Transactional(readOnly = true)
    public Shadow find(String model, String alias) {
        existing(model, alias);
        return of(model, alias)
                .orElseThrow(() ->
                        ApiException.notFound("no-shadow", "%s has no shadow".formatted(shown("alias", model, alias))));
    }

    /**
     * Lets a version shadow an alias, in place of another. The present one with the present share stays as it is, and so do its results.
     *
     * @param ifMatch the shadow's entity tag; needed if there is one
     * @throws UnknownModel if there is no such model or alias
     * @throws ApiException 412 or 428 as the tag demands; 422 if there is no such version, it takes or answers something else than one that the alias
     *     points to, or it is the one that answers
     */
    @Transactional
    public Shadow set(
            String model, String alias, int version, double share, @Nullable String ifMatch, @Nullable String by) {
        versions.lockModel(model);
        var pointing = existing(model, alias);
        var present = stored.of(model, alias);
        var precondition = new Precondition(shown("shadow of alias", model, alias), ifMatch);
        present.ifPresentOrElse(row -> precondition.checkRequired(row.revision()), precondition::checkAbsent);
        if (present.isEmpty()
                || present.get().version() != version
                || present.get().share() != share) {
            change(pointing, candidate(pointing, version), share, by);
        }
        return of(model, alias).orElseThrow();
    }

    private ModelVersion candidate(ModelAlias alias, int number) {
        var candidate = versions.findByModelAndVersion(alias.model(), number)
                .orElseThrow(() -> ApiException.unprocessable(
                        "/version",
                        UnknownModel.version(alias.model(), number, versions.newestNumbers(alias.model(), Limit.of(10)))
                                .detail()));
        var targets = alias.shares();
        if (targets.size() == 1 && targets.get(0).version() == number) {
            throw ApiException.unprocessable(
                    "/version", "version %d answers alias \"%s\" itself".formatted(number, alias.name()));
        }
        for (var target : targets) {
            var answering = models.version(alias.model(), target.version());
            if (!Shadow.fits(candidate, answering)) {
                throw ApiException.unprocessable("/version", misfit(candidate, answering));
            }
        }
        return candidate;
    }

    private void change(ModelAlias alias, ModelVersion version, double share, @Nullable String by) {
        long revision = stored.lastRevision(alias.model(), alias.name()) + 1;
        var now = Models.now();
        stored.set(alias.model(), alias.name(), version.id(), share, revision, now);
        stored.note(alias.model(), alias.name(), revision, version.version(), share, by, now);
        events.publishEvent(new ModelChanged(alias.model()));
    }

    /** Ends the shadow of an alias; its history and results stay. */
    @Transactional
    public void end(String model, String alias, @Nullable String ifMatch, @Nullable String by) {
        versions.lockModel(model);
        new Precondition(shown("shadow of alias", model, alias), ifMatch)
                .checkRequired(find(model, alias).revision());
        stored.end(model, alias);
        stored.note(model, alias, stored.lastRevision(model, alias) + 1, null, null, by, Models.now());
        events.publishEvent(new ModelChanged(model));
    }

    /** Changes before a revision, newest first. */
    @Transactional(readOnly = true)
    public List<ShadowChange> history(String model, String alias, long before, int most) {
        var changes = stored.before(model, alias, before, most);
        if (changes.isEmpty()) {
            existing(model, alias);
        }
        return changes;
    }

    private ModelAlias existing(String model, String alias) {
        return aliases.findByModelAndName(model, alias).orElseThrow(() -> models.noAlias(model, alias));
    }

    private static String shown(String what, String model, String alias) {
        return "%s \"%s\" of model \"%s\"".formatted(what, alias, model);
    }

    static String misfit(ModelVersion shadow, ModelVersion answering) {
        return "version %d can't be compared with version %d: it takes %s %s and tells %d classes, not %s %s and %d of the same names in the same order"
                .formatted(
                        shadow.version(),
                        answering.version(),
                        shadow.inputKind(),
                        shadow.inputShape(),
                        shadow.classes().size(),
                        answering.inputKind(),
                        answering.inputShape(),
                        answering.classes().size());
    }
}
