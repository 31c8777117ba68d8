package io.lossforge.worker;

import io.lossforge.BenchmarkedService;
import io.lossforge.Http;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * How far off the first estimates are: 20 jobs of two kinds are submitted at once to a service that knows neither, and the same again to one that
 * does. A ratio is the time that was expected until a job's start or end, divided by the time that it took.
 *
 * <p>{@code mvn -Pbenchmark test-compile exec:exec -Dbenchmark.module=worker -Dbenchmark=EstimateBenchmark}
 */
public final class EstimateBenchmark {

    private static final int JOBS = 20;

    /** What is waited for less long than this is left out: a fraction of a second more or less is no error to anyone. */
    private static final double LEAST_SECONDS = 2;

    private final Http http;

    private EstimateBenchmark(Http http) {
        this.http = http;
    }

    public static void main(String[] arguments) throws Exception {
        try (var service = new BenchmarkedService("all")) {
            var benchmark = new EstimateBenchmark(service.http());
            benchmark.run("nothing known");
            benchmark.run("both kinds known");
        }
    }

    /** What was first said of a job's start and end, and when it was said. */
    private static final class Watched {

        final UUID id;

        @Nullable Expectation start;

        @Nullable Expectation end;

        @Nullable Expectation endWhenRunning;

        @Nullable JsonNode last;

        Watched(UUID id) {
            this.id = id;
        }

        void look(JsonNode job, Instant now) {
            last = job;
            boolean waits = job.path("state").asString().equals("QUEUED");
            if (waits && start == null) {
                start = Expectation.of(job.path("estimatedStart"), now);
            }
            if (waits && end == null) {
                end = Expectation.of(job.path("estimatedEnd"), now);
            }
            if (job.path("state").asString().equals("RUNNING") && endWhenRunning == null) {
                endWhenRunning = Expectation.of(job.path("estimatedEnd"), now);
            }
        }

        boolean hasEnded() {
            return last != null
                    && Set.of("SUCCEEDED", "FAILED", "CANCELLED")
                            .contains(last.path("state").asString());
        }

        Instant time(String key) {
            return Instant.parse(
                    java.util.Objects.requireNonNull(last).path(key).asString());
        }
    }

    private record Expectation(Instant saidAt, Instant expected) {

        static @Nullable Expectation of(JsonNode time, Instant now) {
            return time.isNull() ? null : new Expectation(now, Instant.parse(time.asString()));
        }

        Stream<Double> ratio(Instant actual) {
            double took = seconds(saidAt, actual);
            return took < LEAST_SECONDS ? Stream.of() : Stream.of(seconds(saidAt, expected) / took);
        }

        private static double seconds(Instant from, Instant to) {
            return Duration.between(from, to).toMillis() / 1000.0;
        }
    }

    private void run(String what) throws InterruptedException {
        var jobs = new ArrayList<Watched>();
        for (int i = 0; i < JOBS; i++) {
            var answer = http.post("/api/v1/jobs", """
                    {"dataset": "digits", "architecture": {"name": "%s"}, "epochs": %d, "batchSize": 32, "seed": %d}""".formatted(i % 3 == 2 ? "mlp" : "lenet", 5 + i % 4 * 5, i))
                    .json();
            var job = new Watched(UUID.fromString(answer.path("id").asString()));
            job.look(answer, Instant.now());
            jobs.add(job);
        }
        while (!jobs.stream().allMatch(Watched::hasEnded)) {
            TimeUnit.MILLISECONDS.sleep(100);
            for (var job : jobs) {
                if (!job.hasEnded()) {
                    job.look(http.get("/api/v1/jobs/" + job.id).json(), Instant.now());
                }
            }
        }
        System.out.printf("%s: %d jobs%n", what, JOBS);
        report("start, while it waits", jobs, job -> job.start, "startedAt");
        report("end, while it waits", jobs, job -> job.end, "endedAt");
        report("end, first said while it runs", jobs, job -> job.endWhenRunning, "endedAt");
    }

    private static void report(
            String what, List<Watched> jobs, Function<Watched, @Nullable Expectation> expectation, String actual) {
        double[] ratios = jobs.stream()
                .flatMap(job -> {
                    var expected = expectation.apply(job);
                    return expected == null ? Stream.of() : expected.ratio(job.time(actual));
                })
                .mapToDouble(Double::doubleValue)
                .sorted()
                .toArray();
        System.out.printf(
                Locale.ROOT,
                "%-32s %2d ratios: %s%n",
                what,
                ratios.length,
                ratios.length == 0
                        ? "none"
                        : "median %.2f, half of them %.2f to %.2f, all %.2f to %.2f"
                                .formatted(
                                        ratios[ratios.length / 2],
                                        ratios[ratios.length / 4],
                                        ratios[ratios.length * 3 / 4],
                                        ratios[0],
                                        Arrays.stream(ratios).max().orElseThrow()));
    }
}
