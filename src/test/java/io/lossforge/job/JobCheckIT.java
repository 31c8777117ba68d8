package io.lossforge.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossforge.Http;
import io.lossforge.ServiceTest;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;

/** What a job would be, before there is one. */
@ServiceTest
class JobCheckIT {

    @LocalServerPort
    int port;

    private Http http;

    @BeforeEach
    void connect() {
        http = new Http(port);
    }

    private JsonNode check(String document) {
        var answer = http.post("/api/v1/jobs/check", document.replace('\'', '"'));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json();
    }

    private static long sum(JsonNode counts) {
        return StreamSupport.stream(counts.spliterator(), false)
                .mapToLong(JsonNode::asLong)
                .sum();
    }

    @Test
    void saysWhatAJobWouldTrainOnAndQueuesNothing() {
        var before = http.get("/api/v1/jobs?dataset=digits&pageSize=1").body();

        var preview = check("{'dataset':'digits','architecture':{'name':'lenet'},'classWeights':{'scheme':'inverse'},"
                + "'imbalance':{'ratio':20}}");

        assertThat(preview.path("errors")).isEmpty();
        assertThat(preview.at("/spec/dataset").asString()).isEqualTo("digits:1");
        assertThat(preview.at("/spec/name").asString()).isEqualTo("digits-softmax");
        assertThat(preview.path("classes")).hasSize(10);
        var kept = preview.path("keptCounts");
        assertThat(kept.path(0).asLong())
                .isEqualTo(preview.at("/availableCounts/0").asLong());
        assertThat(kept.path(9).asLong()).as("a twentieth of 146").isEqualTo(7);
        var training = preview.path("trainingCounts");
        assertThat(sum(training)).isLessThan(sum(kept));
        var weights = preview.path("classWeights");
        double weighted = 0;
        for (int k = 0; k < 10; k++) {
            weighted += weights.path(k).asDouble() * training.path(k).asDouble();
        }
        assertThat(weighted / sum(training))
                .as("the mean weight of the samples")
                .isBetween(0.9999, 1.0001);
        assertThat(preview.path("parameterCount").asLong())
                .as("conv 6@5×5, conv 16@5×5, linear 64→120→84→10")
                .isEqualTo(156 + 2416 + 7800 + 10164 + 850);
        assertThat(http.get("/api/v1/jobs?dataset=digits&pageSize=1").body()).isEqualTo(before);
    }

    @Test
    void saysWhatItCanWhereSomethingIsWrong() {
        var preview = check("{'dataset':'digits','batchSize':5000,'imbalance':{'profile':'explicit','counts':[1,2]}}");

        assertThat(preview.path("errors"))
                .extracting(error -> error.path("pointer").asString())
                .containsExactly("/imbalance/counts");
        assertThat(preview.path("trainingCounts").isNull()).isTrue();
        assertThat(preview.path("classWeights").isNull()).isTrue();
        assertThat(preview.path("parameterCount").asLong()).isPositive();

        var large = check("{'dataset':'digits','batchSize':5000}");
        assertThat(large.at("/errors/0/pointer").asString()).isEqualTo("/batchSize");
        assertThat(large.path("trainingCounts")).hasSize(10);
    }

    @Test
    void saysEverythingThatMakesItNoSpecification() {
        var preview = check("{'dataset':'digits','epochs':0,'loss':{'name':'focla'}}");

        assertThat(preview.path("spec").isNull()).isTrue();
        assertThat(preview.path("errors"))
                .extracting(error -> error.path("pointer").asString())
                .containsExactlyInAnyOrder("/epochs", "/loss/name");
        assertThat(check("{'dataset':'digitz'}").at("/errors/0/detail").asString())
                .contains("digits");
    }

    @Test
    void theSpecificationIsDescribedWithItsDefaults() {
        var specification = http.get("/api/v1/specification").json();

        var defaults = specification.path("defaults");
        assertThat(defaults.at("/loss/name").asString()).isEqualTo("softmax");
        assertThat(defaults.path("imbalance").isNull()).isTrue();
        var parts = specification.path("parts");
        assertThat(parts)
                .extracting(part -> part.path("pointer").asString())
                .containsExactly(
                        "",
                        "/classWeights",
                        "/earlyStopping",
                        "/imbalance",
                        "/logitAdjustment",
                        "/resources",
                        "/weightAveraging");
        for (var own : parts.path(0).path("parameters")) {
            assertThat(own.path("defaultValue"))
                    .as(own.path("name").asString())
                    .isEqualTo(defaults.path(own.path("name").asString()));
        }
        assertThat(parts.path(3).path("parameters"))
                .filteredOn(parameter -> parameter.path("name").asString().equals("ratio"))
                .singleElement()
                .satisfies(ratio -> {
                    assertThat(ratio.path("defaultValue").asDouble()).isEqualTo(100);
                    assertThat(ratio.path("minimum").asDouble()).isEqualTo(1);
                });
    }
}
