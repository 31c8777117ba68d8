package io.lossforge.page;

import com.microsoft.playwright.Page;
import io.lossforge.BenchmarkedService;
import io.lossforge.job.ClaimedJobs;
import io.lossforge.job.EndReason;
import io.lossforge.job.QueuedJobs;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

/**
 * What pages weigh, when something is seen of them, and how long the browser is busy at a stretch while they live: of a service with 1,000 jobs
 * that wait and one with 1,000,000 metric points.
 *
 * <p>{@code mvn -Pbenchmark test-compile exec:exec -Dbenchmark.module=page -Dbenchmark=PageBenchmark}
 */
public final class PageBenchmark {

    private static final int JOBS = 1_000;
    private static final long POINTS = BenchmarkedService.scaled(1_000_000);
    private static final int WATCHED_MS = 6_000;

    /** Counts what keeps the browser from drawing for longer than 50 ms, and the bytes that came over the network. */
    private static final String WATCH = """
            () => {
              window.busy = [];
              new PerformanceObserver(list => list.getEntries().forEach(entry => window.busy.push(entry.duration)))
                .observe({type: 'longtask', buffered: true});
            }""";

    private static final String MEASURES = """
            () => ({
              painted: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? -1,
              answered: performance.getEntriesByType('navigation')[0].responseEnd,
              bytes: [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')
                .filter(entry => !entry.name.includes('/api/'))].reduce((sum, entry) => sum + entry.transferSize, 0),
              data: performance.getEntriesByType('resource').filter(entry => entry.name.includes('/api/'))
                .reduce((sum, entry) => sum + entry.transferSize, 0),
              busy: Math.max(0, ...window.busy),
            })""";

    private PageBenchmark() {}

    public static void main(String[] arguments) throws Exception {
        try (var service = new BenchmarkedService();
                var browser = Chromium.Running.start()) {
            var queued = service.bean(QueuedJobs.class);
            var job = queued.queued();
            var claim = queued.running(job);
            points(service, job);
            service.bean(ClaimedJobs.class).ended(claim, EndReason.DIVERGED, "for the benchmark");
            for (int i = 0; i < JOBS; i++) {
                queued.queued();
            }
            for (int round = 0; round < 3; round++) {
                for (var path : new String[] {"/", "/jobs", "/jobs/" + job}) {
                    try (var context = browser.browser().newContext()) { // nothing is kept from the page before
                        measure(context.newPage(), "http://localhost:%d%s".formatted(service.port(), path));
                    }
                }
            }
        }
    }

    private static void points(BenchmarkedService service, UUID job) {
        service.database().sql("""
                        insert into metric_name (split, name) values ('train', 'loss') on conflict do nothing""").update();
        service.database().sql("""
                        insert into metric_point (job_id, sequence, step, value, at, epoch, metric_id)
                        select :job, i, i, 1 / sqrt(i) + random() / 100, now(), 1,
                            (select id from metric_name where split = 'train' and name = 'loss')
                        from generate_series(1, :points) as i""").param("job", job).param("points", POINTS).update();
        service.database()
                .sql("update training_job set last_sequence = :points where id = :job")
                .param("job", job)
                .param("points", POINTS)
                .update();
    }

    private static void measure(Page page, String address) {
        page.addInitScript("(%s)()".formatted(WATCH));
        page.navigate(address);
        page.waitForTimeout(WATCHED_MS);
        var measured = (Map<?, ?>) page.evaluate(MEASURES);
        System.out.printf(
                Locale.ROOT,
                "%-48s answered %5.0f ms  painted %5.0f ms  page %4.0f kB  data %5.0f kB  busy at most %4.0f ms%n",
                address.replaceFirst("http://[^/]+", ""),
                number(measured.get("answered")),
                number(measured.get("painted")),
                number(measured.get("bytes")) / 1000,
                number(measured.get("data")) / 1000,
                number(measured.get("busy")));
    }

    private static double number(Object value) {
        return ((Number) value).doubleValue();
    }
}
