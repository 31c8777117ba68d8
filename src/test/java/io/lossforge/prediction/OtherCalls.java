package io.lossforge.prediction;

import io.lossforge.Calls;
import io.lossforge.Http;
import io.lossforge.metric.EventStreamReader;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.HdrHistogram.ConcurrentHistogram;

/** Calls for anything but predictions, each kind again and again on a thread of its own, and how long they take. */
final class OtherCalls implements AutoCloseable {

    /** Waits where there is no GPU. */
    private static final String JOB = """
            {"dataset": "load", "architecture": {"name": "lenet"}, "epochs": 1, "resources": {"device": "gpu"}}""";

    private final int port;
    private final Calls calls;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, Kind> kinds = new TreeMap<>();
    private volatile boolean over;

    private static final class Kind {

        private final ConcurrentHistogram microseconds = new ConcurrentHistogram(3);
        private final AtomicInteger failed = new AtomicInteger();
    }

    /** Whether it went well. */
    @FunctionalInterface
    private interface Call {

        boolean succeeds() throws Exception;
    }

    OtherCalls(int port) {
        this.port = port;
        this.calls = new Calls(port);
        repeat("liveness", () -> calls.get("/actuator/health/liveness").status() == 200);
        repeat("readiness", () -> calls.get("/actuator/health/readiness").status() == 200);
        repeat("a job is submitted and cancelled", this::submitsAndCancels);
        repeat("a stream of events until its end", this::followsAnEndedJob);
    }

    private void repeat(String what, Call call) {
        var kind = new Kind();
        kinds.put(what, kind);
        threads.execute(() -> {
            while (!over) {
                long begin = System.nanoTime();
                try {
                    if (!call.succeeds()) {
                        kind.failed.incrementAndGet();
                    }
                    kind.microseconds.recordValue((System.nanoTime() - begin) / 1000);
                    Thread.sleep(100);
                } catch (Exception | AssertionError e) {
                    kind.failed.incrementAndGet();
                }
            }
        });
    }

    private boolean submitsAndCancels() {
        var submitted = calls.postJson("/api/v1/jobs", JOB);
        return submitted.status() == 202
                && calls.postJson(
                                        "/api/v1/jobs/%s/cancel"
                                                .formatted(submitted
                                                        .json()
                                                        .at("/id")
                                                        .asString()),
                                        "")
                                .status()
                        == 202;
    }

    private boolean followsAnEndedJob() throws Exception {
        var job =
                calls.get("/api/v1/jobs?state=SUCCEEDED").json().findValue("id").asString();
        try (var stream = EventStreamReader.open(new Http(port), "/api/v1/jobs/" + job + "/events", null)) {
            for (int i = 0; i < 10_000 && !stream.isEnded(); i++) {
                Thread.sleep(1);
            }
            return stream.isEnded();
        }
    }

    /** Until the last calls have ended. */
    void stop() throws InterruptedException {
        close();
        threads.awaitTermination(1, TimeUnit.MINUTES);
    }

    @Override
    public void close() {
        over = true;
        threads.shutdown();
    }

    /** Rows of a table. */
    @Override
    public String toString() {
        var rows = new StringBuilder();
        kinds.forEach((what, kind) -> rows.append(String.format(
                Locale.ROOT,
                "| %s | %d | %.1f | %.1f | %.1f | %d |%n",
                what,
                kind.microseconds.getTotalCount(),
                kind.microseconds.getValueAtPercentile(50) / 1e3,
                kind.microseconds.getValueAtPercentile(99) / 1e3,
                kind.microseconds.getMaxValue() / 1e3,
                kind.failed.get())));
        return rows.toString();
    }
}
