package io.lossforge.prediction;

import com.github.benmanes.caffeine.cache.CacheLoader;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.lossforge.model.ModelChanged;
import io.lossforge.model.ModelVersion;
import io.lossforge.model.Models;
import io.lossforge.model.WeightedVersion;
import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import jakarta.annotation.PreDestroy;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.event.TransactionPhase;
import org.springframework.transaction.event.TransactionalEventListener;

/**
 * Chooses the version that answers a prediction. What references mean is remembered for a second, since asking the database takes longer
 * than most networks: what this server changes counts for the next request, what another one does within the second.
 *
 * <p>Where an alias points to several versions, whoever sends the same {@value #STICKY_KEY}, or is signed in with the same key, gets the
 * same version; others are dealt out at random. When a version's weight grows, whoever had it keeps it.
 */
@Component
@ConditionalOnRole(Role.SERVER)
class ServedVersions {

    /** Header whose value stands for a caller. */
    static final String STICKY_KEY = "Lossforge-Sticky-Key";

    private static final Duration REMEMBERED = Duration.ofSeconds(1);
    private static final int MOST = 10_000;

    private final Models models;
    /** A thread of our own: those of the common pool do not see the classes in the service's jar. */
    private final ExecutorService refreshes =
            Executors.newSingleThreadExecutor(new CustomizableThreadFactory("served-versions-"));

    private final LoadingCache<String, List<WeightedVersion>> known = Caffeine.newBuilder()
            .executor(refreshes)
            .refreshAfterWrite(REMEMBERED.dividedBy(2))
            .expireAfterWrite(REMEMBERED)
            .maximumSize(MOST)
            .build(new Candidates());

    /** Asks again beside the requests before what is known is too old, so that under load no request waits for the database. */
    private final class Candidates implements CacheLoader<String, List<WeightedVersion>> {

        @Override
        public List<WeightedVersion> load(String reference) {
            return oldestFirst(reference);
        }

        @Override
        @SuppressWarnings("NullAway") // Caffeine's own words allow null here, its annotations do not
        public @Nullable List<WeightedVersion> reload(String reference, List<WeightedVersion> before) {
            try {
                return oldestFirst(reference);
            } catch (RuntimeException e) {
                return null; // the next request asks for itself, and is told
            }
        }
    }

    ServedVersions(Models models) {
        this.models = models;
    }

    /** The version for a caller; for references see {@link Models#candidates}. */
    ModelVersion resolve(String reference, HttpServletRequest caller) {
        var candidates = known.get(reference);
        return candidates.size() == 1 ? candidates.get(0).version() : chosen(candidates, position(reference, caller));
    }

    private List<WeightedVersion> oldestFirst(String reference) {
        return models.candidates(reference).stream()
                .sorted(Comparator.comparingInt(candidate -> candidate.version().version()))
                .toList();
    }

    /**
     * Each version has a part of 0–1 as long as its weight, the oldest the first.
     *
     * @param position 0–1
     */
    static ModelVersion chosen(List<WeightedVersion> candidates, double position) {
        long total = candidates.stream().mapToLong(WeightedVersion::weight).sum();
        double left = position * total;
        for (var candidate : candidates) {
            left -= candidate.weight();
            if (left < 0) {
                return candidate.version();
            }
        }
        return candidates.get(candidates.size() - 1).version();
    }

    private static double position(String reference, HttpServletRequest caller) {
        var header = caller.getHeader(STICKY_KEY);
        var key = header == null ? caller.getRemoteUser() : header;
        return key == null ? ThreadLocalRandom.current().nextDouble() : position(reference, key);
    }

    /** Uniform over keys, and another one for another reference. */
    static double position(String reference, String key) {
        try {
            var hash = MessageDigest.getInstance("SHA-256")
                    .digest((reference + '\n' + key).getBytes(StandardCharsets.UTF_8));
            return (ByteBuffer.wrap(hash).getLong() >>> 11) * 0x1p-53;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @PreDestroy
    void close() {
        refreshes.shutdown();
    }

    @TransactionalEventListener(phase = TransactionPhase.AFTER_COMMIT)
    void forget(ModelChanged changed) {
        known.invalidateAll();
    }
}
