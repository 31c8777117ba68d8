package io.lossforge.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.lossforge.Calls;
import io.lossforge.ServiceTest;
import io.lossforge.inference.Predictor;
import io.lossforge.storage.Storage;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@ServiceTest({
    "lossforge.roles=all",
    "lossforge.data-directory=target/test-data/all",
    "lossforge.worker.threads=1",
    "lossforge.worker.lease=10s",
    "lossforge.worker.checkpoint-interval=100ms",
    "lossforge.jobs.retry-backoff=100ms"
})
@Timeout(240)
class BatchPredictionIT {

    private static final Duration SOON = Duration.ofMinutes(2);
    private static final String MODEL = "batch-" + UUID.randomUUID();
    private static final String BATCHES = "/api/v1/models/%s/batch-predictions";
    private static final String UPLOADS = BATCHES + "/upload";

    /** The jobs that made versions 1 and 2. */
    private static final Map<Integer, JsonNode> TRAINED = new HashMap<>();

    @LocalServerPort
    int port;

    @Autowired
    Storage storage;

    private Calls calls;

    @BeforeEach
    void twoVersions() {
        calls = new Calls(port);
        await().atMost(SOON).until(() -> calls.get("/api/v1/datasets/digits").status() == 200);
        for (int version = TRAINED.size() + 1; version <= 2; version++) {
            var architecture = version == 1 ? "linear" : "lenet";
            TRAINED.put(
                    version, succeeded(accepted(calls.postJson("/api/v1/jobs", """
                            {"dataset": "digits", "model": "%s", "architecture": {"name": "%s"}, "epochs": 2}""".formatted(MODEL, architecture)))));
        }
    }

    private static String accepted(Calls.Answer answer) {
        assertThat(answer.status()).as(answer.toString()).isEqualTo(202);
        assertThat(answer.header("Location")).endsWith(answer.json().path("id").asString());
        return answer.json().path("id").asString();
    }

    private String submit(String reference, String json) {
        return accepted(calls.postJson(BATCHES.formatted(reference), json));
    }

    private JsonNode job(String id) {
        return calls.get("/api/v1/jobs/" + id).json();
    }

    private JsonNode succeeded(String id) {
        await().atMost(SOON).until(() -> !job(id).path("endedAt").isNull());
        var job = job(id);
        assertThat(job.path("state").asString()).as(job.toString()).isEqualTo("SUCCEEDED");
        return job;
    }

    private String result(String id) {
        return new String(calls.get("/api/v1/jobs/%s/predictions".formatted(id)).bytes(), StandardCharsets.UTF_8);
    }

    private List<CSVRecord> rows(String id) throws IOException {
        try (var parser = CSVFormat.RFC4180.builder().setHeader().get().parse(new StringReader(result(id)))) {
            return parser.getRecords();
        }
    }

    private JsonNode evaluation(String id, String split) {
        return calls.get("/api/v1/jobs/%s/evaluation?split=%s".formatted(id, split))
                .json();
    }

