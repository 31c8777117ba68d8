package io.lossforge.admission;

import io.lossforge.model.ModelVersion;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What became of a file that was brought, over HTTP. */
@Schema(name = "BroughtModelVersion")
record AdmittedModel(
        String model,
        int version,
        Instant createdAt,
        List<String> classes,

        @Schema(allowableValues = {"images", "features"}) String inputKind,

        @Schema(description = "[channels, height, width] or [features]")
        List<Integer> inputShape,

        @Schema(allowableValues = {"softmax", "sigmoid"}) String servingTransform,

        @Schema(description = "Of the artefact, which has the interface of every artefact here")
        String sha256,

        long bytes,
        BroughtFile file,
        Findings findings,
        Map<String, String> links) {

    /** The file as it was sent. */
    @Schema(name = "BroughtFile")
    record BroughtFile(@Nullable String name, String sha256, long bytes) {}

    static AdmittedModel of(ModelVersion version, BroughtModel brought) {
        var model = "/api/v1/models/" + version.model();
        var self = "%s/versions/%d".formatted(model, version.version());
        return new AdmittedModel(
                version.model(),
                version.version(),
                version.createdAt(),
                version.classes(),
                version.inputKind(),
                version.inputShape(),
                version.servingTransform(),
                version.artefactSha256(),
                version.artefactBytes(),
                new BroughtFile(brought.fileName(), brought.fileSha256(), brought.fileBytes()),
                brought.findings(),
                Map.of(
                        "self",
                        self,
                        "card",
                        self + "/card",
                        "onnx",
                        self + "/onnx",
                        "predict",
                        "%s:%d/predict".formatted(model, version.version())));
    }
}
