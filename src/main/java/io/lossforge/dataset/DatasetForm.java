package io.lossforge.dataset;

import io.lossforge.web.ApiException;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.multipart.MultipartFile;

/** The form that a dataset is sent with. */
@Schema(
        name = "DatasetForm",
        requiredProperties = {"name"})
record DatasetForm(
        @Schema(description = "1 to 63 lower-case letters, digits, '.', '_' and '-'") @Nullable String name,

        @Schema(description = "the files") @Nullable List<MultipartFile> file,

        @Schema(description = "the test part, where it is in files of its own") @Nullable List<MultipartFile> testFile,

        @Schema(description = "instead of file: a path below lossforge.dataset.directory of the service's machine")
        @Nullable String path,

        @Schema(description = "height x width or channels x height x width, such as 28x28 or 3x32x32") @Nullable String imageSize,

        @Schema(description = "of a CSV: name, or index from 0, negative from the end; default the last") @Nullable String labelColumn,

        @Schema(description = "the number that is full brightness where numbers become pixels; default 255") @Nullable Double maxValue) {

    private static final String NAME = "[a-z0-9][a-z0-9._-]{0,62}";

    /** The name, if it is one; 400 otherwise. */
    String checkedName() {
        if (name == null) {
            throw ApiException.badRequest("/name", "is required");
        }
        if (!name.matches(NAME)) {
            throw ApiException.badRequest(
                    "/name",
                    "must be 1 to 63 lower-case letters, digits, '.', '_' or '-' and start with a letter or digit; was \"%s\""
                            .formatted(Shown.name(name)));
        }
        return name;
    }

    /** The path, or null if there are files; 400 unless there is one of both. */
    @Nullable String checkedPath() {
        if (path != null && !files().isEmpty()) {
            throw ApiException.badRequest("/path", "give file or path, not both");
        }
        if (path == null && files().isEmpty()) {
            throw ApiException.badRequest("/file", "is required: at least one file as multipart/form-data, or path");
        }
        return path;
    }

    List<MultipartFile> files() {
        return file == null ? List.of() : file;
    }

    List<MultipartFile> testFiles() {
        return testFile == null ? List.of() : testFile;
    }

    /** What is said about the files; 400 if it makes no sense. */
    IngestOptions options() {
        if (maxValue != null && !(maxValue > 0 && maxValue < Double.POSITIVE_INFINITY)) {
            throw ApiException.badRequest("/maxValue", "must be a number above 0, was " + maxValue);
        }
        return new IngestOptions(
                size(imageSize), labelColumn == null || labelColumn.isBlank() ? null : labelColumn, maxValue);
    }

    private static @Nullable ImageSize size(@Nullable String text) {
        if (text == null || text.isBlank()) {
            return null;
        }
        try {
            return ImageSize.parse(text);
        } catch (IllegalArgumentException e) {
            throw ApiException.badRequest("/imageSize", String.valueOf(e.getMessage()));
        }
    }
}
