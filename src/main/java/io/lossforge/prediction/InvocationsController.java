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
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What a container of Amazon SageMaker and a scoring server of MLflow answer to, for one model that is chosen by a setting or a header. */
@RestController
@ConditionalOnRole(Role.SERVER)
@Tag(name = "predictions")
class InvocationsController {

    private static final String TARGET_MODEL = "X-Amzn-SageMaker-Target-Model";
    private static final String CSV = "text/csv";
    private static final int TOP = 5;

    private final ServedVersions versions;
    private final Engine engine;
    private final ServedDecisions decisions;
    private final PictureSamples pictures;
    private final PredictionSettings settings;
    private final Shadowing shadows;

    InvocationsController(
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

    @GetMapping(path = "/ping", produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(summary = "Whether /invocations would answer; loads its model if one is set")
    @ApiResponse(responseCode = "200")
    @ApiResponse(responseCode = "404", description = "there is no such model", content = @Content)
    Map<String, String> ping(HttpServletRequest request) {
        var model = settings.invocationsModel();
        if (model != null) {
            engine.load(versions.resolve(model, request));
        }
        return Map.of("status", "ok");
    }

    @PostMapping(
            path = "/invocations",
            consumes = {MediaType.APPLICATION_JSON_VALUE, CSV, "image/*"},
            produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            summary =
                    "Classify samples in a form of MLflow: instances, inputs, dataframe_split, dataframe_records, CSV; or a picture",
            requestBody =
                    @RequestBody(
                            required = true,
                            content = {
                                @Content(
                                        mediaType = MediaType.APPLICATION_JSON_VALUE,
                                        schema = @Schema(type = "object")),
                                @Content(mediaType = CSV, schema = @Schema(type = "string")),
                                @Content(mediaType = "image/*", schema = @Schema(type = "string", format = "binary"))
                            }))
    @ApiResponse(responseCode = "200")
    @ApiResponse(responseCode = "400", description = "a sample is not what the model takes", content = @Content)
    @ApiResponse(responseCode = "404", description = "no model is chosen, or there is none such", content = @Content)
    @ApiResponse(responseCode = "413", description = "too many bytes or samples", content = @Content)
    @ApiResponse(
            responseCode = "422",
            description = "the version has no decision, or no thresholds, as they are asked for",
            content = @Content)
    PredictionAnswer invoke(
            @Parameter(description = "the model, instead of the one that is set")
                    @RequestHeader(name = TARGET_MODEL, required = false)
                    @Nullable String target,
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
        var reference = target == null ? settings.invocationsModel() : target;
        if (reference == null) {
            throw ApiException.notFound(
                    "no-model-chosen",
                    "no model is chosen: send the header %s, or set lossforge.prediction.invocations-model"
                            .formatted(TARGET_MODEL));
        }
        var version = versions.resolve(reference, request);
        var asked = AskedDecision.of("", calibrated, prior, decision, abstainBelow);
        var applied = decisions.applied(asked, version, "");
        var wanted = applied == null ? new Probabilities(null) : applied.wanted(null);
        var scores = engine.predict(
                version,
                samples -> {
                    read(request, samples);
                    return wanted;
                },
                shadows.of(reference));
        return applied == null
                ? PredictionAnswer.of(version, scores.of(LoadedModel.PROBABILITIES), TOP)
                : PredictionAnswer.of(version, scores.of(applied.source()), TOP, applied);
    }

    private void read(HttpServletRequest request, Samples samples) throws IOException {
        var type = MediaType.parseMediaType(request.getContentType());
        if (type.isCompatibleWith(MediaType.APPLICATION_JSON)) {
            JsonBodies.read(request, json -> InvocationsReader.read(json, samples, pictures, settings.maxInstances()));
        } else if (type.getType().equals("text")) {
            InvocationsReader.readCsv(request.getInputStream(), samples, settings.maxInstances());
        } else {
            pictures.add(request.getInputStream(), samples, "");
        }
    }
}
