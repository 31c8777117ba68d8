package io.lossforge.prediction;

import io.lossforge.model.ModelVersion;
import io.lossforge.model.Models;
import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import io.lossforge.web.ApiException;
import io.swagger.v3.oas.annotations.Hidden;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/** The Open Inference Protocol, version 2, over HTTP. A model name without a version means what it means elsewhere. */
@RestController
@ConditionalOnRole(Role.SERVER)
@RequestMapping(path = "/v2", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "open inference", description = "The Open Inference Protocol, version 2")
class OpenInferenceController {

    private static final List<String> EXTENSIONS =
            List.of("binary_tensor_data", "classification", "model_repository", "statistics");

    private final Models models;
    private final ServedVersions served;
    private final JsonMapper mapper;
    private final Engine engine;
    private final ServedDecisions decisions;
    private final PredictionSettings settings;
    private final ApplicationAvailability availability;
    private final Shadowing shadows;
    private final String version;

    OpenInferenceController(
            Models models,
            ServedVersions served,
            Engine engine,
            ServedDecisions decisions,
            PredictionSettings settings,
            ApplicationAvailability availability,
            Shadowing shadows,
            JsonMapper mapper) {
        this.models = models;
        this.served = served;
        this.mapper = mapper;
        this.engine = engine;
        this.decisions = decisions;
        this.settings = settings;
        this.availability = availability;
        this.shadows = shadows;
        this.version = Objects.requireNonNullElse(getClass().getPackage().getImplementationVersion(), "development");
    }

    @GetMapping
    @Operation(summary = "What this server is")
    OpenInference.Server serverMetadata() {
        return new OpenInference.Server("lossforge", version, EXTENSIONS);
    }

    /** The protocol's description has it with a slash at the end, its text without. */
    @GetMapping("/")
    @Hidden
    OpenInference.Server serverMetadataWithSlash() {
        return serverMetadata();
    }

    @GetMapping("/health/live")
    @Operation(summary = "Whether the server runs")
    OpenInference.Live serverLive() {
        return new OpenInference.Live(true);
    }

    @GetMapping("/health/ready")
    @Operation(summary = "Whether the server takes requests")
    @ApiResponse(responseCode = "200")
    @ApiResponse(
            responseCode = "503",
            description = "it starts, stops, or can't reach the database",
            content = @Content)
    OpenInference.Ready serverReady() {
        if (availability.getReadinessState() != ReadinessState.ACCEPTING_TRAFFIC) {
            throw ApiException.unavailable("not-ready", "the server starts or stops", Duration.ofSeconds(1));
        }
        models.check();
        return new OpenInference.Ready(true);
    }

    @GetMapping("/models/{name}")
    @Operation(summary = "What a model takes and gives")
    @ApiResponse(responseCode = "200")
    @ApiResponse(responseCode = "404", description = "no such model", content = @Content)
    OpenInference.Metadata modelMetadata(@PathVariable String name) {
        var found = models.resolve(name);
        var versions = models.newestNumbers(found.model()).stream()
                .map(String::valueOf)
                .toList();
        return metadata(found, versions);
    }

    @GetMapping("/models/{name}/versions/{version}")
    @Operation(summary = "What a version of a model takes and gives")
    @ApiResponse(responseCode = "200")
    @ApiResponse(responseCode = "404", description = "no such model or version", content = @Content)
    OpenInference.Metadata modelVersionMetadata(@PathVariable String name, @PathVariable int version) {
        return metadata(models.resolve(name + ":" + version), List.of(Integer.toString(version)));
    }

    @GetMapping("/models/{name}/ready")
    @Operation(summary = "Whether a model can answer; loads it if need be")
    @ApiResponse(responseCode = "200")
    @ApiResponse(responseCode = "404", description = "no such model", content = @Content)
    @ApiResponse(responseCode = "503", description = "its artefact can't be loaded", content = @Content)
    OpenInference.ModelReady modelReady(@PathVariable String name) {
        return ready(models.resolve(name));
    }

    @GetMapping("/models/{name}/versions/{version}/ready")
    @Operation(summary = "Whether a version of a model can answer; loads it if need be")
    @ApiResponse(responseCode = "200")
    @ApiResponse(responseCode = "404", description = "no such model or version", content = @Content)
    @ApiResponse(responseCode = "503", description = "its artefact can't be loaded", content = @Content)
    OpenInference.ModelReady modelVersionReady(@PathVariable String name, @PathVariable int version) {
        return ready(models.resolve(name + ":" + version));
    }