    @Test
    void everySampleHasARowAndTheMeasuresAreThoseOfTraining() throws IOException {
        var id = submit(MODEL, "{\"dataset\": \"digits\"}");
        var job = succeeded(id);

        assertThat(job.path("kind").asString()).isEqualTo("batch-prediction");
        assertThat(job.path("name").asString()).isEqualTo(MODEL + ":2 on digits:1");
        assertThat(job.path("spec").isNull()).isTrue();
        assertThat(job.path("progress").asDouble()).isEqualTo(1);
        assertThat(job.at("/attempts/0/endReason").asString()).isEqualTo("completed");
        var asked = job.path("batchPrediction");
        assertThat(asked.path("model").asString()).isEqualTo(MODEL + ":2");
        assertThat(asked.path("format").asString()).isEqualTo("csv");

        var rows = rows(id);
        assertThat(rows).hasSize(asked.path("samples").asInt()).hasSizeGreaterThan(300);
        var evaluation = evaluation(id, "test");
        assertThat(rows.stream()
                        .filter(row -> row.get("label").equals(row.get("predicted")))
                        .count())
                .isEqualTo(Math.round(evaluation.path("accuracy").asDouble() * rows.size()));
        assertThat(rows.stream().map(row -> row.get("index")).toList())
                .isEqualTo(IntStream.range(0, rows.size())
                        .mapToObj(String::valueOf)
                        .toList());
        var trained = evaluation(TRAINED.get(2).path("id").asString(), "test");
        assertThat(evaluation.path("confusion")).isEqualTo(trained.path("confusion"));
        for (var measure : List.of("nll", "brier", "ece", "auroc", "auprc", "balancedAccuracy", "macroF1")) {
            assertThat(evaluation.path(measure).asDouble())
                    .as(measure)
                    .isCloseTo(trained.path(measure).asDouble(), within(1e-5));
        }

        assertThat(listed("batch-prediction"))
                .contains(id)
                .doesNotContain(TRAINED.get(1).path("id").asString());
        assertThat(listed("training"))
                .doesNotContain(id)
                .contains(TRAINED.get(2).path("id").asString());
        assertThat(calls.get("/api/v1/jobs?kind=other").status()).isEqualTo(400);
        assertThat(calls.get("/api/v1/jobs/%s/analysis".formatted(id)).status()).isEqualTo(404);
        assertThat(calls.get("/api/v1/jobs/%s/bundle".formatted(id)).status()).isEqualTo(200);
        assertThat(calls.get("/api/v1/jobs/%s/metrics".formatted(id)).status()).isEqualTo(200);
        assertThat(calls.get("/api/v1/jobs/%s/events".formatted(id)).toString()).contains("event: end");
        assertThat(calls.get("/api/v1/jobs/%s/predictions"
                                .formatted(TRAINED.get(1).path("id").asString()))
                        .status())
                .isEqualTo(404);
    }

    private List<String> listed(String kind) {
        return calls.get("/api/v1/jobs?pageSize=500&kind=" + kind).json().path("jobs").values().stream()
                .map(job -> job.path("id").asString())
                .toList();
    }

    @Test
    void theResultIsKeptGzippedAndLeavesWithItsJob() throws IOException {
        var id = submit(MODEL + ":1", """
                {"dataset": "digits:1", "split": "all", "format": "jsonl", "topK": 3, "probabilities": true}""");
        var samples = succeeded(id).at("/batchPrediction/samples").asInt();
        var path = "/api/v1/jobs/%s/predictions".formatted(id);

        var plain = calls.get(path);
        assertThat(plain.header("Content-Type")).isEqualTo("application/x-ndjson");
        assertThat(plain.header("Content-Disposition"))
                .isEqualTo("attachment; filename=\"predictions-%s.jsonl\"".formatted(id));
        var rows = result(id).lines().map(JsonMapper.shared()::readTree).toList();
        assertThat(rows).hasSize(samples).hasSize(1_797);
        for (var row : rows) {
            assertThat(row.at("/top/0/label")).isEqualTo(row.path("predicted"));
            assertThat(row.path("probabilities").values().stream()
                            .mapToDouble(JsonNode::asDouble)
                            .sum())
                    .isCloseTo(1, within(1e-4));
        }
        assertThat(evaluation(id, "all").path("count").asInt()).isEqualTo(samples);

        var packed = calls.get(path, "Accept-Encoding", "gzip");
        assertThat(packed.header("Content-Encoding")).isEqualTo("gzip");
        assertThat(new GZIPInputStream(new ByteArrayInputStream(packed.bytes())).readAllBytes())
                .isEqualTo(plain.bytes());
        assertThat(packed.header("ETag")).isNotEqualTo(plain.header("ETag"));
        assertThat(calls.get(path, "If-None-Match", plain.header("ETag")).status())
                .isEqualTo(304);
        assertThat(calls.get(path, "Accept-Encoding", "gzip, br", "If-None-Match", packed.header("ETag"))
                        .status())
                .isEqualTo(304);

        assertThat(storage.list("jobs/%s/".formatted(id))).hasSize(1);
        assertThat(calls.delete("/api/v1/jobs/" + id).status()).isEqualTo(204);
        assertThat(calls.get(path).status()).isEqualTo(404);
        await().atMost(SOON).until(() -> storage.list("jobs/%s/".formatted(id)).isEmpty());
    }

