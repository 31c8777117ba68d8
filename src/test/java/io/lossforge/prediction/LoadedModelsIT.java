package io.lossforge.prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lossforge.ServiceTest;
import io.lossforge.model.ModelVersion;
import io.lossforge.model.Models;
import io.lossforge.storage.Storage;
import io.lossforge.web.ApiException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.util.unit.DataSize;

@ServiceTest
class LoadedModelsIT {

    private static final Engine.Wanted PROBABILITIES = () -> Set.of(LoadedModel.PROBABILITIES);

    @Autowired
    Models models;

    @Autowired
    Storage storage;

    /** Two small models fit, a third does not. */
    private final PredictionSettings small = settings(5, 64);

    @Test
    void theModelNotUsedForLongestGoesFirst() {
        var loaded = new LoadedModels(storage, small);
        var first = version(1);
        var second = version(2);
        loaded.use(first).close();
        var kept = loaded.use(second);
        kept.close();
        loaded.use(first).close();
        loaded.use(version(3)).close();
        assertThat(loaded.isLoaded(first)).isTrue();
        assertThat(loaded.isLoaded(second)).isFalse();
        loaded.close();
    }

    @Test
    void aModelLargerThanTheCacheStaysUntilAnotherComes() {
        var loaded = new LoadedModels(storage, settings(1, 64));
        var first = version(1);
        loaded.use(first).close();
        assertThat(loaded.isLoaded(first)).isTrue();
        loaded.use(version(2)).close();
        assertThat(loaded.isLoaded(first)).isFalse();
        loaded.close();
    }

    @Test
    void aModelThatLeavesMemoryStillAnswersThoseWhoUseIt() {
        var loaded = new LoadedModels(storage, settings(1, 64));
        var version = version(1);
        try (var used = loaded.use(version)) {
            loaded.use(version(2)).close();
            assertThat(loaded.isLoaded(version)).isFalse();
            assertThat(sum(used)).isCloseTo(1, within(1e-6f));
        }
        loaded.close();
    }

    @Test
    void whoeverAsksAtTheSameTimeGetsTheSameSession() throws Exception {
        var loaded = new LoadedModels(storage, small);
        var version = version(5);
        var together = new CyclicBarrier(16);
        var threads = Executors.newFixedThreadPool(16);
        try {
            Callable<LoadedModel> use = () -> {
                together.await();
                return loaded.use(version);
            };
            var used = new ArrayList<LoadedModel>();
            for (var done : threads.invokeAll(Collections.nCopies(16, use))) {
                used.add(done.get());
            }
            assertThat(used).containsOnly(used.get(0));
            used.forEach(LoadedModel::close);
        } finally {
            threads.shutdown();
            loaded.close();
        }
    }

    @Test
    void answersStayRightWhileModelsComeAndGoUnderLoad() throws Exception {
        var loaded = new LoadedModels(storage, small);
        var engine = new Engine(loaded, small, new SimpleMeterRegistry());
        var versions = new ArrayList<ModelVersion>();
        var expected = new ArrayList<float[]>();
        for (int seed = 1; seed <= 6; seed++) {
            var version = version(seed);
            versions.add(version);
            expected.add(answer(engine, version));
        }
        var threads = Executors.newFixedThreadPool(32);
        try {
            var calls = new ArrayList<Callable<Boolean>>();
            for (int i = 0; i < 600; i++) {
                int which = i % 6;
                calls.add(() -> Arrays.equals(answer(engine, versions.get(which)), expected.get(which)));
            }
            for (var done : threads.invokeAll(calls)) {
                assertThat(done.get()).isTrue();
            }
        } finally {
            threads.shutdown();
            loaded.close();
        }
    }

    @Test
    void refusesMoreThanAreAllowedAtATimeAndRecovers() throws Exception {
        var loaded = new LoadedModels(storage, small);
        var engine = new Engine(loaded, settings(5, 1), new SimpleMeterRegistry());
        var version = version(1);
        var reading = new CountDownLatch(1);
        var finish = new CountDownLatch(1);
        var failure = new AtomicReference<Throwable>();
        var slow = new Thread(() -> {
            try {
                engine.predict(version, samples -> {
                    reading.countDown();
                    try {
                        finish.await();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                    return filled(samples);
                });
            } catch (Exception e) {
                failure.set(e);
            }
        });
        slow.start();
        reading.await();
        assertThatThrownBy(() -> answer(engine, version)).isInstanceOfSatisfying(ApiException.class, refused -> {
            assertThat(refused.status().value()).isEqualTo(503);
            assertThat(refused.code()).isEqualTo("predictions-busy");
            assertThat(refused.retryAfter()).isNotNull();
        });
        finish.countDown();
        slow.join();
        assertThat(failure.get()).isNull();
        assertThat(answer(engine, version)).hasSize(2);
        loaded.close();
    }

    @Test
    void aLoadThatFailsIsTriedAgain() {
        var loaded = new LoadedModels(storage, small);
        var classifier = new OnnxClassifier(List.of(2), 2, 40);
        var version = classifier.register(models, storage, "l-" + UUID.randomUUID());
        storage.delete(version.artefactKey());
        assertThatThrownBy(() -> loaded.use(version)).isInstanceOf(UnusableArtefact.class);
        var bytes = classifier.onnx();
        storage.put(version.artefactKey(), new ByteArrayInputStream(bytes), bytes.length);
        loaded.use(version).close();
        loaded.close();
    }

    private ModelVersion version(int seed) {
        return new OnnxClassifier(List.of(2), 2, seed).register(models, storage, "l-" + UUID.randomUUID());
    }

    private static float[] answer(Engine engine, ModelVersion version) throws Exception {
        return engine.predict(version, LoadedModelsIT::filled).of(LoadedModel.PROBABILITIES);
    }

    private static Engine.Wanted filled(Samples samples) {
        samples.begin();
        samples.putFeature(0.25f);
        samples.putFeature(-3);
        samples.end();
        return PROBABILITIES;
    }

    private static float sum(LoadedModel model) {
        try (var samples = new Samples(model.input(), new DirectBuffers(1))) {
            filled(samples);
            var sum = new float[1];
            model.run(
                    samples.slice(0, 1),
                    1,
                    PROBABILITIES.outputs(),
                    (output, scores) -> sum[0] = scores.get() + scores.get());
            return sum[0];
        }
    }

    private static PredictionSettings settings(int cacheMegabytes, int maxConcurrent) {
        return new PredictionSettings(
                DataSize.ofMegabytes(cacheMegabytes),
                DataSize.ofMegabytes(64),
                1024,
                maxConcurrent,
                null,
                2,
                64,
                Duration.ofSeconds(10),
                1);
    }
}
