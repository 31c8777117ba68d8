package io.lossforge.prediction;

import io.lossforge.web.ApiException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Joins the samples of requests for the same model into runs of the engine. No request waits for others to come: while fewer runs are under
 * way than are allowed, a request runs at once, alone, on its own thread and from its own memory. While all are busy requests gather, and
 * each run that ends is followed by one of what has gathered for a model. So runs grow as the load does, and a single call takes as long as
 * it would without.
 *
 * <p>Models take turns. The requests of a model are taken in their order, and one with more samples than fit into a run goes back to the end after
 * each. Safe for many threads.
 */
final class Batching {

    private final Limits limits;
    private final DirectBuffers buffers;
    private final Executor runners;
    private final Observer observer;

    /** By model, the next first; guards itself, {@link #free}, and how much of each request is taken. */
    private final Map<LoadedModel, Deque<Request>> waiting = new LinkedHashMap<>();

    /** Runs that may begin; 0 while anything waits. */
    private int free;

    /**
     * @param runs at a time, of all models together
     * @param largestRun samples in one
     * @param longestWait of a request until its first sample is taken, unless it has a shorter one of its own
     */
    record Limits(int runs, int largestRun, Duration longestWait) {}

    /** Sees what happens, in nanoseconds. */
    interface Observer {

        /** The first sample of a request is taken, so long after it came. */
        void queued(LoadedModel model, long nanoseconds);

        /** A run has ended, in which there were so many samples. */
        void ran(LoadedModel model, int samples, long nanoseconds);
    }

    /**
     * @param buffers memory for joined runs
     * @param runners threads for what has gathered; as many as runs are ever busy
     */
    Batching(Limits limits, DirectBuffers buffers, Executor runners, Observer observer) {
        this.limits = limits;
        this.buffers = buffers;
        this.runners = runners;
        this.observer = observer;
        free = limits.runs();
    }

    /** The samples of one caller, who waits until they are done. */
    private static final class Request {

        private final LoadedModel model;
        private final Samples samples;
        private final Map<String, float[]> answers = new HashMap<>();
        private final Duration longestWait;
        private final long begin = System.nanoTime();
        private final AtomicInteger left;
        private final CountDownLatch over = new CountDownLatch(1);

        private int taken;
        private volatile @Nullable RuntimeException failure;

        Request(LoadedModel model, Samples samples, Set<String> outputs, Duration longestWait) {
            this.model = model;
            this.samples = samples;
            this.longestWait = longestWait;
            left = new AtomicInteger(samples.count());
            for (var output : outputs) {
                answers.put(output, new float[Math.multiplyExact(samples.count(), model.classes())]);
            }
        }

        int untaken() {
            return samples.count() - taken;
        }

        Part take(int most) {
            var part = new Part(this, taken, Math.min(most, untaken()));
            taken += part.count;
            return part;
        }

        void done(int count) {
            if (left.addAndGet(-count) == 0) {
                over.countDown();
            }
        }
    }

    /** Some samples of a request. */
    private record Part(Request request, int first, int count) {

        ByteBuffer memory() {
            return request.samples.slice(first, count);
        }
    }

    /**
     * Runs samples through a network.
     *
     * @param model in use by the caller until this returns
     * @param timeout of this request until its first sample is taken; null, or a longer one, for {@link Limits#longestWait}
     * @return by output, float32 {@code [samples][classes]} in one array
     * @throws ApiException 503 {@code prediction-timeout} if none of them was taken in time
     */
    Map<String, float[]> run(LoadedModel model, Samples samples, Set<String> outputs, @Nullable Duration timeout) {
        var longestWait =
                timeout == null || timeout.compareTo(limits.longestWait()) > 0 ? limits.longestWait() : timeout;
        var request = new Request(model, samples, outputs, longestWait);
        if (samples.count() == 0) {
            return request.answers;
        }
        Part alone = null;
        boolean begins = false;
        synchronized (waiting) {
            if (free > 0) {
                free--;
                begins = true;
            }
            if (begins && samples.count() <= limits.largestRun()) {
                alone = request.take(limits.largestRun());
            } else {
                waiting.computeIfAbsent(model, any -> new ArrayDeque<>()).add(request);
            }
        }
        if (alone != null) {
            run(List.of(alone));
            goOnElsewhere();
        } else {
            if (begins) {
                runners.execute(this::runWaiting);
            }
            await(request);
        }
        var failure = request.failure;
        if (failure != null) {
            throw failure;
        }
        return request.answers;
    }

