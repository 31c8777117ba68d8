package io.lossforge.prediction;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.lossforge.model.ModelChanged;
import io.lossforge.model.ModelVersion;
import io.lossforge.model.Models;
import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import java.time.Duration;
import org.springframework.stereotype.Component;
import org.springframework.transaction.event.TransactionPhase;
import org.springframework.transaction.event.TransactionalEventListener;

/**
 * What references mean, remembered for a second, since asking the database takes longer than most networks. What this server changes counts
 * for the next request, what another one does within the second.
 */
@Component
@ConditionalOnRole(Role.SERVER)
class ServedVersions {

    private static final Duration REMEMBERED = Duration.ofSeconds(1);
    private static final int MOST = 10_000;

    private final Models models;
    private final Cache<String, ModelVersion> known =
            Caffeine.newBuilder().expireAfterWrite(REMEMBERED).maximumSize(MOST).build();

    ServedVersions(Models models) {
        this.models = models;
    }

    /** See {@link Models#resolve}. */
    ModelVersion resolve(String reference) {
        return known.get(reference, models::resolve);
    }

    @TransactionalEventListener(phase = TransactionPhase.AFTER_COMMIT)
    void forget(ModelChanged changed) {
        known.invalidateAll();
    }
}
