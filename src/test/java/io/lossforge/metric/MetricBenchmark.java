package io.lossforge.metric;

import io.lossforge.BenchmarkedService;
import io.lossforge.job.QueuedJobs;
import io.lossforge.metric.MetricPoints.NewPoint;
import io.lossforge.training.MetricPoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Metric points: 10,000,000 of them, those of four jobs coming in at a time in batches of 1,000: points per second, bytes of a point, and how long
 * a curve takes over HTTP.
 *
 * <p>{@code mvn -Pbenchmark test-compile exec:exec -Dbenchmark.module=metric -Dbenchmark=MetricBenchmark}
 */
public final class MetricBenchmark {

    private static final int WRITERS = 4;
    private static final int BATCH = 1_000;
    private static final long POINTS = BenchmarkedService.scaled(10_000_000);
    private static final int POINTS_PER_JOB = 10_000;
    private static final int POINTS_OF_LONG_JOB = 100_000;
    private static final List<String> NAMES = List.of("loss", "accuracy", "balanced_accuracy", "rate", "norm");

    private final MetricPoints metrics;
    private final TransactionTemplate transaction;

    private MetricBenchmark(BenchmarkedService service) {
        metrics = service.bean(MetricPoints.class);
        transaction = service.bean(TransactionTemplate.class);
    }

    public static void main(String[] arguments) throws Exception {
        try (var service = new BenchmarkedService()) {
            new MetricBenchmark(service).run(service);
        }
    }

    private void run(BenchmarkedService service) throws Exception {
        var jobs = new ArrayList<UUID>();
        for (int i = 0; i < 2; i++) {
            jobs.add(service.bean(QueuedJobs.class).queued());
        }
        long start = System.nanoTime();
        write(jobs.get(0), POINTS_PER_JOB);
        write(jobs.get(1), POINTS_OF_LONG_JOB);
        long others = (POINTS - POINTS_PER_JOB - POINTS_OF_LONG_JOB) / POINTS_PER_JOB;
        var threads = Executors.newFixedThreadPool(WRITERS);
        try {
            var tasks = new ArrayList<Callable<Void>>();
            for (long i = 0; i < others; i++) {
                tasks.add(() -> {
                    var job = service.database()
                            .sql("select uuidv7()") // ordered by time, as those of real jobs are
                            .query(UUID.class)
                            .single();
                    write(job, POINTS_PER_JOB);
                    return null;
                });
            }
            for (var task : threads.invokeAll(tasks)) {
                task.get();
            }
        } finally {
            threads.shutdown();
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        var database = service.database();
        long count = database.sql("select count(*) from metric_point")
                .query(Long.class)
                .single();
        System.out.printf(Locale.ROOT, "%,d points stored, %,.0f points/s%n", count, count / seconds);
        for (var relation : List.of("metric_point", "metric_point_pkey")) {
            long bytes = database.sql("select pg_table_size(cast(:relation as regclass))")
                    .param("relation", relation)
                    .query(Long.class)
                    .single();
            System.out.printf(Locale.ROOT, "%s: %.1f bytes/point%n", relation, (double) bytes / count);
        }
        database.sql("analyze metric_point").update();
        for (var job : jobs) {
            var path = "/api/v1/jobs/" + job + "/metrics";
            var what = job.equals(jobs.get(0)) ? "10,000 points" : "100,000 points";
            service.report("a curve of five, " + what + ", all", 50, path + "?name=loss&split=train");
            service.report(
                    "a curve of five, " + what + ", at most 1,000", 50, path + "?name=loss&split=train&maxPoints=1000");
            service.report("the five curves, " + what + ", at most 1,000", 50, path + "?maxPoints=1000");
        }
    }

    private void write(UUID job, int points) {
        for (int first = 0; first < points; first += BATCH) {
            var batch = new ArrayList<NewPoint>(BATCH);
            for (int i = first; i < first + BATCH; i++) {
                int step = i / NAMES.size();
                batch.add(new NewPoint(
                        i + 1L,
                        new MetricPoint(
                                "train", NAMES.get(i % NAMES.size()), step / 500 + 1, step, Math.sin(i) / (1 + step)),
                        i % 1_000));
            }
            transaction.executeWithoutResult(status -> metrics.insert(job, batch));
        }
    }
}
