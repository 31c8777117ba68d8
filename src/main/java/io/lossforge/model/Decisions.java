package io.lossforge.model;

import io.lossforge.decision.Decision;
import io.lossforge.decision.DecisionTarget;
import io.lossforge.job.JobDecisions;
import io.lossforge.web.ApiException;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Shows decisions of versions, and fits them for other targets. */
@Component
class Decisions {

    private final Models models;
    private final ModelVersions versions;
    private final VersionDecisions stored;
    private final JobDecisions jobs;
    private final TransactionTemplate transaction;
    private final ApplicationEventPublisher events;

    Decisions(
            Models models,
            ModelVersions versions,
            VersionDecisions stored,
            JobDecisions jobs,
            TransactionTemplate transaction,
            ApplicationEventPublisher events) {
        this.models = models;
        this.versions = versions;
        this.stored = stored;
        this.jobs = jobs;
        this.transaction = transaction;
        this.events = events;
    }

    /**
     * That of a version.
     *
     * @throws UnknownModel if there is no such model or version
     * @throws ApiException 404 {@code decision-not-found} if it has none
     */
    DecisionAnswer get(String model, int number) {
        var version = models.version(model, number);
        return stored.stored(version.id())
                .map(found -> DecisionAnswer.of(version, found))
                .orElseThrow(() -> ApiException.notFound("decision-not-found", VersionDecisions.missing(version)));
    }

    /**
     * Fits thresholds for another target.
     *
     * @param target null for no thresholds
     * @throws UnknownModel if there is no such model or version
     * @throws ApiException 422 if what it is fitted from is not there
     */
    DecisionAnswer fit(String model, int number, @Nullable DecisionTarget target) {
        var version = models.version(model, number);
        var job = version.jobId();
        if (job == null) {
            throw ApiException.unprocessable("", VersionDecisions.missing(version));
        }
        Decision decision = jobs.fit(job, target);
        transaction.executeWithoutResult(status -> {
            if (versions.hold(version.id()).isEmpty()) {
                throw UnknownModel.version(model, number, models.newestNumbers(model));
            }
            stored.store(version.id(), decision);
            events.publishEvent(new ModelChanged(model));
        });
        return get(model, number);
    }
}
