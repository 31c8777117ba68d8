package io.lossforge.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.lossforge.catalogue.InvalidDocument;
import io.lossforge.catalogue.Violation;
import io.lossforge.job.JobState;
import io.lossforge.web.ApiException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class DesignTests {

    private static final JsonMapper JSON = JsonMapper.shared();

    @Test
    void expandsEveryCombinationLastAxisFastest() {
        var design = read("""
                {"name": "e", "job": {"dataset": "digits", "epochs": 3},
                 "losses": [{"name": "softmax"}, {"name": "lgl-inr", "parameters": {"beta": 5}}],
                 "classWeights": [{"scheme": "none"}, {"scheme": "inverse"}],
                 "seeds": [4, 5, 6],
                 "vary": {"/optimizer/parameters/learningRate": [0.1, 0.2]}}""");

        assertThat(design.cells()).isEqualTo(8);
        assertThat(design.jobs()).isEqualTo(24);
        assertThat(IntStream.range(0, 8).mapToObj(design::label))
                .containsExactly(
                        "softmax · weights none · learningRate 0.1",
                        "softmax · weights none · learningRate 0.2",
                        "softmax · weights inverse · learningRate 0.1",
                        "softmax · weights inverse · learningRate 0.2",
                        "lgl-inr (beta 5) · weights none · learningRate 0.1",
                        "lgl-inr (beta 5) · weights none · learningRate 0.2",
                        "lgl-inr (beta 5) · weights inverse · learningRate 0.1",
                        "lgl-inr (beta 5) · weights inverse · learningRate 0.2");
        assertThat(JSON.readTree(design.document(7).toString())).isEqualTo(JSON.readTree("""
                {"dataset": "digits", "epochs": 3, "seed": 4, "model": "e",
                 "loss": {"name": "lgl-inr", "parameters": {"beta": 5}}, "classWeights": {"scheme": "inverse"},
                 "optimizer": {"parameters": {"learningRate": 0.2}}}"""));
    }

    @Test
    void comparesOnEqualDataOnly() {
        var design = read("""
                {"name": "e", "job": {"dataset": "digits"},
                 "losses": [{"name": "softmax"}, {"name": "logistic"}],
                 "imbalance": [null, {"profile": "exponential", "ratio": 10}],
                 "baseline": {"/loss": 1}}""");

        assertThat(IntStream.range(0, 4).map(design::baselineOf)).containsExactly(1, 1, 3, 3);
        assertThat(IntStream.range(0, 4).mapToObj(design::setting))
                .containsExactly(
                        "imbalance none",
                        "imbalance none",
                        "imbalance exponential (ratio 10)",
                        "imbalance exponential (ratio 10)");
    }

    @Test
    void aNestedFieldIsVariedWithinAListedOne() {
        var design = read("""
                {"name": "e", "job": {"dataset": "digits"}, "losses": [{"name": "lgl-inr"}],
                 "vary": {"/loss/parameters/beta": [0, 1]}}""");

        assertThat(design.document(1).at("/loss/parameters/beta").asInt()).isEqualTo(1);
        assertThat(design.axes().get(0).values().get(0).has("parameters"))
                .as("the list itself stays as it was")
                .isFalse();
        assertThat(design.source(1, "/loss/parameters/beta")).isEqualTo("/vary/~1loss~1parameters~1beta/1");
        assertThat(design.source(1, "/loss/name")).isEqualTo("/losses/0/name");
        assertThat(design.source(1, "/batchSize")).isEqualTo("/job/batchSize");
    }

    @Test
    void withoutListsItIsOneJob() {
        var design = read("""
                {"name": "e", "job": {"dataset": "digits", "seed": 9, "model": "m", "name": "n"}}""");

        assertThat(design.jobs()).isEqualTo(1);
        assertThat(design.label(0)).isEqualTo("softmax");
        assertThat(JSON.readTree(design.document(0).toString())).isEqualTo(JSON.readTree("""
                {"dataset": "digits", "seed": 9, "model": "m"}"""));
    }

    @Test
    void tooManyCombinationsAreRefusedBeforeAnyIsMade() {
        var hundred = IntStream.range(0, 100).mapToObj(String::valueOf).collect(Collectors.joining(",", "[", "]"));
        var refused = catchThrowableOfType(ApiException.class, () -> read("""
                {"name": "e", "job": {"dataset": "digits"}, "seeds": %1$s,
                 "vary": {"/epochs": %1$s, "/batchSize": %1$s}}""".formatted(hundred)));

        assertThat(refused.status().value()).isEqualTo(422);
        assertThat(refused.code()).isEqualTo("too-many-jobs");
        assertThat(refused.detail())
                .isEqualTo(
                        "100 /epochs × 100 /batchSize × 100 seeds = 1,000,000 jobs; one experiment has at most 10,000");

        var beyondLong = catchThrowableOfType(ApiException.class, () -> read("""
                {"name": "e", "job": {"dataset": "digits"}, "seeds": %1$s,
                 "vary": {"/a": %1$s, "/b": %1$s, "/c": %1$s, "/d": %1$s, "/e": %1$s, "/f": %1$s, "/g": %1$s, "/h": %1$s,
                          "/i": %1$s, "/j": %1$s}}""".formatted(hundred)));
        assertThat(beyondLong.detail()).contains("more than 10^18 jobs");
    }

    @Test
    void everyViolationIsListed() {
        var refused = catchThrowableOfType(InvalidDocument.class, () -> read("""
                {"name": "With Spaces", "job": [], "losses": [], "seeds": [1, -2], "sedes": [1], "dryRun": "yes",
                 "vary": {"learningRate": [1], "/seed": [1], "/epochs": 3},
                 "baseline": {"/loss": 1}}"""));

        assertThat(refused.violations())
                .extracting(Violation::pointer)
                .containsExactly(
                        "/sedes",
                        "/job",
                        "/losses",
                        "/vary",
                        "/vary/~1seed",
                        "/vary/~1epochs",
                        "/name",
                        "/seeds/1",
                        "/baseline",
                        "/dryRun");
        assertThat(refused.getMessage()).contains("did you mean \"seeds\"?", "JSON pointer");
    }

    @Test
    void baselineMustBeInTheList() {
        var document = """
                {"name": "e", "job": {"dataset": "digits"}, "losses": [{"name": "softmax"}],
                 "imbalance": [null], "baseline": {%s}}""";

        assertThat(catchThrowableOfType(InvalidDocument.class, () -> read(document.formatted("\"/loss\": 1"))))
                .hasMessage("/baseline/~1loss: must be a place in the list /losses, 0 to 0");
        assertThat(catchThrowableOfType(InvalidDocument.class, () -> read(document.formatted("\"/imbalance\": 0"))))
                .hasMessageContaining("each of its values has a baseline of its own");
    }

    @Test
    void stateFollowsFromTheJobs() {
        assertThat(ExperimentState.of(Map.of(JobState.QUEUED, 4L), 4)).isEqualTo(ExperimentState.QUEUED);
        assertThat(ExperimentState.of(Map.of(JobState.QUEUED, 3L, JobState.SUCCEEDED, 1L), 4))
                .isEqualTo(ExperimentState.RUNNING);
        assertThat(ExperimentState.of(Map.of(JobState.SUCCEEDED, 4L), 4)).isEqualTo(ExperimentState.SUCCEEDED);
        assertThat(ExperimentState.of(Map.of(JobState.SUCCEEDED, 3L), 4))
                .as("one was deleted")
                .isEqualTo(ExperimentState.CANCELLED);
        assertThat(ExperimentState.of(Map.of(JobState.SUCCEEDED, 2L, JobState.FAILED, 1L, JobState.CANCELLED, 1L), 4))
                .isEqualTo(ExperimentState.FAILED);
    }

    @Test
    void durationsAreSaidInOneUnit() {
        assertThat(List.of(40L, 2400L, 7200L, 400_000L).stream()
                        .map(seconds -> ExperimentPlan.rounded(Duration.ofSeconds(seconds))))
                .containsExactly("40 s", "40 min", "2 h", "5 days");
    }

    private static Design read(String json) {
        return DesignDocument.read(JSON.readTree(json));
    }
}
