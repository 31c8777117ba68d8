package io.lossforge.prediction;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/** Where the time of predictions goes, and how well they join; all models together. */
final class PredictionMeters implements Batching.Observer {

    private static final Duration SHORTEST = Duration.ofNanos(50_000);
    private static final Duration LONGEST = Duration.ofSeconds(10);

    private final Timer preparation;
    private final Timer queue;
    private final Timer engine;
    private final DistributionSummary samples;
    private final VersionMeters versions;

    /** @param underWay predictions being read, waiting or run */
    PredictionMeters(MeterRegistry registry, IntSupplier underWay) {
        versions = new VersionMeters(registry);
        preparation = timer(registry, "preparation", "Reading and decoding a request's body");
        queue = timer(registry, "queue", "From a request's last byte until its first sample is in a run");
        engine = timer(registry, "engine", "A run of the engine, with the copying of its inputs and outputs");
        samples = DistributionSummary.builder("lossforge.prediction.run.samples")
                .description("Samples in a run of the engine")
                .serviceLevelObjectives(1, 2, 4, 8, 16, 32, 64, 128)
                .register(registry);
        Gauge.builder("lossforge.prediction.under.way", underWay, IntSupplier::getAsInt)
                .description("Predictions being read, waiting or run")
                .strongReference(true)
                .register(registry);
    }

    private static Timer timer(MeterRegistry registry, String part, String description) {
        return Timer.builder("lossforge.prediction." + part)
                .description(description)
                .publishPercentileHistogram()
                .minimumExpectedValue(SHORTEST)
                .maximumExpectedValue(LONGEST)
                .register(registry);
    }

    VersionMeters versions() {
        return versions;
    }

    void prepared(LoadedModel model, long nanoseconds) {
        preparation.record(nanoseconds, TimeUnit.NANOSECONDS);
        model.statistics().prepared(nanoseconds);
        versions.of(model).prepared(nanoseconds);
    }

    @Override
    public void queued(LoadedModel model, long nanoseconds) {
        queue.record(nanoseconds, TimeUnit.NANOSECONDS);
        model.statistics().queued(nanoseconds);
        versions.of(model).queued(nanoseconds);
    }

    @Override
    public void ran(LoadedModel model, int samplesInIt, long nanoseconds) {
        engine.record(nanoseconds, TimeUnit.NANOSECONDS);
        samples.record(samplesInIt);
        model.statistics().ran(samplesInIt, nanoseconds);
        versions.of(model).ran(samplesInIt, nanoseconds);
    }
}
