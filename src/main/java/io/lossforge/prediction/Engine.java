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
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
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

    /** Sees every prediction before its answer is sent, on its thread: must be quick, and must not fail. */
    @FunctionalInterface
    interface Witness {

        /**
         * @param samples what was asked; not to be used later
         * @param probabilities {@code [samples][classes]} in one array; not to be changed
         * @param nanoseconds in the queue and in the engine
         */
        void see(ModelVersion version, Samples samples, float[] probabilities, long nanoseconds);
    }

    private static final Set<String> BOTH = Set.of(LoadedModel.LOGITS, LoadedModel.PROBABILITIES);

    private final LoadedModels models;
    private final Places places;
    private final ApiException busy;
    private final int runs;
    private final DirectBuffers buffers;
    private final ExecutorService runners;
    private final Batching batching;
    private final PredictionMeters meters;
    private final LongAdder spent = new LongAdder();
    private volatile Witness witness = (version, samples, probabilities, nanoseconds) -> {};

    Engine(LoadedModels models, PredictionSettings settings, MeterRegistry registry) {
        this.models = models;
        this.places = new Places(settings.maxConcurrent());
        this.busy = busy(settings.maxConcurrent());
        this.runs = settings.batching().runs();
        this.buffers = new DirectBuffers(settings.maxConcurrent());
        this.runners = Executors.newFixedThreadPool(runs, new CustomizableThreadFactory("prediction-"));
        this.meters = new PredictionMeters(registry, places::taken);
        this.batching = new Batching(settings.batching(), buffers, runners, meters);
        models.observe(meters.versions());
    }

    /** Lets one see all predictions. */
    void witnessedBy(Witness who) {
        witness = who;
    }

    /** Tells whether the engine has nothing better to do than what no caller waits for; for one thread. */
    BooleanSupplier spareTime() {
        var time = new SpareTime(spent::sum, runs, System.nanoTime());
        int few = Math.max(1, runs / 2);
        return () -> places.taken() < few && time.isLeft(System.nanoTime());
    }

    /**
     * Reads samples and runs a version on them.
     *
     * @throws ApiException 503 {@code predictions-busy} if as many predictions are under way as are allowed, 503 {@code prediction-timeout} if the
     *     engine is busy with others for too long; whatever the reader throws
     */
    <W extends Wanted> Scores<W> predict(ModelVersion version, Reader<W> reader) throws IOException, ServletException {
        return predict(version, reader, (by, samples, probabilities, nanoseconds) -> {});
    }

    /** Like {@link #predict(ModelVersion, Reader)}, for one who follows this prediction besides. */
    <W extends Wanted> Scores<W> predict(ModelVersion version, Reader<W> reader, Witness follower)
            throws IOException, ServletException {
        var place = places.take();
        if (place == null) {
            meters.versions().of(models.inMemory(version)).ended(VersionMeters.Outcome.BUSY);
            throw busy(places.most());
        }
        try (place;
                var model = used(version)) {
            return predict(version, model, reader, follower);
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

    private LoadedModel used(ModelVersion version) {
        try {
            return models.use(version);
        } catch (RuntimeException e) {
            meters.versions().of(null).ended(VersionMeters.Outcome.ERROR);
            throw e;
        }
    }

    private <W extends Wanted> Scores<W> predict(
            ModelVersion version, LoadedModel model, Reader<W> reader, Witness follower)
            throws IOException, ServletException {
        long begin = System.nanoTime();
        var outcome = VersionMeters.Outcome.REFUSED;
        try (var samples = new Samples(model.input(), buffers)) {
            var wanted = reader.read(samples);
            outcome = VersionMeters.Outcome.ERROR;
            meters.prepared(model, System.nanoTime() - begin);
            long prepared = System.nanoTime();
            var outputs = batching.run(model, samples, withProbabilities(wanted.outputs()), wanted.timeout());
            var scores = new Scores<>(wanted, samples.count(), outputs);
            outcome = VersionMeters.Outcome.OK;
            if (samples.count() > 0) {
                long took = System.nanoTime() - prepared;
                witness.see(version, samples, scores.of(LoadedModel.PROBABILITIES), took);
                follower.see(version, samples, scores.of(LoadedModel.PROBABILITIES), took);
            }
            return scores;
        } catch (ApiException e) {
            if (e.status() == HttpStatus.SERVICE_UNAVAILABLE) {
                outcome = VersionMeters.Outcome.BUSY;
            }
            throw e;
        } finally {
            long took = System.nanoTime() - begin;
            spent.add(took);
            model.statistics().ended(outcome == VersionMeters.Outcome.OK, took);
            meters.versions().of(model).ended(outcome);
        }
    }

    /** Who watches needs them, whatever is asked for. */
    private static Set<String> withProbabilities(Set<String> outputs) {
        return outputs.contains(LoadedModel.PROBABILITIES) ? outputs : BOTH;
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
