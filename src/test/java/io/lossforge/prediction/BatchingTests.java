package io.lossforge.prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.lossforge.web.ApiException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BatchingTests {

    private static final Set<String> PROBABILITIES = Set.of(LoadedModel.PROBABILITIES);
    private static final Set<String> BOTH = Set.of(LoadedModel.PROBABILITIES, LoadedModel.LOGITS);
    private static final int FEATURES = 3;
    private static final int CLASSES = 2;
    private static final int LARGEST_RUN = 4;
    private static final OnnxClassifier FIRST = new OnnxClassifier(List.of(FEATURES), CLASSES, 1);
    private static final OnnxClassifier SECOND = new OnnxClassifier(List.of(FEATURES), CLASSES, 2);

    private final DirectBuffers buffers = new DirectBuffers(64);
    private final Runs runs = new Runs();
    private final Queue<Runnable> held = new ArrayDeque<>();
    private LoadedModel first;
    private LoadedModel second;

    /** What was run, in order. */
    private static final class Runs implements Batching.Observer {

        private record Run(LoadedModel model, int samples) {}

        private final Queue<Run> seen = new ConcurrentLinkedQueue<>();
        private final Queue<Long> queued = new ConcurrentLinkedQueue<>();

        @Override
        public void queued(LoadedModel model, long nanoseconds) {
            queued.add(nanoseconds);
        }

        @Override
        public void ran(LoadedModel model, int samples, long nanoseconds) {
            seen.add(new Run(model, samples));
        }

        List<Integer> samples() {
            return seen.stream().map(Run::samples).toList();
        }
    }

    @BeforeEach
    void load() throws Exception {
        first = load(FIRST);
        second = load(SECOND);
    }

    private static LoadedModel load(OnnxClassifier classifier) throws Exception {
        return LoadedModel.load(classifier.onnx(), new Input(false, List.of(FEATURES), FEATURES), CLASSES, 1);
    }

    @AfterEach
    void free() {
        first.close();
        second.close();
    }

    private Batching batching(int atATime, Duration longestWait, Executor runners) {
        return new Batching(new Batching.Limits(atATime, LARGEST_RUN, longestWait), buffers, runners, runs);
    }

    private float[] answer(Batching batching, LoadedModel model, int samples, int seed) {
        try (var filled = samples(model, samples, seed)) {
            return batching.run(model, filled, PROBABILITIES, null).get(LoadedModel.PROBABILITIES);
        }
    }

    private Samples samples(LoadedModel model, int count, int seed) {
        var samples = new Samples(model.input(), buffers);
        var random = new Random(seed);
        for (int i = 0; i < count; i++) {
            samples.begin();
            for (int k = 0; k < FEATURES; k++) {
                samples.putFeature((float) random.nextGaussian());
            }
            samples.end();
        }
        return samples;
    }

    /** Begins it on a thread of its own and comes back once it waits. */
    private static Future<float[]> waiting(Callable<float[]> call) {
        var task = new FutureTask<>(call);
        var thread = new Thread(task);
        thread.start();
        await().until(() -> thread.getState() == Thread.State.TIMED_WAITING);
        return task;
    }

    @Test
    void aRequestRunsAtOnceAndAloneWhileNothingElseDoes() {
        var batching = batching(1, Duration.ofSeconds(60), held::add);

        for (int samples = 1; samples <= LARGEST_RUN; samples++) {
            assertThat(answer(batching, first, samples, samples)).hasSize(samples * CLASSES);
        }

        assertThat(runs.samples()).containsExactly(1, 2, 3, 4);
        assertThat(held).isEmpty();
    }

    @Test
    void requestsThatGatherAreJoinedInTheirOrder() throws Exception {
        var batching = batching(1, Duration.ofSeconds(60), held::add);
        var large = waiting(() -> answer(batching, first, 6, 60));
        var requests = new ArrayList<Future<float[]>>();
        for (int i = 0; i < 5; i++) {
            int seed = i;
            requests.add(waiting(() -> answer(batching, first, 1, seed)));
        }

        held.remove().run();

        // four of the large one, which then goes to the end: four small ones, then the last and what is left
        assertThat(runs.samples()).containsExactly(4, 4, 3);
        assertThat(held).isEmpty();
        assertThat(runs.queued).hasSize(6);
        assertThat(large.get()).containsExactly(expected(FIRST, 6, 60), within(1e-5f));
        for (int i = 0; i < 5; i++) {
            assertThat(requests.get(i).get()).containsExactly(expected(FIRST, 1, i), within(1e-5f));
        }
    }

    @Test
    void modelsTakeTurns() throws Exception {
        var batching = batching(1, Duration.ofSeconds(60), held::add);
        var ofFirst = waiting(() -> answer(batching, first, 13, 1));
        var ofSecond = waiting(() -> answer(batching, second, 9, 2));

        held.remove().run();

        assertThat(ofFirst.get()).containsExactly(expected(FIRST, 13, 1), within(1e-5f));
        assertThat(ofSecond.get()).containsExactly(expected(SECOND, 9, 2), within(1e-5f));
        assertThat(runs.seen.stream().map(run -> run.model() == first ? 1 : 2)).containsExactly(1, 2, 1, 2, 1, 2, 1);
    }

    @Test
    void everyRequestGetsTheOutputsThatItAskedFor() throws Exception {
        var batching = batching(1, Duration.ofSeconds(60), held::add);
        waiting(() -> answer(batching, first, 5, 1));
        var both = new FutureTask<>(() -> {
            try (var samples = samples(first, 2, 7)) {
                return batching.run(first, samples, BOTH, null);
            }
        });
        var thread = new Thread(both);
        thread.start();
        await().until(() -> thread.getState() == Thread.State.TIMED_WAITING);
        var one = waiting(() -> answer(batching, first, 1, 8));

        held.remove().run();

        assertThat(both.get().keySet()).isEqualTo(BOTH);
        assertThat(both.get().get(LoadedModel.LOGITS)).hasSize(2 * CLASSES).doesNotContain(0f);
        assertThat(one.get()).hasSize(CLASSES);
    }

    @Test
    void whoWaitsForTooLongIsRefusedAndLeavesTheQueue() throws Exception {
        var batching = batching(1, Duration.ofMillis(20), held::add);

        assertThatThrownBy(() -> answer(batching, first, 5, 1)).isInstanceOfSatisfying(ApiException.class, refused -> {
            assertThat(refused.status().value()).isEqualTo(503);
            assertThat(refused.code()).isEqualTo("prediction-timeout");
        });

        held.remove().run();
        assertThat(runs.seen).isEmpty();
        assertThat(answer(batching, first, 1, 1)).hasSize(CLASSES);
    }

    @Test
    void aRequestHasADeadlineOfItsOwn() throws Exception {
        var batching = batching(1, Duration.ofSeconds(60), held::add);
        var patient = waiting(() -> answer(batching, first, 5, 1));

        try (var samples = samples(first, 1, 2)) {
            assertThatThrownBy(() -> batching.run(first, samples, PROBABILITIES, Duration.ofMillis(10)))
                    .isInstanceOf(ApiException.class)
                    .hasMessageContaining("for 10 ms");
        }

        held.remove().run();
        assertThat(patient.get()).hasSize(5 * CLASSES);
        assertThat(runs.samples()).containsExactly(4, 1);
    }

    @Test
    void whoseThreadIsInterruptedIsRefusedAndStaysInterrupted() throws Exception {
        var batching = batching(1, Duration.ofSeconds(60), held::add);
        var interrupted = new FutureTask<>(() -> {
            assertThatThrownBy(() -> answer(batching, first, 5, 1)).isInstanceOf(ApiException.class);
            return Thread.currentThread().isInterrupted();
        });
        var thread = new Thread(interrupted);
        thread.start();
        await().until(() -> thread.getState() == Thread.State.TIMED_WAITING);

        thread.interrupt();

        assertThat(interrupted.get()).isTrue();
    }

    @Test
    void manyThreadsGetWhatIsTheirs() throws Exception {
        var threads = Executors.newFixedThreadPool(16);
        var runners = Executors.newFixedThreadPool(2);
        try {
            var batching = batching(2, Duration.ofSeconds(60), runners);
            var calls = IntStream.range(0, 2000)
                    .<Callable<float[]>>mapToObj(i -> () -> answer(batching, i % 3 == 0 ? second : first, 1 + i % 7, i))
                    .toList();
            var answers = threads.invokeAll(calls);
            for (int i = 0; i < answers.size(); i++) {
                assertThat(answers.get(i).get())
                        .containsExactly(expected(i % 3 == 0 ? SECOND : FIRST, 1 + i % 7, i), within(1e-5f));
            }
        } finally {
            threads.shutdown();
            runners.shutdown();
        }
    }

    /** In double precision, without an engine. */
    private static float[] expected(OnnxClassifier classifier, int samples, int seed) {
        var random = new Random(seed);
        var expected = new float[samples * CLASSES];
        for (int i = 0; i < samples; i++) {
            var sample = new double[FEATURES];
            Arrays.setAll(sample, k -> (float) random.nextGaussian());
            var probabilities = classifier.probabilities(sample);
            for (int k = 0; k < CLASSES; k++) {
                expected[i * CLASSES + k] = (float) probabilities[k];
            }
        }
        return expected;
    }
}
