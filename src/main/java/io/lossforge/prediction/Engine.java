package io.lossforge.prediction;

import io.lossforge.model.ModelVersion;
import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import io.lossforge.web.ApiException;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.PreDestroy;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;
import org.springframework.stereotype.Component;

/**
 * Runs model versions on samples. Bounds how many predictions are under way, from the first byte of their body on, and so the memory
 * that they need.
 */
@Component
@ConditionalOnRole(Role.SERVER)
class Engine {

    /** Reads the samples of a request, and what it asks about them. */
    @FunctionalInterface
    interface Reader<W extends Wanted> {

        W read(Samples samples) throws IOException, ServletException;
    }

    /** What a request asks about its samples. */
    @FunctionalInterface
    interface Wanted {

        /** {@link LoadedModel#LOGITS}, {@link LoadedModel#PROBABILITIES} or both. */
        Set<String> outputs();

        /** How long the request may wait for the engine; null for as long as the server allows. */
        default @Nullable Duration timeout() {
            return null;
        }
    }

    /**
     * What a network says of samples.
     *
     * @param outputs by name, {@code [samples][classes]} in one array
     */
    record Scores<W extends Wanted>(W wanted, int samples, Map<String, float[]> outputs) {

        float[] of(String output) {
            return Objects.requireNonNull(outputs.get(output));
        }
    }

    private final LoadedModels models;
    private final Places places;
    private final ApiException busy;
    private final DirectBuffers buffers;
    private final ExecutorService runners;
    private final Batching batching;
    private final PredictionMeters meters;

    Engine(LoadedModels models, PredictionSettings settings, MeterRegistry registry) {
        this.models = models;
        this.places = new Places(settings.maxConcurrent());
        this.busy = busy(settings.maxConcurrent());
        this.buffers = new DirectBuffers(settings.maxConcurrent());
        this.runners =
                Executors.newFixedThreadPool(settings.batching().runs(), new CustomizableThreadFactory("prediction-"));
        this.meters = new PredictionMeters(registry, places::taken);
        this.batching = new Batching(settings.batching(), buffers, runners, meters);
    }

    /**
     * Reads samples and runs a version on them.
     *
     * @throws ApiException 503 {@code predictions-busy} if as many predictions are under way as are allowed, 503 {@code prediction-timeout} if the
     *     engine is busy with others for too long; whatever the reader throws
     */
    <W extends Wanted> Scores<W> predict(ModelVersion version, Reader<W> reader) throws IOException, ServletException {
        var place = places.take();
        if (place == null) {
            throw busy(places.most());
        }
        try (place;
                var model = models.use(version)) {
            return predict(model, reader);
        }
    }

    private static ApiException busy(int most) {
        return ApiException.unavailable(
                "predictions-busy",
                "%d predictions are under way, the most at a time; try again".formatted(most),
                Duration.ofSeconds(1));
    }

    /** How many predictions may be under way, and are. */
    Places places() {
        return places;
    }

    /** What a prediction is refused with when there is no place for it; always the same one, to answer with and not to throw. */
    ApiException busy() {
        return busy;
    }

    private <W extends Wanted> Scores<W> predict(LoadedModel model, Reader<W> reader)
            throws IOException, ServletException {
        long begin = System.nanoTime();
        boolean succeeded = false;
        try (var samples = new Samples(model.input(), buffers)) {
            var wanted = reader.read(samples);
            meters.prepared(model, System.nanoTime() - begin);
            var outputs = batching.run(model, samples, wanted.outputs(), wanted.timeout());
            var scores = new Scores<>(wanted, samples.count(), outputs);
            succeeded = true;
            return scores;
        } finally {
            model.statistics().ended(succeeded, System.nanoTime() - begin);
        }
    }

    /**
     * Like {@link #load}, for who only wants to know whether it can answer.
     *
     * @throws ApiException 503 {@code model-not-ready} if its artefact is missing or damaged
     */
    void ready(ModelVersion version) {
        try {
            load(version);
        } catch (UnusableArtefact e) {
            throw ApiException.unavailable("model-not-ready", e.detail(), Duration.ofSeconds(30));
        }
    }

    /** Loads a version if it is not loaded, so that the next prediction needs not wait for that. */
    void load(ModelVersion version) {
        models.use(version).close();
    }

    /** What has been asked of a version since it was loaded; null if it is not in memory. */
    @Nullable ModelStatistics statistics(ModelVersion version) {
        return models.statistics(version);
    }

    /** Lets a version leave memory once nobody runs on it. */
    void unload(ModelVersion version) {
        models.unload(version);
    }

    @PreDestroy
    void close() {
        runners.shutdown();
    }
}
