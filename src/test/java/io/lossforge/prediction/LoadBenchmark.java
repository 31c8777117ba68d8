package io.lossforge.prediction;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.HdrHistogram.ConcurrentHistogram;

/**
 * What a service does under load: {@code lenet} on 28×28 pixels, every form of request, at fixed rates, at saturation and far above it, beside ONNX
 * Runtime alone in a loop on the same machine. The service is a process of its own; the load comes from this one, on the same processors.
 *
 * <p>{@code mvn -Pbenchmark test-compile exec:exec -Dbenchmark.module=prediction -Dbenchmark=LoadBenchmark}; with {@code -Dload.parts=} some of
 * {@code saturation}, {@code rates}, {@code overload}; with {@code -Dload.spin=true} senders at fixed rates count the time away rather than sleep, so
 * that none of what they measure is their own waking up; with {@code -Dload.jvm=} options of the service's virtual machine.
 */
final class LoadBenchmark {

    private static final Duration WARM_UP = Duration.ofSeconds(5);
    private static final Duration MEASURED = Duration.ofSeconds(Integer.getInteger("load.seconds", 10));
    private static final Set<String> PARTS =
            Set.of(System.getProperty("load.parts", "saturation,rates,overload").split(","));
    private static final boolean SPIN = Boolean.getBoolean("load.spin");
    private static final Duration BEFORE_ANOTHER_TRY = Duration.ofMillis(20);
    private static final int[] SAMPLES = {1, 8, 32};
    private static final int[] CONNECTIONS = {1, 8, 32};

    private LoadBenchmark() {}

    /** What was seen of requests. */
    private record Seen(long answered, long refused, long failed, double seconds, ConcurrentHistogram microseconds) {

        double perSecond() {
            return answered / seconds;
        }

        String milliseconds(double percentile) {
            return String.format(Locale.ROOT, "%.2f", microseconds.getValueAtPercentile(percentile) / 1e3);
        }
    }

    public static void main(String[] arguments) throws Exception {
        try (var service = ServedProcess.start(Files.createTempDirectory("load-benchmark"))) {
            var artefact = service.lenet();
            if (PARTS.contains("saturation")) {
                var engine = engine(artefact);
                System.out.printf("%nONNX Runtime alone, a thread per processor:%n");
                for (int i = 0; i < SAMPLES.length; i++) {
                    System.out.printf(Locale.ROOT, "- batches of %d: %,.0f images/s%n", SAMPLES[i], engine[i]);
                }
                atSaturation(service, engine);
            }
            if (PARTS.contains("rates")) {
                atRates(service);
            }
            if (PARTS.contains("overload")) {
                aboveSaturation(service);
            }
        }
    }

    private static double[] engine(byte[] artefact) throws Exception {
        var rates = new double[SAMPLES.length];
        for (int i = 0; i < SAMPLES.length; i++) {
            rates[i] = BareEngine.imagesPerSecond(artefact, SAMPLES[i], MEASURED);
        }
        return rates;
    }

    private static void atSaturation(ServedProcess service, double[] engine) throws Exception {
        System.out.printf(
                "%n| at saturation | images in a request | connections | requests/s | images/s | of the engine alone | p50 ms | p99 ms | errors |%n");
        System.out.println("|---|---|---|---|---|---|---|---|---|");
        for (var form : LoadForm.values()) {
            for (int i = 0; i < SAMPLES.length; i++) {
                if (form == LoadForm.PREDICT_PNG && SAMPLES[i] > 1) {
                    continue;
                }
                var request = service.request(form, SAMPLES[i]);
                closed(service, request, 8, WARM_UP);
                for (int connections : CONNECTIONS) {
                    var seen = closed(service, request, connections, MEASURED);
                    double images = seen.perSecond() * SAMPLES[i];
                    System.out.printf(
                            Locale.ROOT,
                            "| %s | %d | %d | %,.0f | %,.0f | %.0f %% | %s | %s | %d |%n",
                            form.shown(),
                            SAMPLES[i],
                            connections,
                            seen.perSecond(),
                            images,
                            100 * images / engine[i],
                            seen.milliseconds(50),
                            seen.milliseconds(99),
                            seen.refused() + seen.failed());
                }
            }
        }
    }

    private static void atRates(ServedProcess service) throws Exception {
        System.out.printf(
                "%n| at a fixed rate, one image | requests/s asked | answered | p50 ms | p99 ms | p99.9 ms | errors |%n");
        System.out.println("|---|---|---|---|---|---|---|");
        for (var form : LoadForm.values()) {
            var request = service.request(form, 1);
            closed(service, request, 8, WARM_UP);
            for (int rate : new int[] {20, 200, 1000}) {
                var seen = open(service, request, SPIN ? 1 : 16, rate, MEASURED);
                System.out.printf(
                        Locale.ROOT,
                        "| %s | %,d | %,.0f | %s | %s | %s | %d |%n",
                        form.shown(),
                        rate,
                        seen.perSecond(),
                        seen.milliseconds(50),
                        seen.milliseconds(99),
                        seen.milliseconds(99.9),
                        seen.refused() + seen.failed());
            }
        }
    }