    @Test
    void picturesThatAreSentAreAnsweredByName() throws IOException {
        var pictures = new LinkedHashMap<String, byte[]>();
        pictures.put("flat.png", picture(8, 1));
        pictures.put("__MACOSX/._flat.png", new byte[] {1});
        pictures.put("deep/7/largé.png", picture(20, 2));
        var before = storage.list("inputs/");

        var id = accepted(calls.postForm(
                UPLOADS.formatted(MODEL),
                Map.of("probabilities", "true", "name", "sent"),
                Map.of("pictures.zip", zip(pictures))));
        var job = succeeded(id);

        assertThat(job.path("name").asString()).isEqualTo("sent");
        assertThat(job.at("/batchPrediction/dataset").isNull()).isTrue();
        var rows = rows(id);
        assertThat(rows.stream().map(row -> row.get("file")).toList()).containsExactly("flat.png", "deep/7/largé.png");
        assertThat(rows.stream().map(row -> row.get("label")).toList()).containsExactly("", "7");
        for (var row : rows) {
            var said = calls.post(
                            "/api/v1/models/%s/predict".formatted(MODEL), "image/png", pictures.get(row.get("file")))
                    .json();
            assertThat(row.get("predicted"))
                    .isEqualTo(said.at("/predictions/0/label").asString());
            assertThat(Double.parseDouble(row.get("probability")))
                    .isCloseTo(said.at("/predictions/0/probability").asDouble(), within(1e-6));
        }
        assertThat(calls.get("/api/v1/jobs/%s/evaluation".formatted(id)).status())
                .as("one has no label")
                .isEqualTo(404);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(storage.list("inputs/")).isEqualTo(before));

