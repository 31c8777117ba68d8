package io.lossforge.prediction;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.lossforge.decision.Calibrator;
import io.lossforge.decision.Decision;
import io.lossforge.model.ModelChanged;
import io.lossforge.model.ModelVersion;
import io.lossforge.model.VersionDecisions;
import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import io.lossforge.web.ApiException;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.event.TransactionPhase;
import org.springframework.transaction.event.TransactionalEventListener;

/** Decisions of versions, for requests that ask for them; remembered like what references mean, see {@link ServedVersions}. */
@Component
@ConditionalOnRole(Role.SERVER)
class ServedDecisions {

    private static final Duration REMEMBERED = Duration.ofSeconds(1);
    private static final int MOST = 1_000;

    private final VersionDecisions decisions;
    private final Cache<UUID, Optional<Decision>> known =
            Caffeine.newBuilder().expireAfterWrite(REMEMBERED).maximumSize(MOST).build();

    ServedDecisions(VersionDecisions decisions) {
        this.decisions = decisions;
    }

    /**
     * What is to be made of the scores of a version.
     *
     * @param asked null for nothing
     * @param parent pointer of what the request's parameters are in
     * @return null exactly for that
     * @throws ApiException 422 if the version has not what is asked for, which says how to get it; 400 for a prior that does not go with it
     */
    @Nullable AppliedDecision applied(@Nullable AskedDecision asked, ModelVersion version, String parent) {
        if (asked == null) {
            return null;
        }
        if (!asked.calibrated()) {
            return new AppliedDecision(asked, null, null, null);
        }
        var decision = known.get(version.id(), decisions::of)
                .orElseThrow(() -> refused(
                        parent,
                        asked.thresholds() ? "decision" : asked.prior() != null ? "prior" : "calibrated",
                        VersionDecisions.missing(version)));
        var thresholds = asked.thresholds() ? decision.thresholds() : null;
        if (asked.thresholds() && thresholds == null) {
            throw refused(
                    parent,
                    "decision",
                    "%s has no thresholds: PUT a target to /api/v1/models/%s/versions/%d/decision, or train with decision"
                            .formatted(version.reference(), version.model(), version.version()));
        }
        return new AppliedDecision(asked, decision, calibrator(asked, version, decision, parent), thresholds);
    }

    private static Calibrator calibrator(AskedDecision asked, ModelVersion version, Decision decision, String parent) {
        var calibrator = decision.calibrator();
        var prior = asked.prior();
        if (prior == null) {
            return calibrator;
        }
        var present = decision.prior();
        return calibrator.under(AskedPrior.read(prior, version.classes(), present, parent), present);
    }

    private static ApiException refused(String parent, String parameter, String message) {
        return ApiException.unprocessable(parent + "/" + parameter, "%s: %s".formatted(parameter, message));
    }

    @TransactionalEventListener(phase = TransactionPhase.AFTER_COMMIT)
    void forget(ModelChanged changed) {
        known.invalidateAll();
    }
}
