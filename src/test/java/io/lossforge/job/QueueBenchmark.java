package io.lossforge.job;

import io.lossforge.BenchmarkedService;
import io.lossforge.training.Resources.Device;
import io.lossforge.web.PageToken;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The queue in a table of 1,000,000 finished and 10,000 queued jobs: how long a claim, lists over HTTP and the reaper take, and claims per
 * second.
 *
 * <p>{@code mvn -Pbenchmark test-compile exec:exec -Dbenchmark.module=job -Dbenchmark=QueueBenchmark}
 */
public final class QueueBenchmark {

    private static final long FINISHED = BenchmarkedService.scaled(1_000_000);
    private static final long QUEUED = BenchmarkedService.scaled(10_000);
    private static final Duration LEASE = Duration.ofMinutes(10);

    /** Times that everything is asked for before anything is timed, as a service that has run for a while was. */
    private static final int WARM_UP = 60;

    /** Ids in the order of their times, as the service makes them. */
    private static final String FILL = """
            insert into training_job (id, owner, name, state, spec, dataset_version_id, dataset_name, dataset_version, device, priority,
                kind, max_attempts, created_at, queued_at, run_after, started_at, ended_at, progress, attempt)
            select uuidv7((:age - i) * interval '-1 second'), 'owner-' || i % 50, 'benchmark-' || i, :state::text,
                model.spec || jsonb_build_object('seed', i), model.dataset_version_id, model.dataset_name, model.dataset_version, 'ANY',
                i % 3, md5('kind ' || i % 20)::uuid, 3, at, at, at, case when :ended then at end, case when :ended then at + interval '1 minute' end,
                case when :ended then 1 else 0 end, case when :ended then 1 else 0 end
            from training_job model, generate_series(1, :count) i, lateral (select now() - (:age - i) * interval '1 second') times (at)
            where model.name = 'model'""";

    private static final String FILL_ATTEMPTS = """
            insert into job_attempt (job_id, number, worker, device, started_at, ended_at, end_reason)
            select id, 1, 'benchmark', 'cpu', started_at, ended_at, 'COMPLETED' from training_job where ended_at is not null""";

    private QueueBenchmark() {}

    public static void main(String[] arguments) throws Exception {
        try (var service = new BenchmarkedService()) {
            var database = service.database();
            service.bean(QueuedJobs.class).queued(json -> json.put("name", "model"));
            fill(database, "SUCCEEDED", true, FINISHED * 19 / 20, FINISHED + QUEUED);
            fill(database, "FAILED", true, FINISHED / 20, FINISHED / 20 + QUEUED);
            fill(database, "QUEUED", false, QUEUED, QUEUED);
            fillAttempts(database);
            database.sql("vacuum analyze training_job").update();
            database.sql("vacuum analyze job_attempt").update();
            System.out.printf(
                    Locale.ROOT,
                    "%,d finished and %,d queued jobs, %s with its indexes%n",
                    FINISHED,
                    QUEUED,
                    database.sql("select pg_size_pretty(pg_total_relation_size('training_job'))")
                            .query(String.class)
                            .single());
            workers(service);
            var lists = lists(database);
            for (int i = 0; i < WARM_UP; i++) {
                lists.values().forEach(service.http()::get);
            }
            lists.forEach((what, path) -> service.report(what, path.contains("pageSize=500") ? 40 : 100, path));
            var outlook = service.bean(QueueOutlook.class);
            var anew = lists.entrySet().stream()
                    .filter(list -> list.getKey().contains("position"))
                    .toList();
            for (var list : anew) {
                var http = service.http();
                service.report(list.getKey() + ", looked up anew", 100, () -> {
                    outlook.forget();
                    http.get(list.getValue());
                });
            }
            lists.forEach(service::explain);
            service.explain("the queue looked up anew", () -> {
                outlook.forget();
                service.http().get(anew.get(0).getValue());
            });
            var reaper = service.bean(JobReaper.class);
            Runnable reap = () -> {
                reaper.endLostLeases();
                reaper.endMissedDeadlines();
            };
            service.report("reaper, both looks", 100, reap);
            service.explain("reaper, both looks", reap);
            var queue = service.bean(JobQueue.class);
            var worker = UUID.randomUUID();
            Runnable claim = () -> queue.claim(worker, "benchmark", Device.CPU, LEASE);
            service.report("claim", 200, claim);
            service.explain("claim", claim);
            for (int claimers : new int[] {1, 4, 16}) {
                claims(queue, claimers);
                database.sql(
                                "update training_job set state = 'QUEUED', claimed_by = null, lease_until = null where state = 'STARTING'")
                        .update();
                database.sql("vacuum analyze training_job").update();
            }
        }
    }