        var labelled = accepted(calls.postFiles(
                UPLOADS.formatted(MODEL),
                Map.of("labelled.zip", zip(Map.of("3/a.png", picture(8, 3), "4/a.png", picture(8, 4))))));
        succeeded(labelled);
        assertThat(evaluation(labelled, "upload").path("count").asInt()).isEqualTo(2);
    }

    /** Somewhere in the middle, and once more from the beginning: every row once. */
    @Test
    void aKilledProcessCostsAnAttemptAndNoRow() throws IOException {
        int samples = 120_000;
        var dataset = "many-" + UUID.randomUUID();
        var registered = calls.postForm("/api/v1/datasets", Map.of("name", dataset), idx(samples));
        assertThat(registered.status()).as(registered.toString()).isEqualTo(201);
        var id = submit(MODEL, "{\"dataset\": \"%s\", \"split\": \"train\"}".formatted(dataset));

        await().atMost(SOON)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> job(id).path("progress").asDouble() > 0);
        ProcessHandle.current()
                .descendants()
                .filter(process -> process.info().commandLine().orElse("").endsWith(Predictor.class.getName()))
                .forEach(ProcessHandle::destroyForcibly);
        var job = succeeded(id);

        assertThat(job.path("attempts")).as(job.toString()).hasSize(2);
        assertThat(job.at("/attempts/0/endReason").asString()).isEqualTo("killed");
        var rows = rows(id);
        int trained = job.at("/batchPrediction/samples").asInt();
        assertThat(rows.stream().map(row -> Integer.parseInt(row.get("index"))).toList())
                .isEqualTo(IntStream.range(0, trained).boxed().toList());
        assertThat(storage.list("jobs/%s/".formatted(id)))
                .as("of the first attempt nothing is left")
                .hasSize(1);
    }

    @Test
    void versionsAreComparedOnAnyDatasetByWhatIsStoredOrElseRun() throws IOException {
        var path = "/api/v1/models/%s/compare".formatted(MODEL);
        var asked = "{\"versions\": [1, 2], \"dataset\": \"digits\", \"split\": \"train\"}";

        var pending = calls.postJson(path, asked);
        assertThat(pending.status()).as(pending.toString()).isEqualTo(202);
        var runs = pending.json().path("runs");
        assertThat(runs).hasSize(2);
        assertThat(calls.postJson(path, asked).json().toString())
                .as("no second ones")
                .contains(runs.get(1).path("job").asString());
        runs.forEach(run -> succeeded(run.path("job").asString()));
        var compared = calls.postJson(path, asked);

        assertThat(compared.status()).as(compared.toString()).isEqualTo(200);
        var comparison = compared.json();
        assertThat(comparison.path("split").asString()).isEqualTo("train");
        var first = rows(runs.get(0).path("job").asString());
        var second = rows(runs.get(1).path("job").asString());
        assertThat(comparison.path("samples").asInt()).isEqualTo(first.size());
        var onlyFirst = new TreeSet<Integer>();
        for (int i = 0; i < first.size(); i++) {
            if (isRight(first.get(i)) && !isRight(second.get(i))) {
                onlyFirst.add(i);
            }
        }
        assertThat(comparison.at("/mcNemar/onlyFirst").asInt()).isEqualTo(onlyFirst.size());
        assertThat(comparison.at("/metrics/accuracy/second").asDouble())
                .isEqualTo(evaluation(runs.get(1).path("job").asString(), "train")
                        .path("accuracy")
                        .asDouble());

        var ofTraining = calls.postJson(path, "{\"versions\": [1, 2], \"dataset\": \"digits:1\"}");
        assertThat(ofTraining.status())
                .as("the test split is stored: " + ofTraining)
                .isEqualTo(200);
        assertThat(ofTraining.json())
                .isEqualTo(calls.postJson(path, "{\"versions\": [1, 2]}").json());
    }

    private static boolean isRight(CSVRecord row) {
        return row.get("label").equals(row.get("predicted"));
    }

    @Test
    void aWaitingOneIsSteeredLikeAnyJobAndHoldsItsModelAndDataset() {
        var dataset = "held-" + UUID.randomUUID();
        assertThat(calls.postForm("/api/v1/datasets", Map.of("name", dataset), idx(40))
                        .status())
                .isEqualTo(201);
        var id = submit(
                MODEL + ":1",
                "{\"dataset\": \"%s\", \"labels\": [\"nowhere\"], \"deadline\": \"PT5M\"}".formatted(dataset));

        assertThat(job(id).path("statusReason").asString()).isEqualTo("waiting-for-labels");
        assertThat(patch(id, "{\"priority\": 7, \"deadline\": \"PT1H\"}")
                        .at("/batchPrediction/deadline")
                        .asString())
                .isEqualTo("PT1H");
        assertThat(job(id).at("/batchPrediction/priority").asInt()).isEqualTo(7);
        assertThat(calls.delete("/api/v1/models/%s/versions/1".formatted(MODEL)).status())
                .isEqualTo(409);
        assertThat(calls.delete("/api/v1/datasets/" + dataset).status()).isEqualTo(409);
        assertThat(calls.post("/api/v1/jobs/%s/pause".formatted(id), "application/json", new byte[0])
                        .json()
                        .path("state")
                        .asString())
                .isEqualTo("PAUSED");
        assertThat(calls.post(
                                "/api/v1/jobs/cancel?kind=batch-prediction&dataset=" + dataset,
                                "application/json",
                                new byte[0])
                        .status())
                .isEqualTo(202);
        assertThat(job(id).path("state").asString()).isEqualTo("CANCELLED");
        assertThat(calls.get("/api/v1/jobs/%s/predictions".formatted(id))
                        .json()
                        .path("detail")
                        .asString())
                .endsWith("CANCELLED, its result comes when it succeeds");
        assertThat(calls.delete("/api/v1/jobs/" + id).status()).isEqualTo(204);
        assertThat(calls.delete("/api/v1/datasets/" + dataset).status()).isEqualTo(204);
    }

    private JsonNode patch(String id, String json) {
        return calls.send(
                        "PATCH",
                        "/api/v1/jobs/" + id,
                        json.getBytes(StandardCharsets.UTF_8),
                        "Content-Type",
                        "application/json")
                .json();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"dataset": "digits", "split": "validation"} | 400 | /split
            {"dataset": "digits", "format": "xml"}       | 400 | /format
            {"dataset": "digits", "topK": 0}             | 400 | /topK
            {"dataset": "digits", "priority": 2000}      | 400 | /priority
            {"dataset": "digits", "deadline": "PT0S"}    | 400 | /deadline
            {"dataset": "digits", "nonsense": 1}         | 400 | /nonsense
            {"split": "test"}                            | 400 | /dataset
            {"dataset": "nowhere"}                       | 422 | /dataset
            {"dataset": "digits:99"}                     | 422 | /dataset
            """)
    void saysWhatIsWrong(String json, int status, String pointer) {
        var answer = calls.postJson(BATCHES.formatted(MODEL), json);

        assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
        assertThat(answer.json().at("/errors/0/pointer").asString()).isEqualTo(pointer);
    }

    @Test
    void whatIsSentIsHarmlessUntilItIsRead() throws IOException {
        var path = UPLOADS.formatted(MODEL);
        var before = calls.get("/api/v1/jobs?pageSize=1").json().at("/jobs/0/id");

        assertRefused(calls.postForm(path, Map.of("topK", "1"), Map.of()), 400, "is required");
        assertRefused(
                calls.postFiles(path, Map.of("a.txt", "no picture".getBytes(StandardCharsets.UTF_8))), 422, "a.txt");
        assertRefused(calls.postFiles(path, Map.of("a.zip", zip(Map.of("../a.png", picture(8, 1))))), 422, "leads out");
        assertRefused(
                calls.postFiles(path, Map.of("a.zip", zip(Map.of("a.png", picture(8, 1), "b.png", new byte[] {1, 2})))),
                422,
                "b.png");
        assertRefused(calls.postFiles(path, Map.of("a.zip", zip(Map.of()))), 422, "no picture");
        assertRefused(calls.postForm(path, Map.of("topK", "0"), Map.of("a.png", picture(8, 1))), 400, "at least 1");
        assertRefused(calls.postForm(path, Map.of("topK", "many"), Map.of("a.png", picture(8, 1))), 400, "");
        assertThat(calls.postJson(BATCHES.formatted("nowhere"), "{\"dataset\": \"digits\"}")
                        .status())
                .isEqualTo(404);
        assertThat(calls.get("/api/v1/jobs?pageSize=1").json().at("/jobs/0/id")).isEqualTo(before);
    }

    private static void assertRefused(Calls.Answer answer, int status, String message) {
        assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
        assertThat(answer.json().path("detail").asString()).contains(message);
    }

    private static byte[] picture(int size, int seed) throws IOException {
        var image = new BufferedImage(size, size, BufferedImage.TYPE_BYTE_GRAY);
        var random = new Random(seed);
        for (int i = 0; i < size * size; i++) {
            image.getRaster().setSample(i % size, i / size, 0, random.nextInt(256));
        }
        var bytes = new ByteArrayOutputStream();
        ImageIO.write(image, "png", bytes);
        return bytes.toByteArray();
    }

    private static byte[] zip(Map<String, byte[]> files) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            for (var file : files.entrySet()) {
                zip.putNextEntry(new ZipEntry(file.getKey()));
                zip.write(file.getValue());
                zip.closeEntry();
            }
        }
        return bytes.toByteArray();
    }

    /** Noise of 8×8 pixels with labels 0 to 9, as MNIST comes. */
    private static Map<String, byte[]> idx(int count) {
        var pixels = new byte[count * 64];
        new Random(UUID.randomUUID().getMostSignificantBits()).nextBytes(pixels);
        var images = ByteBuffer.allocate(16 + pixels.length)
                .putInt(0x803)
                .putInt(count)
                .putInt(8)
                .putInt(8)
                .put(pixels);
        var labels = ByteBuffer.allocate(8 + count).putInt(0x801).putInt(count);
        for (int i = 0; i < count; i++) {
            labels.put((byte) (i % 10));
        }
        var files = new LinkedHashMap<String, byte[]>();
        files.put("images", images.array());
        files.put("labels", labels.array());
        return files;
    }
}
