package io.lossforge.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossforge.Http;
import io.lossforge.Http.Answer;
import io.lossforge.ServiceTest;
import io.lossforge.job.QueuedJobs;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** Experiments as entries of the queue; no worker takes them. */
@ServiceTest
class ExperimentsIT {

    private static final String EXPERIMENTS = "/api/v1/experiments";

    @LocalServerPort
    int port;

    @Autowired
    QueuedJobs given;

    @Autowired
    JdbcClient database;

    private Http http;
    private String dataset;

    @BeforeEach
    void start() {
        http = new Http(port);
        dataset = given.registeredDataset();
        given.emptyQueue();
    }

    @Test
    void jobsAreOrdinaryJobsOfTheQueue() {
        var answer = submit("""
                {"name": "losses", "job": {"dataset": "%s", "epochs": 2, "name": "is replaced"},
                 "losses": [{"name": "softmax"}, {"name": "lgl-inr"}], "classWeights": [{"scheme": "none"}, {"scheme": "inverse"}],
                 "seeds": [1, 2, 3]}""");

        assertThat(answer.status()).as(answer.body()).isEqualTo(202);
        var self = EXPERIMENTS + "/" + answer.json().path("id").asString();
        assertThat(answer.header("Location")).isEqualTo(self);
        assertThat(answer.json().path("jobs").asInt()).isEqualTo(12);
        assertThat(answer.json().path("summary").asString()).isEqualTo("12 jobs, duration not known");
        assertThat(answer.json().path("estimateReason").asString())
                .contains("no finished job has the same dataset version");

        var experiment = http.get(self).json();
        assertThat(experiment.path("state").asString()).isEqualTo("QUEUED");
        assertThat(experiment.at("/states/QUEUED").asInt()).isEqualTo(12);
        assertThat(experiment.path("progress").asDouble()).isZero();
        assertThat(experiment.path("cells")).hasSize(4);
        assertThat(experiment.at("/cells/0/isBaseline").asBoolean()).isTrue();
        assertThat(experiment.at("/cells/3/label").asString()).isEqualTo("lgl-inr · weights inverse");
        assertThat(experiment.at("/cells/3/runs")).hasSize(3);

        var jobs = http.get(experiment.at("/links/jobs").asString()).json().path("jobs");
        assertThat(jobs).hasSize(12).allSatisfy(job -> {
            assertThat(job.at("/spec/model").asString()).isEqualTo("losses");
            assertThat(job.at("/spec/dataset").asString()).isEqualTo(dataset + ":1");
        });
        var one = http.get(
                        "/api/v1/jobs/" + experiment.at("/cells/3/runs/1/job").asString())
                .json();
        assertThat(one.path("name").asString()).isEqualTo("losses/3 seed 2");
        assertThat(one.at("/spec/seed").asInt()).isEqualTo(2);
        assertThat(one.at("/spec/classWeights/scheme").asString()).isEqualTo("inverse");

        var listed = http.get(EXPERIMENTS + "?pageSize=1").json();
        assertThat(listed.at("/experiments/0/id").asString())
                .isEqualTo(experiment.path("id").asString());
        assertThat(listed.at("/experiments/0/jobs").asInt()).isEqualTo(12);
    }

