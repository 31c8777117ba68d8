package io.lossforge.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.lossforge.Http;
import io.lossforge.Http.Answer;
import io.lossforge.ServiceTest;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;

/** An experiment that a worker runs, and its report in every form. */
@ServiceTest({"lossforge.roles=all", "lossforge.data-directory=target/test-data/all"})
class ExperimentReportIT {

    @LocalServerPort
    int port;

    @Test
    void reportsWhatTheJobsCameTo() {
        var http = new Http(port);
        var submitted = http.post("/api/v1/experiments", """
                {"name": "small", "job": {"dataset": "digits", "architecture": {"name": "linear"}, "epochs": 2, "batchSize": 128},
                 "losses": [{"name": "softmax"}, {"name": "lgl-inr"}], "seeds": [1, 2]}""");
        assertThat(submitted.status()).as(submitted.body()).isEqualTo(202);
        var self = submitted.header("Location");
        assertThat(finished(http, self).path("progress").asDouble()).isEqualTo(1);

        var report = http.get(self + "/report");
        assertThat(report.status()).as(report.body()).isEqualTo(200);
        assertThat(report.json().path("succeeded").asInt()).isEqualTo(4);
        var compared = report.json().at("/settings/0/cells/1");
        assertThat(compared.at("/metrics/balancedAccuracy/count").asInt()).isEqualTo(2);
        assertThat(compared.at("/metrics/balancedAccuracy/mean").asDouble()).isBetween(0.1, 1.0);
        assertThat(compared.at("/differences/balancedAccuracy/pairs").asInt()).isEqualTo(2);
        assertThat(compared.at("/signedRank/pValue").isNull()).isTrue();
        assertThat(compared.at("/signedRank/reason").asString()).contains("needs at least 6 pairs that differ, has");
        assertThat(compared.at("/verdict/outcome").asString()).isIn("UNDECIDED", "NO_DIFFERENCE");
        assertThat(compared.at("/mcNemar")).hasSize(2);
        assertThat(compared.at("/mcNemar/0/pValue").asDouble()).isBetween(0.0, 1.0);
        double difference = compared.at("/differences/accuracy/mean").asDouble();
        assertThat((onlyOf(compared, "onlyThis") - onlyOf(compared, "onlyBaseline")) / 2 / testSamples(http, self))
                .as("mean over the seeds of what one has right more often than the other")
                .isCloseTo(difference, within(1e-9));
        assertThat(compared.at("/metrics/scaledEce/count").asInt()).isEqualTo(2);
        assertThat(compared.at("/metrics/relativeGap/mean").asDouble()).isGreaterThanOrEqualTo(1);
        assertThat(compared.at("/curves/balancedAccuracy")).hasSize(2);
        assertThat(compared.at("/confusion")).hasSize(10);
        var trained = report.json().at("/settings/0/trainingCounts");
        assertThat(trained)
                .hasSize(10)
                .allSatisfy(count -> assertThat(count.asInt()).isBetween(100, 150));
        assertThat(report.json().at("/settings/0/choice/text").asString()).startsWith("Chosen on the validation split");

        assertThat(http.get("/api/v1/models/small/versions/4").status())
                .as("every job is a version of one model")
                .isEqualTo(200);

        extendsBySeed(http, self);
        inOtherForms(http, self);
    }

    private static double onlyOf(JsonNode compared, String which) {
        return compared.at("/mcNemar/0/" + which).asDouble()
                + compared.at("/mcNemar/1/" + which).asDouble();
    }

    private static double testSamples(Http http, String self) {
        var job = http.get(self).json().at("/cells/0/runs/0/job").asString();
        return http.get("/api/v1/jobs/" + job + "/evaluation?split=test")
                .json()
                .path("count")
                .asDouble();
    }

    private static void extendsBySeed(Http http, String self) {
        assertThat(http.post(self + "/seeds", "{\"seeds\": [3]}").status()).isEqualTo(202);
        assertThat(finished(http, self).path("jobs").asInt()).isEqualTo(6);
        var report = http.get(self + "/report").json();
        assertThat(report.at("/settings/0/cells/1/differences/balancedAccuracy/pairs")
                        .asInt())
                .isEqualTo(3);

        var estimate = http.post("/api/v1/experiments", """
                {"name": "small", "job": {"dataset": "digits", "architecture": {"name": "linear"}, "epochs": 2, "batchSize": 128},
                 "seeds": [1, 2], "dryRun": true}""").json();
        assertThat(estimate.path("summary").asString()).matches("2 jobs, about \\d+ s");
    }

    private static void inOtherForms(Http http, String self) {
        var csv = http.get(self + "/report", "Accept", "text/csv");
        assertThat(csv.header("Content-Type")).startsWith("text/csv");
        assertThat(csv.body().lines().findFirst())
                .hasValueSatisfying(head -> assertThat(head).startsWith("setting,cell,label,baseline,metric"));
        assertThat(csv.body()).contains("lgl-inr,false,balancedAccuracy,3,");

        var page =
                http.get(self + "/report", "Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");
        assertThat(page.header("Content-Type")).startsWith("text/html");
        assertThat(page.body())
                .contains("<svg", "lgl-inr", "Wilcoxon")
                .doesNotContain("<script", "<link", " src=", "url(http");
        assertThat(http.get(self + "/report?format=html").body()).isEqualTo(page.body());
        assertThat(problem(http.get(self + "/report?format=pdf"), 400)).contains("known: json, csv, html");
        problem(http.get("/api/v1/experiments/00000000-0000-7000-8000-000000000000/report"), 404);
    }

    private static String problem(Answer answer, int status) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        return answer.json().path("detail").asString();
    }

    private static JsonNode finished(Http http, String self) {
        return await().atMost(Duration.ofMinutes(4))
                .pollInterval(Duration.ofMillis(300))
                .until(
                        () -> http.get(self).json(),
                        experiment -> experiment.path("state").asString().equals("SUCCEEDED"));
    }
}
