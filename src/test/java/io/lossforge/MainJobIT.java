package io.lossforge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.lossforge.client.ApiClient;
import io.lossforge.client.ApiException;
import io.lossforge.client.api.CatalogueApi;
import io.lossforge.client.api.DatasetsApi;
import io.lossforge.client.api.JobsApi;
import io.lossforge.client.api.ModelsApi;
import io.lossforge.client.api.OpenInferenceApi;
import io.lossforge.client.api.PredictionsApi;
import io.lossforge.client.model.Analysis;
import io.lossforge.client.model.InferInput;
import io.lossforge.client.model.InferRequest;
import io.lossforge.client.model.Job;
import io.lossforge.client.model.JobSubmission;
import io.lossforge.client.model.LossDescription;
import io.lossforge.client.model.ModelCard;
import io.lossforge.client.model.NamedChoice;
import io.lossforge.client.model.Point;
import io.lossforge.client.model.PredictRequest;
import io.lossforge.client.model.Problem;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.web.server.LocalServerPort;

/** All of the main job, through the client that is generated from the OpenAPI document, with a worker and its trainer process. */
@ServiceTest({"lossforge.roles=all", "lossforge.data-directory=target/test-data/all"})
class MainJobIT {

    @LocalServerPort
    int port;

    @TempDir
    Path directory;

    private ApiClient client;

    @BeforeEach
    void connect() {
        client = new ApiClient(
                HttpClient.newBuilder(), ApiClient.createDefaultObjectMapper(), "http://localhost:" + port);
    }

    @Test
    void uploadsTrainsEvaluatesAndPredicts() throws Exception {
        var dataset = new DatasetsApi(client)
                .ingestDataset("handwritten", List.of(digits().toFile()), "8x8", null, 16.0, null, List.of());
        assertThat(dataset.getVersion()).isEqualTo(1);
        assertThat(dataset.getShape()).containsExactly(1, 8, 8);
        assertThat(dataset.getSplits().getTrain().getCount()
                        + dataset.getSplits().getTest().getCount())
                .isEqualTo(1797);

        assertThat(new CatalogueApi(client).listLosses().getLosses())
                .extracting(LossDescription::getName)
                .contains("softmax", "logistic", "lgl-inr");

        var jobs = new JobsApi(client);
        var key = UUID.randomUUID().toString();
        var submission = submission();
        var submitted = jobs.submitJob(submission, key);
        assertThat(submitted.getState()).isEqualTo(Job.StateEnum.QUEUED);
        assertThat(submitted.getSpec().getBatchSize()).isEqualTo(32);
        assertThat(submitted.getSpec().getOptimizer().getParameters()).isNotEmpty();
        assertThat(jobs.submitJob(submission, key).getId()).isEqualTo(submitted.getId());

        var finished = finished(jobs, submitted.getId());
        assertThat(finished.getState()).isEqualTo(Job.StateEnum.SUCCEEDED);
        assertThat(finished.getProgress()).isEqualTo(1.0);
        assertThat(finished.getAttempts()).hasSize(1);

        assertThat(jobs.listMetrics(submitted.getId(), "loss", "train", null, null)
                        .getPoints())
                .extracting(Point::getValue)
                .hasSizeGreaterThanOrEqualTo(12)
                .satisfies(losses -> assertThat(losses.get(losses.size() - 1)).isLessThan(losses.get(0)));

        var evaluation = jobs.getEvaluation(submitted.getId(), "test");
        assertThat(evaluation.getCount())
                .isEqualTo(dataset.getSplits().getTest().getCount());
        assertThat(evaluation.getAccuracy()).isGreaterThan(0.85);
        assertThat(evaluation.getConfusion().stream()
                        .flatMap(List::stream)
                        .mapToLong(Long::longValue)
                        .sum())
                .isEqualTo(evaluation.getCount());

        var analysis = jobs.getAnalysis(submitted.getId(), "train");
        assertThat(analysis.getCondition()).isEqualTo(Analysis.ConditionEnum.REWEIGHTED);
        assertThat(analysis.getFirstOrder().getVerdict()).isNotNull();
        assertThat(Objects.requireNonNull(analysis.getReweighting()).getPerClass())
                .hasSize(10);

        predictsWith(finished);
    }

    private void predictsWith(Job finished) throws Exception {
        var made = Objects.requireNonNull(finished.getModel());
        var models = new ModelsApi(client);
        var version = models.getModelVersion(made.getName(), made.getVersion());
        assertThat(version.getLineage().getJob()).isEqualTo(finished.getId());
        assertThat(version.getLineage().getLoss()).isEqualTo("lgl-inr");
        var onnx = models.downloadOnnx(made.getName(), made.getVersion()).toPath();
        assertThat(Files.size(onnx)).isEqualTo(version.getBytes());
        assertThat(sha256(onnx)).isEqualTo(version.getSha256());
        Files.delete(onnx);
        describes(models.getModelCard(made.getName(), made.getVersion(), null), finished);

        var samples = new DatasetsApi(client)
                .listDatasetSamples("handwritten", "1", "test", null, 100)
                .getSamples();
        var instances = new ArrayList<Object>();
        samples.forEach(sample -> instances.add(sample.getInput()));
        var reference = made.getName() + ":" + made.getVersion();
        var predictions = new PredictionsApi(client)
                .predict(reference, new PredictRequest().instances(instances), 3, null, null, null, null, null)
                .getPredictions();
        assertThat(predictions).hasSize(samples.size());
        long right = 0;
        for (int i = 0; i < samples.size(); i++) {
            right += predictions.get(i).getLabel().equals(samples.get(i).getLabel()) ? 1 : 0;
            assertThat(predictions.get(i).getTop()).hasSize(3);
        }
        assertThat(right).isGreaterThan(samples.size() * 8L / 10);

        var inference = new OpenInferenceApi(client);
        assertThat(inference
                        .modelVersionReady(made.getName(), made.getVersion())
                        .getReady())
                .isTrue();
        var input = new InferInput()
                .name("input")
                .datatype(InferInput.DatatypeEnum.UINT8)
                .shape(List.of(1L, 1L, 8L, 8L))
                .data(List.of(samples.get(0).getInput()));
        var inferred = inference.modelVersionInfer(
                made.getName(),
                made.getVersion(),
                new InferRequest().id("first").inputs(List.of(input)));
        assertThat(inferred.getId()).isEqualTo("first");
        assertThat(inferred.getOutputs()).isNotEmpty();
    }