    @Test
    void dryRunCountsAndQueuesNothing() {
        var answer = submit("""
                {"name": "dry", "job": {"dataset": "%s"}, "losses": [{"name": "softmax"}, {"name": "logistic"}],
                 "seeds": [1, 2, 3, 4, 5, 6], "dryRun": true}""");

        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.header("Location")).isEmpty();
        assertThat(answer.json().path("jobs").asInt()).isEqualTo(12);
        assertThat(answer.json().path("id").isNull()).isTrue();
        assertThat(answer.json().path("warnings")).isEmpty();
        assertThat(jobsInQueue()).isZero();
    }

    @Test
    void dryRunSaysWhatTooFewSeedsWillNotShow() {
        assertThat(warning("[1, 2]")).contains("2 of them make 2 pairs").contains("undecided");
        assertThat(warning("[1, 2, 3, 4, 5, 6]"))
                .contains("no p value of 2 comparisons")
                .contains("7 are enough");
    }

    private String warning(String seeds) {
        return submit("""
                {"name": "few", "job": {"dataset": "%s"}, "dryRun": true, "seeds": SEEDS,
                 "losses": [{"name": "softmax"}, {"name": "logistic"}, {"name": "focal"}]}""".replace("SEEDS", seeds)).json().at("/warnings/0").asString();
    }

    @Test
    void estimateComesFromFinishedJobsOfLikeKind() {
        var first = submit("""
                {"name": "first", "job": {"dataset": "%s", "epochs": 10}}""");
        var job = UUID.fromString(http.get(first.header("Location"))
                .json()
                .at("/cells/0/runs/0/job")
                .asString());
        finished(job, 30);

        var answer = submit("""
                {"name": "second", "job": {"dataset": "%s", "epochs": 20}, "losses": [{"name": "softmax"}, {"name": "logistic"}],
                 "seeds": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20], "dryRun": true}""");

        assertThat(answer.json().path("summary").asString()).isEqualTo("40 jobs, about 40 min");
        assertThat(answer.json().path("estimatedDuration").asString()).isEqualTo("PT40M");
        assertThat(answer.json().path("estimateReason").isNull()).isTrue();
    }

    @Test
    void sameKeyIsTheSameExperiment() {
        var document = """
                {"name": "once", "job": {"dataset": "%s"}, "seeds": [1, 2]}""".formatted(dataset);
        var key = UUID.randomUUID().toString();

        var first = http.post(EXPERIMENTS, document, "Idempotency-Key", key);
        var again = http.post(EXPERIMENTS, document, "Idempotency-Key", key);

        assertThat(again.json().path("id")).isEqualTo(first.json().path("id"));
        assertThat(jobsInQueue()).isEqualTo(2);
    }

    @Test
    void cancelledThenResumedThenExtended() {
        var self = submit("""
                        {"name": "steered", "job": {"dataset": "%s"}, "losses": [{"name": "softmax"}, {"name": "logistic"}],
                         "seeds": [1, 2]}""").header("Location");
        var done =
                UUID.fromString(http.get(self).json().at("/cells/0/runs/0/job").asString());
        finished(done, 1);

        var cancelled = http.post(self + "/cancel");
        assertThat(cancelled.status()).isEqualTo(202);
        assertThat(cancelled.json().path("state").asString()).isEqualTo("CANCELLED");
        assertThat(cancelled.json().at("/states/CANCELLED").asInt()).isEqualTo(3);
        assertThat(http.post(self + "/cancel").status()).as("again is fine").isEqualTo(202);

        var deleted = cancelled.json().at("/cells/1/runs/1/job").asString();
        assertThat(http.delete("/api/v1/jobs/" + deleted).status()).isEqualTo(204);
        var resumed = http.post(self + "/resume").json();
        assertThat(resumed.path("state").asString()).isEqualTo("RUNNING");
        assertThat(resumed.at("/states/QUEUED").asInt()).isEqualTo(3);
        assertThat(resumed.at("/states/SUCCEEDED").asInt()).isEqualTo(1);
        assertThat(resumed.at("/cells/1/runs/1/job").asString()).as("made anew").isNotEqualTo(deleted);

        var extended = http.post(self + "/seeds", "{\"seeds\": [2, 7]}");
        assertThat(extended.status()).as(extended.body()).isEqualTo(202);
        assertThat(extended.json().path("seeds")).extracting(JsonNode::asInt).containsExactly(1, 2, 7);
        assertThat(extended.json().path("jobs").asInt()).isEqualTo(6);
        assertThat(extended.json().at("/cells/1/runs/2/seed").asInt()).isEqualTo(7);
        var again = http.post(self + "/seeds", "{\"seeds\": [2, 7]}").json();
        assertThat(again.path("cells")).isEqualTo(extended.json().path("cells"));
    }

    @Test
    void deletedWithItsJobsOnceItHasEnded() {
        var self = submit("""
                        {"name": "deleted", "job": {"dataset": "%s"}, "seeds": [1, 2]}""").header("Location");
        var job = http.get(self).json().at("/cells/0/runs/0/job").asString();

        assertThat(http.delete(self).status()).isEqualTo(409);
        http.post(self + "/cancel");
        assertThat(http.delete(self).status()).isEqualTo(204);
        assertThat(http.get(self).status()).isEqualTo(404);
        assertThat(http.get("/api/v1/jobs/" + job).status()).isEqualTo(404);
    }

    @Test
    void whatIsWrongInACombinationIsShownWhereItIsListed() {
        assertRefused(400, """
                {"name": "wrong", "job": {"dataset": "%s"}, "losses": [{"name": "softmax"}, {"name": "focla"}]}""", "/losses/1/name");
        assertRefused(400, """
                {"name": "wrong", "job": {"dataset": "%s"}, "losses": [{"name": "lgl-inr", "parameters": {"beta": -1}}]}""", "/losses/0/parameters/beta");
        assertRefused(422, """
                {"name": "wrong", "job": {"dataset": "%s"},
                 "classWeights": [{"scheme": "none"}, {"scheme": "explicit", "values": [1, 2, 3]}]}""", "/classWeights/1");
        assertRefused(400, """
                {"name": "wrong", "job": {"dataset": "%s"}, "vary": {"/optimzer/parameters/learningRate": [0.1, 0.2]}}""", "/vary/~1optimzer~1parameters~1learningRate/0");
        assertRefused(422, """
                {"name": "wrong", "job": {"dataset": "%s", "batchSize": 5000}, "seeds": [1, 2]}""", "/job/batchSize");
        assertRefused(422, """
                {"name": "wrong", "job": {"dataset": "no-such-%s"}, "seeds": [1, 2]}""", "/job/dataset");
        assertThat(jobsInQueue()).isZero();
    }

    @Test
    void sameJobTwiceIsRefused() {
        assertRefused(422, """
                {"name": "twice", "job": {"dataset": "%s"},
                 "losses": [{"name": "lgl-inr"}, {"name": "lgl-inr", "parameters": {"beta": 1.0}}]}""", "/losses/1");
        assertRefused(400, """
                {"name": "twice", "job": {"dataset": "%s"}, "seeds": [3, 3]}""", "/seeds/1");
    }

    @Test
    void aMillionCombinationsAreRefused() {
        var hundred =
                IntStream.rangeClosed(1, 100).mapToObj(String::valueOf).collect(Collectors.joining(",", "[", "]"));

        var answer = submit("{\"name\": \"million\", \"job\": {\"dataset\": \"%s\"}, \"seeds\": " + hundred
                + ", \"vary\": {\"/epochs\": " + hundred + ", \"/batchSize\": " + hundred + "}}");

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.json().path("code").asString()).isEqualTo("too-many-jobs");
        assertThat(answer.json().path("detail").asString()).contains("1,000,000 jobs");
    }

    private Answer submit(String document) {
        return http.post(EXPERIMENTS, document.replace("%s", dataset));
    }

    private void assertRefused(int status, String document, String pointer) {
        var answer = submit(document);
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.json().path("errors"))
                .as(answer.body())
                .extracting(error -> error.path("pointer").asString())
                .contains(pointer);
    }

    private long jobsInQueue() {
        return database.sql("select count(*) from training_job where state = 'QUEUED'")
                .query(Long.class)
                .single();
    }

    /** As a worker would leave it after so many seconds. */
    private void finished(UUID job, int seconds) {
        given.running(job);
        database.sql("""
                        update job_attempt set started_at = now() - :seconds * interval '1 second', ended_at = now(), end_reason = 'completed'
                        where job_id = :job""").param("seconds", seconds).param("job", job).update();
        database.sql("""
                        update training_job set state = 'SUCCEEDED', progress = 1, ended_at = now(), claimed_by = null, lease_until = null
                        where id = :job""").param("job", job).update();
    }
}
