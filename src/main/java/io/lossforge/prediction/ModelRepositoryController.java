package io.lossforge.prediction;

import io.lossforge.model.ModelVersion;
import io.lossforge.model.Models;
import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The extensions {@code statistics} and {@code model_repository}: what is in memory here, and what was asked of it. */
@RestController
@ConditionalOnRole(Role.SERVER)
@RequestMapping(path = "/v2", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "open inference")
class ModelRepositoryController {

    /** Newest first, so that an index of many stays small. */
    private static final int MOST = 1000;

    private final Models models;
    private final Engine engine;

    ModelRepositoryController(Models models, Engine engine) {
        this.models = models;
        this.engine = engine;
    }

    @GetMapping("/models/stats")
    @Operation(summary = "Statistics of every version in memory, the newest 1,000 versions at most")
    @ApiResponse(responseCode = "200")
    ModelRepository.StatisticsList allModelStatistics() {
        return statistics(models.newest(MOST));
    }

    @GetMapping("/models/{name}/stats")
    @Operation(summary = "Statistics of every version of a model in memory, of the newest 100 at most")
    @ApiResponse(responseCode = "200")
    @ApiResponse(responseCode = "404", description = "no such model", content = @Content)
    ModelRepository.StatisticsList modelStatistics(@PathVariable String name) {
        var model = models.resolve(name).model();
        return statistics(models.newestNumbers(model).stream()
                .map(version -> models.resolve(model + ":" + version))
                .toList());
    }

    @GetMapping("/models/{name}/versions/{version}/stats")
    @Operation(summary = "Statistics of a version; none if it is not in memory")
    @ApiResponse(responseCode = "200")
    @ApiResponse(responseCode = "404", description = "no such model or version", content = @Content)
    ModelRepository.StatisticsList modelVersionStatistics(@PathVariable String name, @PathVariable int version) {
        return statistics(List.of(models.resolve(name + ":" + version)));
    }

    private ModelRepository.StatisticsList statistics(List<ModelVersion> versions) {
        return new ModelRepository.StatisticsList(
                versions.stream().map(this::statistics).filter(Objects::nonNull).toList());
    }

    private ModelRepository.@Nullable Statistics statistics(ModelVersion version) {
        var seen = engine.statistics(version);
        return seen == null
                ? null
                : ModelRepository.Statistics.of(version.model(), Integer.toString(version.version()), seen);
    }

    @PostMapping(
            path = "/repository/index",
            consumes = {MediaType.APPLICATION_JSON_VALUE, MediaType.ALL_VALUE})
    @Operation(summary = "The newest 1,000 versions and which are in memory; only those with {\"ready\": true}")
    @ApiResponse(responseCode = "200")
    List<ModelRepository.Entry> repositoryIndex(
            @RequestBody(required = false) ModelRepository.@Nullable IndexRequest request) {
        boolean readyOnly = request != null && Boolean.TRUE.equals(request.ready());
        return models.newest(MOST).stream()
                .map(version -> {
                    boolean ready = engine.statistics(version) != null;
                    return new ModelRepository.Entry(
                            version.model(),
                            Integer.toString(version.version()),
                            ready ? "READY" : "UNAVAILABLE",
                            ready ? "" : "not in memory; loaded when asked for");
                })
                .filter(entry -> !readyOnly || entry.state().equals("READY"))
                .toList();
    }

    @PostMapping("/repository/models/{name}/load")
    @Operation(summary = "Bring what a model's name means into memory")
    @ApiResponse(responseCode = "200")
    @ApiResponse(responseCode = "404", description = "no such model", content = @Content)
    @ApiResponse(responseCode = "503", description = "its artefact can't be loaded", content = @Content)
    void loadRepositoryModel(@PathVariable String name) {
        engine.ready(models.resolve(name));
    }

    @PostMapping("/repository/models/{name}/unload")
    @Operation(summary = "Let what a model's name means leave memory; the next request loads it again")
    @ApiResponse(responseCode = "200")
    @ApiResponse(responseCode = "404", description = "no such model", content = @Content)
    void unloadRepositoryModel(@PathVariable String name) {
        engine.unload(models.resolve(name));
    }
}
