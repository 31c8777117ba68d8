package io.lossforge.prediction;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.lossforge.model.ModelChanged;
import io.lossforge.model.ModelVersion;
import io.lossforge.model.Shadow;
import io.lossforge.model.Shadows;
import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.event.TransactionPhase;
import org.springframework.transaction.event.TransactionalEventListener;

/**
 * Lets shadows run on what aliases are asked, after those have answered, and adds up how both compare. What is found goes to the database every ten
 * seconds. Which shadow an alias has is looked up again after a second, and never known for more than ten: what this server changes counts at once.
 */
@Component
@ConditionalOnRole(Role.SERVER)
class Shadowing {

    private static final Logger LOG = LoggerFactory.getLogger(Shadowing.class);
    private static final Duration REFRESHED = Duration.ofSeconds(1);
    private static final Duration REMEMBERED = Duration.ofSeconds(10);
    private static final int MOST = 10_000;
    private static final Engine.Witness NOBODY = (version, samples, probabilities, nanoseconds) -> {};

    private final ShadowResults results;
    private final ShadowRuns runs;
    private final LoadingCache<String, Optional<Shadow>> known;

    /** Not stored yet; guards itself. */
    private final SortedMap<ShadowResult.Key, ShadowResult> pending = new TreeMap<>();

    Shadowing(Shadows shadows, ShadowResults results, LoadedModels models, Engine engine, MeterRegistry registry) {
        this.results = results;
        this.runs = new ShadowRuns(models, engine.spareTime(), registry, this::note);
        this.known = Caffeine.newBuilder()
                .refreshAfterWrite(REFRESHED) // beside the request that finds it old
                .expireAfterWrite(REMEMBERED)
                .maximumSize(MOST)
                .build(shadows::of);
    }

    /** Who follows the predictions that a reference is asked for. What can't be known now keeps nobody from an answer. */
    Engine.Witness of(String reference) {
        Optional<Shadow> shadow;
        try {
            shadow = known.get(reference);
        } catch (DataAccessException e) {
            LOG.warn("whether {} has a shadow can't be told: {}", reference, e.getMessage());
            return NOBODY;
        }
        if (shadow.isEmpty()) {
            return NOBODY;
        }
        var present = shadow.get();
        return (answering, samples, probabilities, nanoseconds) ->
                follow(present, answering, samples, probabilities, nanoseconds);
    }

    private void follow(
            Shadow shadow, ModelVersion answering, Samples samples, float[] probabilities, long nanoseconds) {
        if (shadow.version().id().equals(answering.id())
                || !shadow.fits(answering)
                || ThreadLocalRandom.current().nextDouble() >= shadow.share()) {
            return;
        }
        runs.offer(shadow, answering.version(), samples, probabilities, nanoseconds);
    }

    private void note(ShadowResult.Key key, Consumer<ShadowResult> what) {
        synchronized (pending) {
            what.accept(pending.computeIfAbsent(key, any -> new ShadowResult()));
        }
    }

    /** Stores what was found since the last time. */
    @Scheduled(fixedDelay = 10, initialDelay = 10, timeUnit = TimeUnit.SECONDS)
    void store() {
        SortedMap<ShadowResult.Key, ShadowResult> taken;
        synchronized (pending) {
            if (pending.isEmpty()) {
                return;
            }
            taken = new TreeMap<>(pending);
            pending.clear();
        }
        try {
            results.add(taken);
        } catch (DataAccessException e) {
            synchronized (pending) {
                taken.forEach((key, result) -> pending.merge(key, result, (later, earlier) -> earlier.add(later)));
            }
            throw e;
        }
    }

    @TransactionalEventListener(phase = TransactionPhase.AFTER_COMMIT)
    void forget(ModelChanged changed) {
        known.invalidateAll();
    }

    @PreDestroy
    void end() {
        runs.close();
        try {
            store();
        } catch (DataAccessException e) {
            LOG.warn("results of shadows of the last seconds are lost: {}", e.getMessage());
        }
    }
}
