package io.lossforge.prediction;

import io.lossforge.model.ModelVersion;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Meters of each version in memory, by {@code model} and {@code version}; they leave when it does, so that there are never more series than fit into
 * memory. What is asked of versions that are not in memory, or can't be loaded, counts under empty names. Versions with an equal artefact are one model in
 * memory: what it does counts for the one that loaded it.
 */
final class VersionMeters implements LoadedModels.Observer {

    private static final Duration[] LATENCIES = {
        Duration.ofNanos(500_000),
        Duration.ofMillis(1),
        Duration.ofNanos(2_500_000),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(100),
        Duration.ofMillis(500),
        Duration.ofSeconds(2)
    };

    /** How a request ended. */
    enum Outcome {
        OK,
        REFUSED,
        BUSY,
        ERROR
    }

    private final MeterRegistry registry;
    private final Map<LoadedModel, Served> byModel = new ConcurrentHashMap<>();
    private final Served others;
    private final AtomicInteger models = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();

    VersionMeters(MeterRegistry registry) {
        this.registry = registry;
        others = new Served(registry, Tags.of("model", "", "version", ""));
        gauge("lossforge.models.loaded", "Models in memory", models, AtomicInteger::get);
        gauge("lossforge.models.bytes", "Memory of the models in memory, by estimate", bytes, AtomicLong::get);
    }

    private <T> void gauge(String name, String description, T of, ToDoubleFunction<T> value) {
        Gauge.builder(name, of, value)
                .description(description)
                .strongReference(true)
                .register(registry);
    }

    /** The meters of one version. */
    static final class Served {

        private final MeterRegistry registry;
        private final List<Meter> meters = new ArrayList<>();
        private final Counter[] requests = new Counter[Outcome.values().length];
        private final Timer preparation;
        private final Timer queue;
        private final Timer engine;
        private final DistributionSummary samples;

        Served(MeterRegistry registry, Tags version) {
            this.registry = registry;
            for (var outcome : Outcome.values()) {
                requests[outcome.ordinal()] = kept(Counter.builder("lossforge.model.requests")
                        .description("Predictions, by how they ended")
                        .tags(version.and("outcome", outcome.name().toLowerCase(Locale.ROOT)))
                        .register(registry));
            }
            preparation = timer(version, "preparation");
            queue = timer(version, "queue");
            engine = timer(version, "engine");
            samples = kept(DistributionSummary.builder("lossforge.model.run.samples")
                    .description("Samples in a run of the engine")
                    .tags(version)
                    .serviceLevelObjectives(1, 4, 16, 64)
                    .register(registry));
        }

        private Timer timer(Tags version, String part) {
            return kept(Timer.builder("lossforge.model.latency")
                    .description("Where the time of predictions goes: reading, waiting, runs of the engine")
                    .tags(version.and("part", part))
                    .serviceLevelObjectives(LATENCIES)
                    .register(registry));
        }

        private <M extends Meter> M kept(M meter) {
            meters.add(meter);
            return meter;
        }

        void inMemory(Tags version, long bytes, long loadNanoseconds) {
            kept(Gauge.builder("lossforge.model.bytes", () -> bytes)
                    .description("Memory of the version, by estimate")
                    .tags(version)
                    .register(registry));
            kept(Gauge.builder("lossforge.model.load.seconds", () -> loadNanoseconds / 1e9)
                    .description("How long it took to bring the version into memory")
                    .tags(version)
                    .register(registry));
        }

        void ended(Outcome outcome) {
            requests[outcome.ordinal()].increment();
        }

        void prepared(long nanoseconds) {
            preparation.record(nanoseconds, TimeUnit.NANOSECONDS);
        }

        void queued(long nanoseconds) {
            queue.record(nanoseconds, TimeUnit.NANOSECONDS);
        }

        void ran(int samplesInIt, long nanoseconds) {
            engine.record(nanoseconds, TimeUnit.NANOSECONDS);
            samples.record(samplesInIt);
        }

        private void leave() {
            meters.forEach(registry::remove);
        }
    }

    /** Of a model in memory. */
    Served of(@Nullable LoadedModel model) {
        return model == null ? others : byModel.getOrDefault(model, others);
    }

    @Override
    public void loaded(ModelVersion version, LoadedModel model, long estimatedBytes, long nanoseconds) {
        var tags = Tags.of("model", version.model(), "version", Integer.toString(version.version()));
        var served = new Served(registry, tags);
        served.inMemory(tags, estimatedBytes, nanoseconds);
        byModel.put(model, served);
        models.incrementAndGet();
        bytes.addAndGet(estimatedBytes);
        Timer.builder("lossforge.models.load")
                .description("Bringing models into memory")
                .register(registry)
                .record(nanoseconds, TimeUnit.NANOSECONDS);
    }

    @Override
    public void left(LoadedModel model, long estimatedBytes, String reason) {
        var served = byModel.remove(model);
        if (served != null) {
            served.leave();
            models.decrementAndGet();
            bytes.addAndGet(-estimatedBytes);
        }
        Counter.builder("lossforge.models.evictions")
                .description("Models that left memory, to make room or as asked")
                .tag("reason", reason)
                .register(registry)
                .increment();
    }

    @Override
    public void failed(ModelVersion version) {
        Counter.builder("lossforge.models.load.failures")
                .description("Models that could not be brought into memory")
                .register(registry)
                .increment();
    }
}
