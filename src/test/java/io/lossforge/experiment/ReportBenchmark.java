package io.lossforge.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lossforge.Http;
import io.lossforge.ServiceTest;
import java.time.Duration;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * How long the report of a large experiment takes. One job is run; its evaluations, analyses and metric points are copied to all jobs of a
 * large experiment, their balanced accuracies and the samples they have right changed at random.
 *
 * <p>{@code mvn verify -Dtest=None -Dsurefire.failIfNoSpecifiedTests=false -Dit.test=ReportBenchmark -Dfailsafe.failIfNoSpecifiedTests=false}
 */
@ServiceTest({"lossforge.roles=all", "lossforge.data-directory=target/test-data/all"})
class ReportBenchmark {

    private static final int SEEDS = 6;
    private static final int REQUESTS = 5;

    @LocalServerPort
    int port;

    @Autowired
    JdbcClient database;

    @Test
    void reportsOfLargeExperiments() {
        var http = new Http(port);
        var job = succeeded(http);
        for (int cells : new int[] {50, 500, 1_666}) {
            measure(http, filled(http, job, cells), cells);
        }
    }

    private void measure(Http http, String self, int cells) {
        for (var format : new String[] {"json", "html"}) {
            var times = new double[REQUESTS];
            int length = 0;
            for (int i = 0; i < REQUESTS; i++) {
                long begin = System.nanoTime();
                var answer = http.get(self + "/report?format=" + format);
                times[i] = (System.nanoTime() - begin) / 1e9;
                assertThat(answer.status()).isEqualTo(200);
                length = answer.body().length();
            }
            System.out.printf(
                    "%,d jobs in %,d combinations, %s: first %.2f s, then %s; %.1f million characters%n",
                    cells * SEEDS,
                    cells,
                    format,
                    times[0],
                    IntStream.range(1, REQUESTS)
                            .mapToObj(i -> "%.2f".formatted(times[i]))
                            .collect(Collectors.joining(", ")),
                    length / 1e6);
        }
        var report = http.get(self + "/report").json();
        assertThat(report.path("succeeded").asInt()).isEqualTo(cells * SEEDS);
        assertThat(report.at("/settings/0/cells/1/differences/balancedAccuracy/pairs")
                        .asInt())
                .isEqualTo(SEEDS);
        assertThat(report.at("/settings/0/cells/1/curves/loss")).hasSize(20);
    }

    /** The only job that is trained. */
    private static UUID succeeded(Http http) {
        var self = http.post("/api/v1/experiments", """
                        {"name": "one", "job": {"dataset": "digits", "architecture": {"name": "linear"}, "epochs": 20}}""").header("Location");
        var experiment = await().atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(300))
                .until(
                        () -> http.get(self).json(),
                        answer -> answer.path("state").asString().equals("SUCCEEDED"));
        return UUID.fromString(experiment.at("/cells/0/runs/0/job").asString());
    }

    /** An experiment whose jobs are done, most of them before a worker gets at them. */
    private String filled(Http http, UUID job, int cells) {
        var rates = IntStream.rangeClosed(1, cells / 2)
                .mapToObj(i -> "0.%05d".formatted(i))
                .collect(Collectors.joining(","));
        var seeds = IntStream.rangeClosed(1, SEEDS).mapToObj(String::valueOf).collect(Collectors.joining(","));
        var submitted = http.post("/api/v1/experiments", """
                {"name": "large-%d", "job": {"dataset": "digits", "architecture": {"name": "linear"}, "optimizer": {"name": "adam"},
                  "epochs": 20},
                 "losses": [{"name": "softmax"}, {"name": "logistic"}], "seeds": [%s],
                 "vary": {"/optimizer/parameters/learningRate": [%s]}}""".formatted(cells, seeds, rates));
        assertThat(submitted.status()).as(submitted.body()).isEqualTo(202);
        var self = submitted.header("Location");
        var experiment = UUID.fromString(self.substring(self.lastIndexOf('/') + 1));
        await().atMost(Duration.ofMinutes(2)).until(() -> endQueued(experiment) == 0 && unfinished(experiment) == 0);
        copy(experiment, job);
        return self;
    }

    private int endQueued(UUID experiment) {
        return database.sql("""
                        update training_job set state = 'SUCCEEDED', progress = 1, ended_at = now()
                        where experiment_id = ? and state = 'QUEUED'""").param(experiment).update();
    }

    private long unfinished(UUID experiment) {
        return database.sql("select count(*) from training_job where experiment_id = ? and state <> 'SUCCEEDED'")
                .param(experiment)
                .query(Long.class)
                .single();
    }

    private void copy(UUID experiment, UUID job) {
        for (var statement : new String[] {"""
            insert into job_evaluation (job_id, split, evaluation)
            select training_job.id, split,
                jsonb_set(evaluation, '{balancedAccuracy}', to_jsonb(0.5 + 0.4 * random()))
            from training_job, job_evaluation where experiment_id = :experiment and job_id = :job
            on conflict do nothing""", """
            insert into job_analysis (job_id, split, analysis)
            select training_job.id, split, analysis
            from training_job, job_analysis where experiment_id = :experiment and job_id = :job
            on conflict do nothing""", """
            insert into job_output (job_id, key, sha256, bytes, test_correct)
            select training_job.id, key, sha256, bytes, (
                select decode(string_agg(md5(training_job.id::text || part), ''), 'hex') from generate_series(1, 78) as part)
            from training_job, job_output where experiment_id = :experiment and job_id = :job
            on conflict do nothing""", """
            insert into metric_point (job_id, sequence, step, value, at, epoch, metric_id)
            select training_job.id, sequence, metric_point.step, value, at, metric_point.epoch, metric_id
            from training_job, metric_point where experiment_id = :experiment and job_id = :job
            on conflict do nothing"""}) {
            database.sql(statement)
                    .param("experiment", experiment)
                    .param("job", job)
                    .update();
        }
        database.sql("analyze").update();
        System.out.printf(
                "%,d metric points per job%n",
                database.sql("select count(*) from metric_point where job_id = ?")
                        .param(job)
                        .query(Long.class)
                        .single());
    }
}
