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
    private final PictureSamples pictures;
    private final PredictionSettings settings;
    private final Shadowing shadows;

    InvocationsController(
            ServedVersions versions,
            Engine engine,
            PictureSamples pictures,
            PredictionSettings settings,
            Shadowing shadows) {
        this.versions = versions;
        this.engine = engine;
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
    PredictionAnswer invoke(
            @Parameter(description = "the model, instead of the one that is set")
                    @RequestHeader(name = TARGET_MODEL, required = false)
                    @Nullable String target,
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
        var scores = engine.predict(
                version,
                samples -> {
                    read(request, samples);
                    return new Probabilities(null);
                },
                shadows.of(reference));
        return PredictionAnswer.of(version, scores.of(LoadedModel.PROBABILITIES), TOP);
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
