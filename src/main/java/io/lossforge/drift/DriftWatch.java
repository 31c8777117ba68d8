package io.lossforge.drift;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.lossforge.model.ModelVersion;
import io.lossforge.model.VersionReferences;
import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import jakarta.annotation.PreDestroy;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collection;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Watches the versions that this server answers with. What is seen goes to the database every ten seconds, where that of all servers adds up; a
 * server that is killed loses what it had not stored. Without the database predictions go on, and what is seen meanwhile is stored when it is back.
 */
@Component
@ConditionalOnRole(Role.SERVER)
public class DriftWatch {

    private static final Logger LOG = LoggerFactory.getLogger(DriftWatch.class);

    /** A version not asked for so long is not watched until it is asked again. */
    private static final Duration IDLE = Duration.ofHours(1);

    private static final int MOST_VERSIONS = 1000;
    private static final long BEFORE_ANOTHER_TRY = TimeUnit.SECONDS.toNanos(10);

    private final VersionReferences references;
    private final DriftWindows windows;
    private final Cache<UUID, Watched> watched = Caffeine.newBuilder()
            .expireAfterAccess(IDLE)
            .maximumSize(MOST_VERSIONS)
            .build();

    /** Until then no reference is read that is not known, since the last could not be. */
    private volatile long notBefore = System.nanoTime();

    DriftWatch(VersionReferences references, DriftWindows windows) {
        this.references = references;
        this.windows = windows;
    }

    /**
     * Sees what a request asked and got. Never fails.
     *
     * @param memory {@code [samples, …]} from its index 0 on, uint8 pixels or float32 features in the order of its bytes; not kept
     * @param probabilities {@code [samples][classes]} in one array; not kept
     */
    public void see(ModelVersion version, ByteBuffer memory, int samples, float[] probabilities) {
        long now = System.nanoTime();
        var of = watched.getIfPresent(version.id());
        if (of == null) {
            if (now - notBefore < 0) {
                return;
            }
            try {
                of = watched(version);
            } catch (RuntimeException e) {
                notBefore = now + BEFORE_ANOTHER_TRY;
                LOG.warn("{} is not watched for drift just now: {}", version.reference(), e.getMessage());
                return;
            }
        }
        of.see(memory, samples, probabilities, now);
    }

    private Watched watched(ModelVersion version) {
        return watched.get(version.id(), id -> new Watched(version, references.of(version)));
    }

    /** The versions that this server was asked lately and that are still there. */
    Collection<Watched> versions() {
        var all = watched.asMap();
        if (!all.isEmpty()) {
            all.keySet().retainAll(windows.present(all.keySet()));
        }
        return all.values();
    }

    /** How far what a version was asked and answered in the last while is from what it was trained on. */
    DriftReport report(ModelVersion version, Duration length, int top) {
        var of = watched(version);
        store(of);
        return DriftReport.of(version, of.reference(), windows.last(version.id(), length), length, top);
    }

    private void store(Watched of) {
        var seen = of.take();
        if (seen == null) {
            return;
        }
        try {
            windows.add(of.version().id(), seen);
        } catch (DataAccessException e) {
            of.giveBack(seen);
            throw e;
        }
    }

    /** Stores what was seen since the last time. */
    @Scheduled(fixedDelay = 10, initialDelay = 10, timeUnit = TimeUnit.SECONDS)
    void store() {
        versions().forEach(this::store);
        windows.forget();
    }

    @PreDestroy
    void end() {
        try {
            versions().forEach(this::store);
        } catch (DataAccessException e) {
            LOG.warn("what was seen of versions in the last seconds is lost: {}", e.getMessage());
        }
    }
}
