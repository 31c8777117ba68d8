package io.lossforge.prediction;

import io.lossforge.model.Shadow;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs shadows, one request after the other, on a thread of its own, only while the engine has time to spare. Bounded in requests and in bytes; what
 * does not fit is dropped. The thread looks for work now and then, so that no prediction spends time on waking it, and most answers are gone by then.
 */
final class ShadowRuns implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ShadowRuns.class);

    private static final int MOST_WAITING = 256;
    private static final long MOST_BYTES = 32L << 20;
    private static final int LARGEST_RUN = 16;
    private static final long BETWEEN_LOOKS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long BETWEEN_IDLE_LOOKS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long IDLE = TimeUnit.SECONDS.toNanos(1);
    private static final long BEFORE_ANOTHER_TRY = TimeUnit.SECONDS.toNanos(10);

    private final LoadedModels models;
    private final BooleanSupplier spareTime;
    private final Notes notes;
    private final DirectBuffers buffers = new DirectBuffers(MOST_WAITING);
    private final ArrayBlockingQueue<Run> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
    private final AtomicLong bytes = new AtomicLong();
    private final Counter compared;
    private final Counter dropped;
    private final Counter failed;
    private final Timer took;
    private final Thread thread = new Thread(this::work, "shadow");
    private volatile boolean over;

    /** The last that could not be loaded: not tried again for each request. Only the thread's. */
    private @Nullable Unusable unusable;

    private record Unusable(UUID version, String why, long since) {

        boolean stillIs(Shadow shadow) {
            return version.equals(shadow.version().id()) && System.nanoTime() - since < BEFORE_ANOTHER_TRY;
        }
    }

    /** Takes note of what happens. */
    interface Notes {

        void note(ShadowResult.Key key, Consumer<ShadowResult> what);
    }

    /** A request that was answered, with its own copy of the samples. */
    private record Run(
            Shadow shadow, int answeredBy, ByteBuffer memory, int samples, float[] answered, long answeredTook) {

        ShadowResult.Key key() {
            return ShadowResult.Key.of(shadow, answeredBy);
        }
    }

    /** @param spareTime whether the engine has nothing better to do */
    ShadowRuns(LoadedModels models, BooleanSupplier spareTime, MeterRegistry registry, Notes notes) {
        this.models = models;
        this.spareTime = spareTime;
        this.notes = notes;
        compared = requests(registry, "compared");
        dropped = requests(registry, "dropped");
        failed = requests(registry, "failed");
        took = Timer.builder("lossforge.shadow.engine")
                .description("Runs of shadows on the samples of a request")
                .register(registry);
        Gauge.builder("lossforge.shadow.waiting", waiting, ArrayBlockingQueue::size)
                .description("Requests that wait for a shadow to run on them")
                .register(registry);
        thread.setDaemon(true);
        thread.start();
    }

    private static Counter requests(MeterRegistry registry, String outcome) {
        return Counter.builder("lossforge.shadow.requests")
                .description("Requests of aliases that have a shadow, by what became of the shadow's run")
                .tag("outcome", outcome)
                .register(registry);
    }

    /** Takes a request that was answered, or drops it. Copies the samples and never waits. */
    void offer(Shadow shadow, int answeredBy, Samples samples, float[] answered, long answeredTook) {
        int size = samples.count() * samples.input().bytes();
        if (bytes.addAndGet(size) <= MOST_BYTES && waiting.remainingCapacity() > 0) {
            var memory = buffers.take(size).put(samples.slice(0, samples.count()));
            memory.flip();
            if (waiting.offer(new Run(shadow, answeredBy, memory, samples.count(), answered.clone(), answeredTook))) {
                return;
            }
            buffers.give(memory);
        }
        bytes.addAndGet(-size);
        dropped.increment();
        notes.note(ShadowResult.Key.of(shadow, answeredBy), ShadowResult::dropped);
    }

    private void work() {
        long lastWork = System.nanoTime();
        try {
            while (!over) {
                var next = waiting.poll();
                if (next != null) {
                    run(next);
                    lastWork = System.nanoTime();
                } else {
                    LockSupport.parkNanos(System.nanoTime() - lastWork < IDLE ? BETWEEN_LOOKS : BETWEEN_IDLE_LOOKS);
                }
            }
        } catch (InterruptedException e) {
            // somebody closes this
        }
    }

    private void run(Run run) throws InterruptedException {
        try {
            if (unusable != null && unusable.stillIs(run.shadow)) {
                failed(run, unusable.why);
                return;
            }
            compare(run);
        } catch (UnusableArtefact e) {
            unusable = new Unusable(run.shadow.version().id(), e.detail(), System.nanoTime());
            failed(run, e.detail());
        } catch (RuntimeException e) {
            failed(run, String.valueOf(e.getMessage()));
        } finally {
            bytes.addAndGet(-run.memory.limit());
            buffers.give(run.memory);
        }
    }

    private void failed(Run run, String why) {
        LOG.debug("the shadow {} of alias {} fails: {}", run.shadow.version().reference(), run.shadow.alias(), why);
        failed.increment();
        notes.note(run.key(), result -> result.failed(why));
    }

    private void compare(Run run) throws InterruptedException {
        try (var model = models.use(run.shadow.version())) {
            var answers = new float[run.answered.length];
            long spent = 0;
            for (int first = 0; first < run.samples; first += LARGEST_RUN) {
                awaitSpareTime();
                spent += run(model, run, first, answers);
            }
            long shadowTook = spent;
            took.record(shadowTook, TimeUnit.NANOSECONDS);
            compared.increment();
            notes.note(
                    run.key(),
                    result -> result.compared(run.answered, answers, model.classes(), run.answeredTook, shadowTook));
        }
    }

    private static long run(LoadedModel model, Run run, int first, float[] answers) {
        int samples = Math.min(LARGEST_RUN, run.samples - first);
        int bytes = model.input().bytes();
        var memory = run.memory.slice(first * bytes, samples * bytes).order(run.memory.order());
        long begin = System.nanoTime();
        model.run(
                memory,
                samples,
                Set.of(LoadedModel.PROBABILITIES),
                (output, scores) -> scores.get(answers, first * model.classes(), samples * model.classes()));
        return System.nanoTime() - begin;
    }

    private void awaitSpareTime() throws InterruptedException {
        while (!spareTime.getAsBoolean()) {
            if (over || Thread.interrupted()) {
                throw new InterruptedException();
            }
            LockSupport.parkNanos(BETWEEN_LOOKS);
        }
    }

    @Override
    public void close() {
        over = true;
        thread.interrupt();
    }
}
