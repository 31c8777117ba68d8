package io.lossforge.prediction;

import io.lossforge.model.ModelVersion;
import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import io.lossforge.web.ApiException;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Runs model versions on samples. Bounds how many predictions are under way, from the first byte of their body on, and so the memory
 * that they need.
 */
@Component
@ConditionalOnRole(Role.SERVER)
class Engine {

    /** Reads the samples of a request. */
    @FunctionalInterface
    interface Reader {

        Wanted read(Samples samples) throws IOException, ServletException;
    }

    /**
     * What a request asks about its samples.
     *
     * @param id the caller's name for the request; null if it has none
     * @param outputs {@link LoadedModel#LOGITS}, {@link LoadedModel#PROBABILITIES} or both, in the order of the answer
     */
    record Wanted(@Nullable String id, Set<String> outputs) {}

    /**
     * What a network says of samples.
     *
     * @param outputs by name, {@code [samples][classes]} in one array
     */
    record Scores(Wanted wanted, int samples, Map<String, float[]> outputs) {

        float[] of(String output) {
            return Objects.requireNonNull(outputs.get(output));
        }
    }

    private final LoadedModels models;
    private final int most;
    private final Semaphore places;
    private final DirectBuffers buffers;

    Engine(LoadedModels models, PredictionSettings settings) {
        this.models = models;
        this.most = settings.maxConcurrent();
        this.places = new Semaphore(most);
        this.buffers = new DirectBuffers(most);
    }

    /**
     * Reads samples and runs a version on them.
     *
     * @throws ApiException 503 {@code predictions-busy} if as many predictions are under way as are allowed; whatever the reader throws
     */
    Scores predict(ModelVersion version, Reader reader) throws IOException, ServletException {
        if (!places.tryAcquire()) {
            throw ApiException.unavailable(
                    "predictions-busy",
                    "%d predictions are under way, the most at a time; try again".formatted(most),
                    Duration.ofSeconds(1));
        }
        try (var model = models.use(version);
                var samples = new Samples(model.input(), buffers)) {
            var wanted = reader.read(samples);
            return new Scores(wanted, samples.count(), model.run(samples, wanted.outputs()));
        } finally {
            places.release();
        }
    }

    /** Loads a version if it is not loaded, so that the next prediction needs not wait for that. */
    void load(ModelVersion version) {
        models.use(version).close();
    }
}