    private static void describes(ModelCard card, Job finished) {
        assertThat(card.getOrigin()).isEqualTo(ModelCard.OriginEnum.TRAINED);
        var data = Objects.requireNonNull(card.getData());
        assertThat(data.getDataset()).isEqualTo("handwritten:1");
        assertThat(data.getPerClass())
                .hasSize(10)
                .allSatisfy(count -> assertThat(Objects.requireNonNull(count.getTraining()))
                        .isGreaterThan(Objects.requireNonNull(count.getTest())));
        var loss = Objects.requireNonNull(card.getLoss());
        assertThat(loss.getName()).isEqualTo("lgl-inr");
        assertThat(loss.getFormula()).isNotBlank();
        assertThat(Objects.requireNonNull(card.getTraining()).getSeconds()).isPositive();
        var test = card.getEvaluations().get(0);
        assertThat(test.getSplit()).isEqualTo("test");
        assertThat(test.getPerClass())
                .hasSize(10)
                .allSatisfy(score -> assertThat(score.getRecall())
                        .isBetween(
                                Objects.requireNonNull(score.getRecallLower()),
                                Objects.requireNonNull(score.getRecallUpper())));
        var analysis = Objects.requireNonNull(card.getAnalysis());
        assertThat(analysis.getText()).contains("largest relative residual", "confusers of 9");
        assertThat(card.getLimits()).anyMatch(limit -> limit.startsWith("Worst found is "));
        assertThat(card.getUnknown()).isEmpty();
        assertThat(card.getLinks()).containsEntry("job", "/api/v1/jobs/" + finished.getId());
    }

    @Test
    void refusalsAreProblemsThatTheClientCanRead() throws Exception {
        var refused = catchThrowableOfType(
                ApiException.class,
                () -> new JobsApi(client)
                        .submitJob(
                                new JobSubmission().dataset("digits").loss(new NamedChoice().name("lgl-irn")), null));

        assertThat(refused.getCode()).isEqualTo(400);
        var problem = client.getObjectMapper().readValue(refused.getResponseBody(), Problem.class);
        assertThat(problem.getErrors()).singleElement().satisfies(error -> {
            assertThat(error.getPointer()).isEqualTo("/loss/name");
            assertThat(error.getDetail()).contains("did you mean \"lgl-inr\"?");
        });
        assertThat(problem.getTraceId()).matches("[0-9a-f]{32}");
    }

    @Test
    void runningJobIsCancelled() throws Exception {
        var jobs = new JobsApi(client);
        var endless = jobs.submitJob(
                new JobSubmission().name("to be cancelled").dataset("digits").epochs(100_000), null);
        await().atMost(Duration.ofMinutes(2))
                .until(() -> jobs.getJob(endless.getId()).getState() == Job.StateEnum.RUNNING);

        jobs.cancelJob(endless.getId());

        assertThat(finished(jobs, endless.getId()).getState()).isEqualTo(Job.StateEnum.CANCELLED);
        jobs.deleteJob(endless.getId());
        assertThat(catchThrowableOfType(ApiException.class, () -> jobs.getJob(endless.getId()))
                        .getCode())
                .isEqualTo(404);
    }

    private static JobSubmission submission() {
        return new JobSubmission()
                .name("main job")
                .dataset("handwritten")
                .model("handwritten")
                .architecture(new NamedChoice().name("mlp"))
                .loss(new NamedChoice().name("lgl-inr").parameters(Map.of("beta", 1.0)))
                .optimizer(new NamedChoice().name("adam").parameters(Map.of("learningRate", 0.003)))
                .validationFraction(0.1)
                .batchSize(32)
                .epochs(12)
                .seed(1L);
    }

    private static Job finished(JobsApi jobs, UUID id) {
        return await().atMost(Duration.ofMinutes(3))
                .pollInterval(Duration.ofMillis(200))
                .until(() -> jobs.getJob(id), job -> switch (job.getState()) {
                    case SUCCEEDED, FAILED, CANCELLED -> true;
                    default -> false;
                });
    }

    private Path digits() throws IOException {
        var file = directory.resolve("digits.csv");
        try (var packed = Objects.requireNonNull(Lossforge.class.getResourceAsStream("/datasets/digits.csv.gz"))) {
            Files.copy(new GZIPInputStream(packed), file);
        }
        return file;
    }

    private static String sha256(Path file) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    }
}
