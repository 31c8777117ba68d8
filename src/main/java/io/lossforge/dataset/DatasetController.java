package io.lossforge.dataset;

import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import io.lossforge.web.ApiException;
import io.lossforge.web.PageRequest;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.multipart.MultipartFile;

/** Datasets over HTTP. */
@RestController
@ConditionalOnRole(Role.SERVER)
@RequestMapping("/api/v1/datasets")
@Tag(name = "datasets")
class DatasetController {

    private final Ingestion ingestion;
    private final ServerSideFiles serverSide;
    private final Workspaces workspaces;
    private final Datasets datasets;
    private final DatasetVersions versions;
    private final DatasetRegister register;

    DatasetController(
            Ingestion ingestion,
            ServerSideFiles serverSide,
            Workspaces workspaces,
            Datasets datasets,
            DatasetVersions versions,
            DatasetRegister register) {
        this.ingestion = ingestion;
        this.serverSide = serverSide;
        this.workspaces = workspaces;
        this.datasets = datasets;
        this.versions = versions;
        this.register = register;
    }

    @PostMapping(consumes = MediaType.MULTIPART_FORM_DATA_VALUE)
    @Operation(summary = "Ingest a dataset; a new version if the name exists", description = """
                    Zip or tar(.gz) of class folders, IDX (MNIST), CIFAR-10 binary, CSV, .npy or .npz, told apart by content. \
                    Without a test part a fifth of every class is set apart. Answers when the dataset is packed.""")
    @ApiResponse(responseCode = "201", description = "ingested")
    @ApiResponse(responseCode = "200", description = "the name has this content already; its version")
    @ApiResponse(responseCode = "400", description = "a form field is wrong", content = @Content)
    @ApiResponse(responseCode = "413", description = "larger than lossforge.dataset.max-upload", content = @Content)
    @ApiResponse(responseCode = "422", description = "the files can't become a dataset", content = @Content)
    @ApiResponse(responseCode = "507", description = "the service's disk is full", content = @Content)
    ResponseEntity<DatasetAnswers.Version> ingestDataset(@ModelAttribute DatasetForm form) throws IOException {
        var name = form.checkedName();
        var options = form.options();
        var path = form.checkedPath();
        try (var workspace = workspaces.open()) {
            var directory = workspace.directory();
            var files = path != null ? serverSide.find(path) : receive("/file", form.files(), directory);
            var registered = ingestion.ingest(name, files, receive("/testFile", form.testFiles(), directory), options);
            var answer = DatasetAnswers.Version.of(registered.version());
            return ResponseEntity.status(registered.isNew() ? HttpStatus.CREATED : HttpStatus.OK)
                    .location(URI.create(Objects.requireNonNull(answer.links().get("self"))))
                    .body(answer);
        } catch (RefusedUpload e) {
            throw ApiException.unprocessable(e.pointer(), e.detail());
        }
    }

    /** Takes the parts out of the container's hands, by renaming where they lie on the disk already. */
    private static List<Source> receive(String pointer, List<MultipartFile> files, Path directory) throws IOException {
        var sources = new ArrayList<Source>();
        for (var file : files) {
            var path = directory.resolve("%s-%d".formatted(pointer.substring(1), sources.size()));
            var name = file.getOriginalFilename();
            file.transferTo(path.toFile());
            sources.add(new Source(
                    pointer, name == null || name.isBlank() ? "file %d".formatted(sources.size()) : name, path));
        }
        return sources;
    }

    @GetMapping
    @Operation(summary = "List datasets by name, each with its newest version")
    @ApiResponse(responseCode = "200")
    ResponseEntity<DatasetAnswers.Page> listDatasets(
            @RequestParam(required = false) @Nullable Integer pageSize,
            @RequestParam(required = false) @Nullable String pageToken) {
        var page = PageRequest.of(pageSize, pageToken);
        var after = page.after(1);
        var found = versions.newestOfEach(after.isEmpty() ? "" : after.get(0), page.limit());
        var shown = page.cut(found, DatasetVersion::name);
        return page.answer(
                new DatasetAnswers.Page(
                        shown.rows().stream().map(DatasetAnswers.Version::of).toList(), shown.nextPageToken()),
                shown.nextPageToken());
    }

    @GetMapping("/{name}")
    @Operation(summary = "The newest version of a dataset")
    @ApiResponse(responseCode = "200")
    @ApiResponse(responseCode = "404", description = "no such dataset", content = @Content)
    DatasetAnswers.Version getDataset(@PathVariable String name) {
        return DatasetAnswers.Version.of(datasets.newest(name));
    }

    @GetMapping("/{name}/versions")
    @Operation(summary = "List the versions of a dataset, newest first")
    @ApiResponse(responseCode = "200")
    @ApiResponse(responseCode = "404", description = "no such dataset", content = @Content)
    ResponseEntity<DatasetAnswers.VersionPage> listDatasetVersions(
            @PathVariable String name,
            @RequestParam(required = false) @Nullable Integer pageSize,
            @RequestParam(required = false) @Nullable String pageToken) {
        datasets.newest(name);
        var page = PageRequest.of(pageSize, pageToken);
        var before = page.after(1);
        var found = versions.before(
                name, before.isEmpty() ? Integer.MAX_VALUE : Datasets.number(before.get(0)), page.limit());
        var shown = page.cut(found, DatasetVersion::version);
        return page.answer(
                new DatasetAnswers.VersionPage(
                        shown.rows().stream().map(DatasetAnswers.Version::of).toList(), shown.nextPageToken()),
                shown.nextPageToken());
    }

    @GetMapping("/{name}/versions/{version}")
    @Operation(summary = "One version of a dataset")
    @ApiResponse(responseCode = "200")
    @ApiResponse(responseCode = "404", description = "no such dataset or version", content = @Content)
    DatasetAnswers.Version getDatasetVersion(@PathVariable String name, @PathVariable String version) {
        return DatasetAnswers.Version.of(datasets.version(name, version));
    }

    @DeleteMapping("/{name}/versions/{version}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(summary = "Delete a version; its number is not given again")
    @ApiResponse(responseCode = "204")
    @ApiResponse(responseCode = "404", description = "no such dataset or version", content = @Content)
    @ApiResponse(responseCode = "409", description = "training jobs use it", content = @Content)
    void deleteDatasetVersion(@PathVariable String name, @PathVariable String version) {
        register.delete(List.of(datasets.version(name, version)));
    }

    @DeleteMapping("/{name}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(summary = "Delete all versions of a dataset")
    @ApiResponse(responseCode = "204")
    @ApiResponse(responseCode = "404", description = "no such dataset", content = @Content)
    @ApiResponse(responseCode = "409", description = "training jobs use one of them", content = @Content)
    void deleteDataset(@PathVariable String name) {
        datasets.newest(name);
        register.delete(versions.before(name, Integer.MAX_VALUE, Integer.MAX_VALUE));
    }
}
