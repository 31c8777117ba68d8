package io.lossforge.model;

import static java.util.stream.Collectors.groupingBy;

import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import io.lossforge.storage.Storage;
import io.lossforge.web.PageRequest;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.InputStreamResource;
import org.springframework.core.io.Resource;
import org.springframework.data.domain.Limit;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.WebRequest;

/** Models and their versions over HTTP. */
@RestController
@ConditionalOnRole(Role.SERVER)
@RequestMapping("/api/v1/models")
@Tag(name = "models", description = "Trained models: versions, artefacts, aliases")
class ModelController {

    private final Models models;
    private final ModelVersions versions;
    private final ModelAliases aliases;
    private final Storage storage;

    ModelController(Models models, ModelVersions versions, ModelAliases aliases, Storage storage) {
        this.models = models;
        this.versions = versions;
        this.aliases = aliases;
        this.storage = storage;
    }

    @GetMapping
    @Operation(summary = "Models by name, each with its newest version and its aliases")
    @ApiResponse(responseCode = "200")
    ResponseEntity<ModelAnswers.Page> listModels(
            @RequestParam(required = false) @Nullable Integer pageSize,
            @RequestParam(required = false) @Nullable String pageToken) {
        var page = PageRequest.of(pageSize, pageToken);
        var after = page.after(1);
        var rows = versions.rowsAfter(after.isEmpty() ? "" : after.get(0), Limit.of(page.limit()));
        var shown = page.cut(rows, ModelRow::name);
        var pointing = aliasesOf(shown.rows().stream().map(ModelRow::name).toList());
        return page.answer(
                new ModelAnswers.Page(
                        shown.rows().stream()
                                .map(row -> ModelAnswers.Model.of(row, pointing.getOrDefault(row.name(), List.of())))
                                .toList(),
                        shown.nextPageToken()),
                shown.nextPageToken());
    }

    @GetMapping("/{name}")
    @Operation(summary = "One model with its newest version and its aliases")
    @ApiResponse(responseCode = "200")
    @ApiResponse(responseCode = "404", description = "no such model", content = @Content)
    ModelAnswers.Model getModel(@PathVariable String name) {
        var row = versions.row(name).orElseThrow(() -> models.noModel(name));
        return ModelAnswers.Model.of(row, aliasesOf(List.of(name)).getOrDefault(name, List.of()));
    }

    @GetMapping("/{name}/versions")
    @Operation(summary = "Versions of a model, newest first")
    @ApiResponse(responseCode = "200")
    @ApiResponse(responseCode = "404", description = "no such model", content = @Content)
    ResponseEntity<ModelAnswers.VersionPage> listModelVersions(
            @PathVariable String name,
            @RequestParam(required = false) @Nullable Integer pageSize,
            @RequestParam(required = false) @Nullable String pageToken) {
        var page = PageRequest.of(pageSize, pageToken);
        int before = (int) Math.min(Integer.MAX_VALUE, ModelAnswers.before(page.after(1)));
        var rows = versions.findByModelAndVersionLessThanOrderByVersionDesc(name, before, Limit.of(page.limit()));
        if (rows.isEmpty() && !versions.existsByModel(name)) {
            throw models.noModel(name);
        }
        var shown = page.cut(rows, ModelVersion::version);
        var pointing = aliasesOf(List.of(name)).getOrDefault(name, List.of());
        return page.answer(
                new ModelAnswers.VersionPage(
                        shown.rows().stream()
                                .map(version -> ModelAnswers.VersionRow.of(version, pointing))
                                .toList(),
                        shown.nextPageToken()),
                shown.nextPageToken());
    }

    @GetMapping("/{name}/versions/{version}")
    @Operation(summary = "One version: metrics, lineage, classes, what it takes, its artefact")
    @ApiResponse(responseCode = "200")
    @ApiResponse(responseCode = "404", description = "no such model or version", content = @Content)
    ModelAnswers.Version getModelVersion(@PathVariable String name, @PathVariable int version) {
        return ModelAnswers.Version.of(
                models.version(name, version), aliasesOf(List.of(name)).getOrDefault(name, List.of()));
    }

    @DeleteMapping("/{name}/versions/{version}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(summary = "Delete a version and its artefact; its number is not used again")
    @ApiResponse(responseCode = "204")
    @ApiResponse(responseCode = "404", description = "no such model or version", content = @Content)
    @ApiResponse(
            responseCode = "409",
            description = "it is protected, an alias points to it, it shadows one, or an unfinished job starts from it",
            content = @Content)
    void deleteModelVersion(@PathVariable String name, @PathVariable int version) {
        models.delete(name, version);
    }

    @GetMapping(path = "/{name}/versions/{version}/onnx", produces = MediaType.APPLICATION_OCTET_STREAM_VALUE)
    @Operation(summary = "The artefact: one self-contained ONNX file")
    @ApiResponse(
            responseCode = "200",
            description = "the file; its ETag is its SHA-256",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_OCTET_STREAM_VALUE,
                            schema = @Schema(type = "string", format = "binary")))
    @ApiResponse(responseCode = "304", description = "it is what If-None-Match says", content = @Content)
    @ApiResponse(responseCode = "404", description = "no such model or version", content = @Content)
    @Nullable ResponseEntity<Resource> downloadOnnx(@PathVariable String name, @PathVariable int version, WebRequest request) {
        var found = models.version(name, version);
        if (request.checkNotModified(found.artefactSha256())) {
            return null;
        }
        var file = ContentDisposition.attachment()
                .filename("%s-%d.onnx".formatted(name, version))
                .build();
        return ResponseEntity.ok()
                .contentType(MediaType.APPLICATION_OCTET_STREAM)
                .contentLength(found.artefactBytes())
                .header(HttpHeaders.CONTENT_DISPOSITION, file.toString())
                .body(new InputStreamResource(() -> storage.open(found.artefactKey())));
    }

    private Map<String, List<ModelAlias>> aliasesOf(List<String> names) {
        return aliases.of(names).stream().collect(groupingBy(ModelAlias::model));
    }
}
