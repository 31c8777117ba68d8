package io.lossforge.metric;

import io.lossforge.BenchmarkedService;
import io.lossforge.job.ClaimedJobs;
import io.lossforge.job.EndReason;
import io.lossforge.job.QueuedJobs;
import java.util.Arrays;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What deleting a job of 1,000,000 metric points takes: until the answer, until the last point is gone, and the longest of the transactions that
 * take them away.
 *
 * <p>{@code mvn -Pbenchmark test-compile exec:exec -Dbenchmark.module=metric -Dbenchmark=DeletionBenchmark}
 */
public final class DeletionBenchmark {

    private static final long POINTS = BenchmarkedService.scaled(1_000_000);
    private static final int RUNS = 5;

    private DeletionBenchmark() {}

    public static void main(String[] arguments) throws Exception {
        try (var service = new BenchmarkedService()) {
            for (int run = 0; run < RUNS; run++) {
                deletion(service);
            }
        }
    }

    private static void deletion(BenchmarkedService service) throws InterruptedException {
        var given = service.bean(QueuedJobs.class);
        var job = given.queued();
        service.bean(ClaimedJobs.class).ended(given.running(job), EndReason.DIVERGED, "for the benchmark");
        var database = service.database();
        database.sql("""
                        insert into metric_name (split, name) values ('train', 'loss') on conflict do nothing""").update();
        database.sql("""
                        insert into metric_point (job_id, sequence, step, value, at, epoch, metric_id)
                        select :job, i, i, 1.0 / i, now(), 1, (select id from metric_name where split = 'train' and name = 'loss')
                        from generate_series(1, :points) as i""").param("job", job).param("points", POINTS).update();
        var http = service.http();
        long start = System.nanoTime();
        int status = http.delete("/api/v1/jobs/" + job).status();
        double answered = (System.nanoTime() - start) / 1e6;
        var batches = batches(database, job);
        System.out.printf(
                Locale.ROOT,
                "%,d points: %d after %.0f ms; all gone after %.2f s, in %d transactions, the longest about %.0f ms%n",
                POINTS,
                status,
                answered,
                (System.nanoTime() - start) / 1e9,
                batches.length,
                batches.length == 0 ? 0 : batches[batches.length - 1]);
    }

    /** Milliseconds between the ends of the transactions, ascending; each is seen within 2 ms. */
    private static double[] batches(JdbcClient database, UUID job) throws InterruptedException {
        var times = new double[(int) POINTS];
        int count = 0;
        long last = -1;
        long end = System.nanoTime();
        while (true) {
            var after = database.sql("select after from metric_leaving where job_id = :job")
                    .param("job", job)
                    .query(Long.class)
                    .optional();
            if (after.isEmpty() || after.get() != last) {
                times[count++] = (System.nanoTime() - end) / 1e6;
                end = System.nanoTime();
            }
            if (after.isEmpty()) {
                return Arrays.stream(times, 1, count).sorted().toArray();
            }
            last = after.get();
            TimeUnit.MILLISECONDS.sleep(1);
        }
    }
}
