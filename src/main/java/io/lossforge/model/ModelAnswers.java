package io.lossforge.model;

import io.lossforge.job.JobSubmission;
import io.lossforge.web.ApiException;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** What the registry answers over HTTP. */
final class ModelAnswers {

    private ModelAnswers() {}

    @Schema(name = "ModelPage")
    record Page(List<Model> models, String nextPageToken) {}

    @Schema(name = "Model")
    record Model(
            String name,
            int newestVersion,
            long versionCount,
            List<Alias> aliases,
            Instant createdAt,
            Instant updatedAt,
            Map<String, String> links) {

        static Model of(ModelRow row, List<ModelAlias> aliases) {
            var self = path(row.name());
            return new Model(
                    row.name(),
                    row.newestVersion(),
                    row.versions(),
                    aliases.stream().map(Alias::of).toList(),
                    row.createdAt(),
                    row.updatedAt(),
                    linked("self", self, "versions", self + "/versions", "predict", self + "/predict"));
        }
    }

    /** {@code version} is the one with the greatest weight. */
    @Schema(name = "ModelAlias")
    record Alias(String alias, int version, List<Share> versions, long revision, Instant changedAt) {

        static Alias of(ModelAlias alias) {
            var shares = alias.shares();
            var most =
                    shares.stream().max(Comparator.comparingInt(Share::weight)).orElseThrow();
            return new Alias(alias.name(), most.version(), shares, alias.revision(), alias.changedAt());
        }

        boolean pointsTo(int version) {
            return versions.stream().anyMatch(share -> share.version() == version);
        }
    }

    @Schema(name = "ModelVersionPage")
    record VersionPage(List<VersionRow> versions, String nextPageToken) {}

    /** A version in a list. */
    @Schema(name = "ModelVersionSummary")
    record VersionRow(
            int version,
            Instant createdAt,
            List<String> aliases,
            Lineage lineage,
            Map<String, Double> metrics,
            String sha256,
            long bytes) {

        static VersionRow of(ModelVersion version, List<ModelAlias> aliases) {
            return new VersionRow(
                    version.version(),
                    version.createdAt(),
                    names(aliases, version.version()),
                    Lineage.of(version),
                    sorted(version.metrics()),
                    version.artefactSha256(),
                    version.artefactBytes());
        }
    }

    @Schema(name = "ModelVersion")
    record Version(
            String model,
            int version,
            Instant createdAt,
            List<String> aliases,
            Lineage lineage,
            Map<String, Double> metrics,
            List<String> classes,
            Input input,
            String servingTransform,

            @Schema(
                    implementation = JobSubmission.NamedChoice.class,
                    description = "Network that was trained; null if it is not known, and no job can start from it")
            @Nullable ObjectNode architecture,

            @Schema(
                    description =
                            "Hash of all weights and buffers, as in the answer of its job; null if it is not known")
            @Nullable String weightsSha256,

            String sha256,
            long bytes,
            Map<String, String> links) {

        static Version of(ModelVersion version, List<ModelAlias> aliases) {
            var model = path(version.model());
            var self = "%s/versions/%d".formatted(model, version.version());
            var links = linked(
                    "self",
                    self,
                    "onnx",
                    self + "/onnx",
                    "predict",
                    "%s:%d/predict".formatted(model, version.version()));
            if (version.jobId() != null) {
                links.put("job", "/api/v1/jobs/" + version.jobId());
            }
            return new Version(
                    version.model(),
                    version.version(),
                    version.createdAt(),
                    names(aliases, version.version()),
                    Lineage.of(version),
                    sorted(version.metrics()),
                    version.classes(),
                    new Input(version.inputKind(), version.inputShape()),
                    version.servingTransform(),
                    version.architecture(),
                    version.weightsSha256(),
                    version.artefactSha256(),
                    version.artefactBytes(),
                    links);
        }
    }

    /** Where a version came from. The job may have been deleted since. */
    @Schema(name = "ModelLineage")
    record Lineage(
            @Nullable UUID job,
            @Nullable String dataset,
            @Nullable String loss) {

        static Lineage of(ModelVersion version) {
            var dataset =
                    version.dataset() == null ? null : "%s:%d".formatted(version.dataset(), version.datasetVersion());
            return new Lineage(version.jobId(), dataset, version.loss());
        }
    }

    /** What a version takes. */
    @Schema(name = "ModelInput")
    record Input(
            @Schema(allowableValues = {"images", "features"})
            String kind,

            @Schema(description = "[channels, height, width] or [features]")
            List<Integer> shape) {}

    @Schema(name = "ModelAliasHistory")
    record HistoryPage(List<Change> changes, String nextPageToken) {}

    /** {@code restored} is the revision that a rollback went back to. */
    @Schema(name = "ModelAliasChange")
    record Change(
            long revision,

            @Schema(allowableValues = {"set", "rollback", "delete"})
            String action,

            @Nullable Long restored,
            List<Share> versions,
            @Nullable String changedBy,
            Instant changedAt) {

        static Change of(AliasChange change) {
            return new Change(
                    change.revision(),
                    change.action().name().toLowerCase(Locale.ROOT),
                    change.restored(),
                    change.targets(),
                    change.changedBy(),
                    change.changedAt());
        }
    }

    /**
     * The number at which a page that counts downwards goes on.
     *
     * @param key of the page token; empty for the first page
     */
    static long before(List<String> key) {
        if (key.isEmpty()) {
            return Long.MAX_VALUE;
        }
        try {
            return Long.parseLong(key.get(0));
        } catch (NumberFormatException e) {
            throw ApiException.badRequest("/pageToken", "must be the nextPageToken of the page before, unchanged");
        }
    }

    private static String path(String model) {
        return "/api/v1/models/" + model;
    }

    private static SortedMap<String, Double> sorted(Map<String, Double> metrics) {
        return new TreeMap<>(metrics);
    }

    private static List<String> names(List<ModelAlias> aliases, int version) {
        return aliases.stream()
                .filter(alias -> Alias.of(alias).pointsTo(version))
                .map(ModelAlias::name)
                .toList();
    }

    private static Map<String, String> linked(String... pairs) {
        var links = new LinkedHashMap<String, String>();
        for (int i = 0; i < pairs.length; i += 2) {
            links.put(pairs[i], pairs[i + 1]);
        }
        return links;
    }
}
