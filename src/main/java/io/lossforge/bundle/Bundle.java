package io.lossforge.bundle;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lossforge.job.JobDocuments;
import io.lossforge.metric.MetricPoints;
import io.lossforge.model.Models;
import io.lossforge.storage.NoSuchBlob;
import io.lossforge.storage.Storage;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.util.Map;
import java.util.UUID;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.csv.CSVFormat;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes all of a job as a zip: {@code spec.json}, {@code job.json}, {@code metrics.csv}, {@code evaluation/<split>.json},
 * {@code analysis/<split>.json}, {@code model.onnx} and {@code log.txt}. Streams, with no more than a page of points or a buffer of the ONNX
 * file in memory beside the documents.
 */
@Component
class Bundle {

    private static final int PAGE = 10_000;

    private final MetricPoints points;
    private final Models models;
    private final Storage storage;
    private final JsonMapper json;

    Bundle(MetricPoints points, Models models, Storage storage, JsonMapper json) {
        this.points = points;
        this.models = models;
        this.storage = storage;
        this.json = json;
    }

    /** @param stream stays the caller's to close */
    void write(UUID job, JobDocuments.Documents documents, OutputStream stream) throws IOException {
        var zip = new ZipOutputStream(stream, UTF_8);
        put(zip, "spec.json", documents.specification());
        put(zip, "job.json", documents.job());
        putAll(zip, "evaluation", documents.evaluations());
        putAll(zip, "analysis", documents.analyses());
        zip.putNextEntry(new ZipEntry("metrics.csv"));
        metrics(job, zip);
        zip.closeEntry();
        model(job, zip);
        zip.putNextEntry(new ZipEntry("log.txt"));
        zip.write(documents.log().getBytes(UTF_8));
        zip.closeEntry();
        zip.finish();
    }

    private void putAll(ZipOutputStream zip, String folder, Map<String, JsonNode> bySplit) throws IOException {
        for (var document : bySplit.entrySet()) {
            put(zip, "%s/%s.json".formatted(folder, document.getKey()), document.getValue());
        }
    }

    private void put(ZipOutputStream zip, String name, JsonNode document) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(json.writerWithDefaultPrettyPrinter().writeValueAsBytes(document));
        zip.closeEntry();
    }

    private void metrics(UUID job, OutputStream stream) throws IOException {
        var writer = new OutputStreamWriter(stream, UTF_8);
        writer.write(line("sequence", "split", "name", "epoch", "step", "value", "at"));
        long after = 0;
        while (true) {
            var page = points.after(job, null, null, after, PAGE);
            for (var point : page) {
                writer.write(line(
                        point.sequence(),
                        point.split(),
                        point.name(),
                        point.epoch(),
                        point.step(),
                        point.value(),
                        point.at()));
                after = point.sequence();
            }
            if (page.size() < PAGE) {
                writer.flush();
                return;
            }
        }
    }

    private static String line(Object... values) {
        return CSVFormat.RFC4180.format(values) + "\r\n";
    }

    /** Left out where the version was deleted, or its bytes are gone. */
    private void model(UUID job, ZipOutputStream zip) throws IOException {
        var version = models.madeBy(job);
        if (version.isEmpty()) {
            return;
        }
        try (var bytes = storage.open(version.get().artefactKey())) {
            zip.putNextEntry(new ZipEntry("model.onnx"));
            bytes.transferTo(zip);
            zip.closeEntry();
        } catch (NoSuchBlob e) {
            return;
        }
    }
}
