package io.lossforge.dataset;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** What datasets answer over HTTP. */
final class DatasetAnswers {

    private DatasetAnswers() {}

    @Schema(name = "DatasetPage")
    record Page(List<Version> datasets, String nextPageToken) {}

    @Schema(name = "DatasetVersionPage")
    record VersionPage(List<Version> versions, String nextPageToken) {}

    @Schema(name = "Dataset", description = "One version of a dataset")
    record Version(
            UUID id,
            String name,
            int version,

            @Schema(description = "what it was ingested from, such as csv")
            String format,

            @Schema(description = "images (uint8) or features (float32)")
            String kind,

            @Schema(description = "of one sample: [channels, height, width] or [features]")
            List<Integer> shape,

            @Schema(description = "in the order of the labels")
            List<String> classes,

            Splits splits,

            @Schema(description = "of the packed content; equal content has one version")
            String sha256,

            @Schema(description = "size of the packed arrays")
            long bytes,

            List<String> warnings,
            Instant createdAt,
            Map<String, String> links) {

        static Version of(DatasetVersion version) {
            var dataset = "/api/v1/datasets/" + version.name();
            var self = dataset + "/versions/" + version.version();
            var links = new LinkedHashMap<String, String>();
            links.put("self", self);
            links.put("samples", self + "/samples");
            links.put("versions", dataset + "/versions");
            return new Version(
                    version.id(),
                    version.name(),
                    version.version(),
                    version.format(),
                    version.kind(),
                    version.shape(),
                    version.classes(),
                    new Splits(Counts.of(version.trainPerClass()), Counts.of(version.testPerClass())),
                    version.sha256(),
                    version.bytes(),
                    version.warnings(),
                    version.createdAt(),
                    links);
        }
    }

    @Schema(name = "DatasetSplits")
    record Splits(Counts train, Counts test) {}

    @Schema(name = "DatasetSplit")
    record Counts(
            long count,

            @Schema(description = "in the order of the classes")
            List<Long> perClass) {

        static Counts of(List<Long> perClass) {
            return new Counts(perClass.stream().mapToLong(Long::longValue).sum(), perClass);
        }
    }

    @Schema(name = "DatasetSamples")
    record SampleList(List<SampleRow> samples) {}

    @Schema(name = "DatasetSample")
    record SampleRow(
            String split,

            @Schema(description = "position within its split")
            long index,

            @Schema(description = "its class") String label,

            @Schema(description = "numbers nested in the dataset's shape; pixels are 0 to 255")
            List<?> input) {}
}