    /** After a run on a caller's thread, who has its answer now: what waits is for a runner. */
    private void goOnElsewhere() {
        synchronized (waiting) {
            if (waiting.isEmpty()) {
                free++;
                return;
            }
        }
        runners.execute(this::runWaiting);
    }

    private void runWaiting() {
        for (var parts = next(); !parts.isEmpty(); parts = next()) {
            run(parts);
        }
    }

    /** The next run; nothing, and one more is free, if nothing waits. */
    private List<Part> next() {
        synchronized (waiting) {
            var models = waiting.entrySet().iterator();
            if (!models.hasNext()) {
                free++;
                return List.of();
            }
            var turn = models.next();
            models.remove();
            var requests = turn.getValue();
            var parts = new ArrayList<Part>();
            int room = limits.largestRun();
            while (room > 0 && !requests.isEmpty()) {
                var request = requests.remove();
                var part = request.take(room);
                room -= part.count;
                parts.add(part);
                if (request.untaken() > 0) {
                    requests.add(request);
                }
            }
            if (!requests.isEmpty()) {
                waiting.put(turn.getKey(), requests);
            }
            return parts;
        }
    }

    /** Whatever happens, nobody is left waiting. */
    private void run(List<Part> parts) {
        try {
            runAll(parts);
        } catch (RuntimeException | Error e) {
            var failure = e instanceof RuntimeException known ? known : new IllegalStateException(e);
            parts.forEach(part -> part.request.failure = failure);
        } finally {
            parts.forEach(part -> part.request.done(part.count));
        }
    }

    private void runAll(List<Part> parts) {
        long begin = System.nanoTime();
        var model = parts.get(0).request.model;
        int samples = 0;
        var outputs = new HashSet<String>();
        for (var part : parts) {
            samples += part.count;
            outputs.addAll(part.request.answers.keySet());
            if (part.first == 0) {
                observer.queued(model, begin - part.request.begin);
            }
        }
        if (parts.size() == 1) {
            model.run(parts.get(0).memory(), samples, outputs, (output, scores) -> give(output, scores, parts));
        } else {
            var joined = buffers.take(samples * model.input().bytes());
            try {
                parts.forEach(part -> joined.put(part.memory()));
                model.run(joined.flip(), samples, outputs, (output, scores) -> give(output, scores, parts));
            } finally {
                buffers.give(joined);
            }
        }
        observer.ran(model, samples, System.nanoTime() - begin);
    }

    /** Scores in the order of the parts. */
    private static void give(String output, FloatBuffer scores, List<Part> parts) {
        for (var part : parts) {
            int classes = part.request.model.classes();
            var answer = part.request.answers.get(output);
            if (answer == null) {
                scores.position(scores.position() + part.count * classes);
            } else {
                scores.get(answer, part.first * classes, part.count * classes);
            }
        }
    }

    /** Until all samples are done. Those that a run has taken are waited for, whatever happens: it reads the caller's memory. */
    private void await(Request request) {
        boolean interrupted = false;
        boolean over = false;
        long wait = request.longestWait.toNanos();
        while (!over) {
            try {
                over = request.over.await(wait, TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
            if (!over) {
                withdraw(request, interrupted);
            }
            wait = Long.MAX_VALUE;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Takes back what no run has taken: of a request whose time is up, if that is all of it; of one whose thread has to end, in any case. */
    private void withdraw(Request request, boolean anyway) {
        synchronized (waiting) {
            int untaken = request.untaken();
            if (untaken == 0 || (request.taken > 0 && !anyway)) {
                return;
            }
            waiting.computeIfPresent(request.model, (model, requests) -> {
                requests.remove(request);
                return requests.isEmpty() ? null : requests;
            });
            request.taken += untaken;
            request.failure = ApiException.unavailable(
                    "prediction-timeout",
                    "other predictions came first for %d ms; try again".formatted(request.longestWait.toMillis()),
                    Duration.ofSeconds(1));
            request.done(untaken);
        }
    }
}
