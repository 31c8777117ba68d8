package io.lossforge.prediction;

import static org.awaitility.Awaitility.await;

import io.lossforge.Calls;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import tools.jackson.databind.JsonNode;

/**
 * Batch predictions of {@code lenet} on 28×28 pixels, from claim to end, beside ONNX Runtime alone in a loop on the same machine. The small split and
 * the large one tell what a job costs once and what each image costs.
 *
 * <p>{@code mvn -Pbenchmark test-compile exec:exec -Dbenchmark.module=prediction -Dbenchmark=BatchBenchmark}
 */
final class BatchBenchmark {

    private static final Duration MEASURED = Duration.ofSeconds(8);
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final int IMAGES = Integer.getInteger("batch.images", 400_000);
    private static final int SIDE = 28;

    private final Calls calls;
    private final long service;

    private BatchBenchmark(Calls calls, long service) {
        this.calls = calls;
        this.service = service;
    }

    /** What one job took, and the most memory that its process had. */
    private record Seen(long samples, double seconds, double megabytes) {}

    public static void main(String[] arguments) throws Exception {
        try (var service = ServedProcess.start(Files.createTempDirectory("batch-benchmark"))) {
            var artefact = service.lenet();
            double best = 0;
            for (int batch : new int[] {1, 8, 32, 64, 128, 256}) {
                double rate = BareEngine.imagesPerSecond(artefact, batch, MEASURED);
                best = Math.max(best, rate);
                System.out.printf(Locale.ROOT, "- ONNX Runtime alone, batches of %d: %,.0f images/s%n", batch, rate);
            }
            new BatchBenchmark(new Calls(service.port()), service.pid()).jobs(best);
        }
    }

    private void jobs(double best) throws IOException {
        var registered = calls.postForm("/api/v1/datasets", Map.of("name", "noise"), idx());
        if (registered.status() != 201) {
            throw new IllegalStateException(registered.toString());
        }
        System.out.printf(
                "%n| result | images | s | peak MB | images | s | peak MB | images/s in between | of the engine alone | once, s |%n");
        System.out.println("|---|---|---|---|---|---|---|---|---|---|");
        for (var wanted : new String[] {
            "\"format\": \"csv\"",
            "\"format\": \"csv\", \"topK\": 3, \"probabilities\": true",
            "\"format\": \"jsonl\", \"topK\": 3, \"probabilities\": true"
        }) {
            run("test", wanted); // the dataset's local copy is there then
            var small = run("test", wanted);
            var large = run("train", wanted);
            double rate = (large.samples() - small.samples()) / (large.seconds() - small.seconds());
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %,d | %.1f | %.0f | %,d | %.1f | %.0f | %,.0f | %.0f %% | %.1f |%n",
                    wanted.replace("\"", ""),
                    small.samples(),
                    small.seconds(),
                    small.megabytes(),
                    large.samples(),
                    large.seconds(),
                    large.megabytes(),
                    rate,
                    100 * rate / best,
                    small.seconds() - small.samples() / rate);
        }
    }

    private Seen run(String split, String wanted) {
        var submitted = calls.postJson(
                "/api/v1/models/load/batch-predictions",
                "{\"dataset\": \"noise\", \"split\": \"%s\", %s}".formatted(split, wanted));
        var path = "/api/v1/jobs/" + submitted.json().path("id").asString();
        var peak = new double[1];
        var job = await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(250))
                .until(
                        () -> {
                            peak[0] = Math.max(peak[0], peakMegabytes());
                            return calls.get(path).json();
                        },
                        now -> !now.path("endedAt").isNull());
        if (!job.path("state").asString().equals("SUCCEEDED")) {
            throw new IllegalStateException(job.toString());
        }
        return new Seen(job.at("/batchPrediction/samples").asLong(), seconds(job.at("/attempts/0")), peak[0]);
    }

    private static double seconds(JsonNode attempt) {
        return Duration.between(
                                Instant.parse(attempt.path("startedAt").asString()),
                                Instant.parse(attempt.path("endedAt").asString()))
                        .toMillis()
                / 1e3;
    }

    /** Resident memory without the pages of the mapped samples, which the system takes back when it needs them. */
    private double peakMegabytes() throws IOException {
        double most = 0;
        var processes = ProcessHandle.of(service).orElseThrow().descendants().toList();
        for (var process : processes) {
            if (process.info().commandLine().orElse("").endsWith("io.lossforge.inference.Predictor")) {
                var status = Path.of("/proc/%d/status".formatted(process.pid()));
                for (var line : Files.exists(status) ? Files.readAllLines(status) : java.util.List.<String>of()) {
                    if (line.startsWith("RssAnon:")) {
                        most = Math.max(most, Long.parseLong(line.replaceAll("\\D", "")) / 1024.0);
                    }
                }
            }
        }
        return most;
    }

    private static Map<String, byte[]> idx() {
        var images = ByteBuffer.allocate(16 + IMAGES * SIDE * SIDE);
        new Random(1).nextBytes(images.array());
        images.putInt(0x803).putInt(IMAGES).putInt(SIDE).putInt(SIDE);
        var labels = ByteBuffer.allocate(8 + IMAGES).putInt(0x801).putInt(IMAGES);
        for (int i = 0; i < IMAGES; i++) {
            labels.put((byte) (i % 10));
        }
        var files = new LinkedHashMap<String, byte[]>();
        files.put("images", images.array());
        files.put("labels", labels.array());
        return files;
    }
}
