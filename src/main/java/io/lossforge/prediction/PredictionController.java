package io.lossforge.prediction;

import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import io.lossforge.web.ApiException;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.validation.constraints.Min;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.multipart.MultipartFile;
import org.springframework.web.multipart.MultipartRequest;
import org.springframework.web.util.WebUtils;

/** Predictions over HTTP in the service's own form. */
@RestController
@ConditionalOnRole(Role.SERVER)
@Tag(name = "predictions", description = "Classify pictures and numbers")
class PredictionController {

    /** The JSON form of a request; it is read from the stream and never made. */
    @Schema(
            description =
                    "Samples, each nested numbers of the model's shape, flat numbers, or {\"b64\": \"…\"} of a picture's bytes")
    record PredictRequest(
            @Schema(requiredMode = Schema.RequiredMode.REQUIRED)
            List<Object> instances) {}

    /** The form of a request with many pictures. */
    record PicturesRequest(
            @Schema(requiredMode = Schema.RequiredMode.REQUIRED)
            List<MultipartFile> file) {}

    private final ServedVersions versions;
    private final Engine engine;
    private final ServedDecisions decisions;
    private final PictureSamples pictures;
    private final PredictionSettings settings;
    private final Shadowing shadows;

    PredictionController(
            ServedVersions versions,
            Engine engine,
            ServedDecisions decisions,
            PictureSamples pictures,
            PredictionSettings settings,
            Shadowing shadows) {
        this.versions = versions;
        this.engine = engine;
        this.decisions = decisions;
        this.pictures = pictures;
        this.settings = settings;
        this.shadows = shadows;
    }

    @PostMapping(
            path = "/api/v1/models/{ref}/predict",
            consumes = {MediaType.APPLICATION_JSON_VALUE, "image/*", MediaType.MULTIPART_FORM_DATA_VALUE},
            produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            summary = "Classify a picture, many pictures, or instances of numbers",
            requestBody =
                    @RequestBody(
                            required = true,
                            content = {
                                @Content(
                                        mediaType = MediaType.APPLICATION_JSON_VALUE,
                                        schema = @Schema(implementation = PredictRequest.class)),
                                @Content(mediaType = "image/*", schema = @Schema(type = "string", format = "binary")),
                                @Content(
                                        mediaType = MediaType.MULTIPART_FORM_DATA_VALUE,
                                        schema = @Schema(implementation = PicturesRequest.class))
                            }))
    @ApiResponse(responseCode = "200")
    @ApiResponse(responseCode = "400", description = "a sample is not what the model takes", content = @Content)
    @ApiResponse(responseCode = "404", description = "no such model, version or alias", content = @Content)
    @ApiResponse(responseCode = "413", description = "too many bytes or samples", content = @Content)
    @ApiResponse(responseCode = "415", description = "the body is of another type", content = @Content)
    @ApiResponse(
            responseCode = "422",
            description = "the version has no decision, or no thresholds, as they are asked for",
            content = @Content)
    @ApiResponse(responseCode = "503", description = "too many predictions at a time", content = @Content)
    PredictionAnswer predict(
            @Parameter(description = "name (its alias production, else its newest version), name@alias or name:version")
                    @PathVariable
                    String ref,
            @Parameter(description = "classes named for every sample")
                    @RequestParam(defaultValue = "5")
                    @Min(value = 1, message = "must be at least 1") int topK,
            @Parameter(
                            description =
                                    "how long the request may wait for the engine, such as PT0.2S; then 503. At most lossforge.prediction.longest-wait")
                    @RequestParam(required = false)
                    @Nullable Duration timeout,
            @Parameter(
                            description =
                                    "calibrated probabilities, softmax(z / T) with the version's temperature, instead of those that the artefact serves")
                    @RequestParam(required = false)
                    @Nullable Boolean calibrated,
            @Parameter(
                            description =
                                    "class prior that the probabilities are to stand for: uniform, training, or label:weight,label:weight… for every class, with a backslash before a comma or backslash in a label. Calibrates them")
                    @RequestParam(required = false)
                    @Nullable String prior,
            @Parameter(
                            description =
                                    "thresholds: the version's thresholds decide, and may give no class. Calibrates the probabilities")
                    @RequestParam(required = false)
                    @Nullable String decision,
            @Parameter(description = "probability below which no class is given, above 0 and at most 1")
                    @RequestParam(required = false)
                    @Nullable Double abstainBelow,
            HttpServletRequest request)
            throws IOException, ServletException {
        var version = versions.resolve(ref, request);
        var asked = AskedDecision.of("", calibrated, prior, decision, abstainBelow);
        var applied = decisions.applied(asked, version, "");
        var wanted = applied == null ? new Probabilities(timeout) : applied.wanted(timeout);
        var scores = engine.predict(
                version,
                samples -> {
                    read(request, samples);
                    return wanted;
                },
                shadows.of(ref));
        return applied == null
                ? PredictionAnswer.of(version, scores.of(LoadedModel.PROBABILITIES), topK)
                : PredictionAnswer.of(version, scores.of(applied.source()), topK, applied);
    }

    private void read(HttpServletRequest request, Samples samples) throws IOException, ServletException {
        var type = MediaType.parseMediaType(request.getContentType());
        if (type.isCompatibleWith(MediaType.APPLICATION_JSON)) {
            JsonBodies.read(request, json -> InstancesReader.read(json, samples, pictures, settings.maxInstances()));
            return;
        }
        if (!samples.input().pixels()) {
            throw ApiException.unsupportedMediaType("the model takes no pictures but %s: send application/json"
                    .formatted(samples.input().wanted()));
        }
        if (type.isCompatibleWith(MediaType.MULTIPART_FORM_DATA)) {
            readFiles(request, samples);
            return;
        }
        pictures.add(request.getInputStream(), samples, "");
    }

    private void readFiles(HttpServletRequest request, Samples samples) throws IOException, ServletException {
        var multipart = WebUtils.getNativeRequest(request, MultipartRequest.class);
        if (multipart == null || multipart.getMultiFileMap().isEmpty()) {
            throw ApiException.badRequest("/file", "must have at least one picture, as a file");
        }
        for (var part : request.getParts()) {
            if (part.getSubmittedFileName() == null) {
                throw ApiException.badRequest("/" + part.getName(), "is not a file but a form field");
            }
            if (samples.count() == settings.maxInstances()) {
                throw ApiException.tooLarge(
                        "more than %d pictures: send them in several requests".formatted(settings.maxInstances()));
            }
            try (var bytes = part.getInputStream()) {
                pictures.add(bytes, samples, "/%s/%d".formatted(part.getName(), samples.count()));
            }
        }
    }
}