    @PostMapping(
            path = "/models/{name}/infer",
            consumes = {MediaType.APPLICATION_JSON_VALUE, MediaType.APPLICATION_OCTET_STREAM_VALUE},
            produces = {MediaType.APPLICATION_JSON_VALUE, MediaType.APPLICATION_OCTET_STREAM_VALUE})
    @Operation(
            summary = "Run a model on a tensor",
            requestBody =
                    @RequestBody(
                            required = true,
                            content = {
                                @Content(
                                        mediaType = MediaType.APPLICATION_JSON_VALUE,
                                        schema = @Schema(implementation = OpenInference.InferRequest.class)),
                                @Content(
                                        mediaType = MediaType.APPLICATION_OCTET_STREAM_VALUE,
                                        schema = @Schema(type = "string", format = "binary"))
                            }))
    @ApiResponse(
            responseCode = "200",
            content = {
                @Content(
                        mediaType = MediaType.APPLICATION_JSON_VALUE,
                        schema = @Schema(implementation = OpenInference.InferResponse.class)),
                @Content(
                        mediaType = MediaType.APPLICATION_OCTET_STREAM_VALUE,
                        schema = @Schema(type = "string", format = "binary"))
            })
    @ApiResponse(responseCode = "400", description = "the tensor is not what the model takes", content = @Content)
    @ApiResponse(responseCode = "404", description = "no such model", content = @Content)
    ResponseEntity<Object> modelInfer(@PathVariable String name, HttpServletRequest request)
            throws IOException, ServletException {
        return infer(name, request);
    }

    @PostMapping(
            path = "/models/{name}/versions/{version}/infer",
            consumes = {MediaType.APPLICATION_JSON_VALUE, MediaType.APPLICATION_OCTET_STREAM_VALUE},
            produces = {MediaType.APPLICATION_JSON_VALUE, MediaType.APPLICATION_OCTET_STREAM_VALUE})
    @Operation(
            summary = "Run a version of a model on a tensor",
            requestBody =
                    @RequestBody(
                            required = true,
                            content = {
                                @Content(
                                        mediaType = MediaType.APPLICATION_JSON_VALUE,
                                        schema = @Schema(implementation = OpenInference.InferRequest.class)),
                                @Content(
                                        mediaType = MediaType.APPLICATION_OCTET_STREAM_VALUE,
                                        schema = @Schema(type = "string", format = "binary"))
                            }))
    @ApiResponse(
            responseCode = "200",
            content = {
                @Content(
                        mediaType = MediaType.APPLICATION_JSON_VALUE,
                        schema = @Schema(implementation = OpenInference.InferResponse.class)),
                @Content(
                        mediaType = MediaType.APPLICATION_OCTET_STREAM_VALUE,
                        schema = @Schema(type = "string", format = "binary"))
            })
    @ApiResponse(responseCode = "400", description = "the tensor is not what the model takes", content = @Content)
    @ApiResponse(responseCode = "404", description = "no such model or version", content = @Content)
    ResponseEntity<Object> modelVersionInfer(
            @PathVariable String name, @PathVariable int version, HttpServletRequest request)
            throws IOException, ServletException {
        return infer(name + ":" + version, request);
    }

    private ResponseEntity<Object> infer(String reference, HttpServletRequest request)
            throws IOException, ServletException {
        var found = served.resolve(reference, request);
        var scores = engine.predict(
                found,
                samples -> {
                    var asked = InferReader.read(request, samples, settings.maxInstances());
                    return new DecidedInference(
                            asked, decisions.applied(asked.decision(), found, DecisionParameters.PARENT));
                },
                shadows.of(reference));
        return InferAnswer.of(found, scores, mapper);
    }

    private OpenInference.ModelReady ready(ModelVersion found) {
        engine.ready(found);
        return new OpenInference.ModelReady(found.model(), true);
    }

    private static OpenInference.Metadata metadata(ModelVersion found, List<String> versions) {
        var input = Input.of(found);
        var scores = List.of(-1L, (long) found.classes().size());
        return new OpenInference.Metadata(
                found.model(),
                versions,
                "onnx_onnxv1",
                List.of(new OpenInference.TensorMetadata(
                        LoadedModel.INPUT,
                        input.datatype(),
                        Arrays.stream(input.batch(-1)).boxed().toList())),
                List.of(
                        new OpenInference.TensorMetadata(LoadedModel.LOGITS, "FP32", scores),
                        new OpenInference.TensorMetadata(LoadedModel.PROBABILITIES, "FP32", scores)));
    }
}