    static void fillAttempts(JdbcClient database) {
        database.sql(FILL_ATTEMPTS).update();
    }

    /** Many jobs like the one that is called model. */
    static void fill(JdbcClient database, String state, boolean ended, long count, long age) {
        database.sql(FILL)
                .param("state", state)
                .param("ended", ended)
                .param("count", count)
                .param("age", age)
                .update();
    }

    /** Two workers that are busy, so that there is something to expect of the queue. */
    private static void workers(BenchmarkedService service) {
        for (int i = 0; i < 2; i++) {
            var worker = UUID.randomUUID();
            service.bean(Workers.class).announce(worker, "benchmark", 1, 0, List.of(), Duration.ofHours(1));
            service.bean(JobQueue.class).claim(worker, "benchmark", Device.CPU, Duration.ofHours(1));
        }
    }

    /** Paths by what they list. */
    private static Map<String, String> lists(JdbcClient database) {
        var dataset = database.sql("select dataset_name from training_job where name = 'model'")
                .query(String.class)
                .single();
        var jobs = "/api/v1/jobs";
        var lists = new LinkedHashMap<String, String>();
        lists.put("first page, with positions", jobs);
        lists.put("500 of the first page", jobs + "?pageSize=500");
        var middle = database.sql("select id from training_job order by id offset :half limit 1")
                .param("half", FINISHED / 2)
                .query(UUID.class)
                .single();
        lists.put("page after half of all", jobs + "?pageToken=" + PageToken.encode(middle.toString()));
        for (var filter : List.of(
                "state=QUEUED",
                "state=FAILED",
                "state=PAUSED",
                "state=RUNNING&state=STARTING&state=QUEUED",
                "state=SUCCEEDED&orderBy=createdAt%20asc",
                "dataset=" + dataset,
                "dataset=" + dataset + "&state=FAILED",
                "dataset=" + dataset + "&state=PAUSED",
                "dataset=" + dataset + ":2",
                "experiment=" + UUID.randomUUID())) {
            lists.put(filter, jobs + "?" + filter);
        }
        var last = database.sql("select id from training_job where state = 'QUEUED' order by id desc limit 1")
                .query(UUID.class)
                .single();
        lists.put("one queued job, with its position", jobs + "/" + last);
        return lists;
    }

    private static void claims(JobQueue queue, int claimers) throws Exception {
        var threads = Executors.newFixedThreadPool(claimers);
        try {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(4);
            Callable<Integer> claim = () -> {
                var worker = UUID.randomUUID();
                int count = 0;
                while (System.nanoTime() < end
                        && queue.claim(worker, "benchmark", Device.CPU, LEASE).isPresent()) {
                    count++;
                }
                return count;
            };
            long start = System.nanoTime();
            int total = 0;
            for (var count : threads.invokeAll(Collections.nCopies(claimers, claim))) {
                total += count.get();
            }
            System.out.printf(
                    Locale.ROOT, "%2d claimers: %,.0f claims/s%n", claimers, total * 1e9 / (System.nanoTime() - start));
        } finally {
            threads.shutdown();
        }
    }
}