    /** Five times as many connections as predictions may be under way; who is refused comes again shortly after, as no well-behaved client would. */
    private static void aboveSaturation(ServedProcess service) throws Exception {
        var request = service.request(LoadForm.INFER_BINARY, 1);
        open(service, request, 16, 1000, WARM_UP.multipliedBy(5)); // with time left for the compiler
        closed(service, request, 8, WARM_UP);
        closed(service, request, ServedProcess.PLACES, WARM_UP);
        closed(service, request, 5 * ServedProcess.PLACES, WARM_UP);
        var saturated = closed(service, request, ServedProcess.PLACES, MEASURED);
        long before = service.residentBytes();
        var patient = closed(service, request, 5 * ServedProcess.PLACES, Duration.ofSeconds(1), MEASURED);
        long meanwhile = service.residentBytes();
        var seen = closed(service, request, 5 * ServedProcess.PLACES, MEASURED);
        long after = service.residentBytes();
        try (var others = new OtherCalls(service.port())) {
            closed(service, request, 5 * ServedProcess.PLACES, MEASURED);
            others.stop();
            System.out.printf("%n| all else meanwhile | calls | p50 ms | p99 ms | longest ms | failed |%n");
            System.out.printf("|---|---|---|---|---|---|%n%s", others);
        }
        System.out.printf(
                Locale.ROOT,
                "%n| %s, one image | connections | asked/s | answered/s | p50 ms | p99 ms | 503/s | errors | resident MB |%n"
                        + "|---|---|---|---|---|---|---|---|---|%n",
                LoadForm.INFER_BINARY.shown());
        print("saturated", ServedProcess.PLACES, saturated, before);
        print("above, again after Retry-After", 5 * ServedProcess.PLACES, patient, meanwhile);
        print("above, again after 20 ms", 5 * ServedProcess.PLACES, seen, after);
    }

    private static void print(String what, int connections, Seen seen, long resident) {
        System.out.printf(
                Locale.ROOT,
                "| %s | %d | %,.0f | %,.0f | %s | %s | %,.0f | %d | %d |%n",
                what,
                connections,
                (seen.answered() + seen.refused()) / seen.seconds(),
                seen.perSecond(),
                seen.milliseconds(50),
                seen.milliseconds(99),
                seen.refused() / seen.seconds(),
                seen.failed(),
                resident >> 20);
    }

    /** Every connection sends its next request when it has the answer to the last. */
    private static Seen closed(ServedProcess service, LoadRequest request, int connections, Duration time)
            throws Exception {
        return closed(service, request, connections, BEFORE_ANOTHER_TRY, time);
    }

    private static Seen closed(
            ServedProcess service, LoadRequest request, int connections, Duration afterRefusal, Duration time)
            throws Exception {
        var histogram = new ConcurrentHistogram(3);
        long begin = System.nanoTime();
        var counts = new LoadLoop(service.port(), request, afterRefusal, histogram::recordValue)
                .run(connections, begin + time.toNanos());
        double seconds = (System.nanoTime() - begin) / 1e9;
        return new Seen(counts.answered(), counts.refused(), counts.failed(), seconds, histogram);
    }

    /** Requests are due at a rate; what one takes counts from when it was due, even if no connection was free then. */
    private static Seen open(ServedProcess service, LoadRequest request, int connections, int rate, Duration time)
            throws Exception {
        var threads = Executors.newFixedThreadPool(connections);
        try {
            var histogram = new ConcurrentHistogram(3);
            long begin = System.nanoTime();
            List<Callable<long[]>> calls = new ArrayList<>();
            IntStream.range(0, connections)
                    .forEach(index -> calls.add(() -> {
                        try (var connection = new LoadConnection(service.port(), request)) {
                            return send(connection, index, connections, rate, begin, begin + time.toNanos(), histogram);
                        }
                    }));
            var counts = new long[3];
            for (var done : threads.invokeAll(calls)) {
                var some = done.get();
                for (int i = 0; i < counts.length; i++) {
                    counts[i] += some[i];
                }
            }
            return new Seen(counts[0], counts[1], counts[2], (System.nanoTime() - begin) / 1e9, histogram);
        } finally {
            threads.shutdown();
        }
    }

    private static long[] send(
            LoadConnection connection,
            int index,
            int connections,
            int rate,
            long begin,
            long end,
            ConcurrentHistogram histogram)
            throws IOException, InterruptedException {
        long answered = 0;
        long refused = 0;
        long failed = 0;
        for (long i = index; ; i += connections) {
            long due = begin + i * 1_000_000_000L / rate;
            if (due >= end || System.nanoTime() >= end) {
                return new long[] {answered, refused, failed};
            }
            long early = due - System.nanoTime();
            if (early > 0 && !SPIN) {
                TimeUnit.NANOSECONDS.sleep(early);
            }
            while (System.nanoTime() < due) {
                Thread.onSpinWait();
            }
            int status = connection.send();
            if (status == 200) {
                answered++;
                histogram.recordValue((System.nanoTime() - due) / 1000);
            } else if (status == 503) {
                refused++;
            } else {
                failed++;
            }
        }
    }
}
