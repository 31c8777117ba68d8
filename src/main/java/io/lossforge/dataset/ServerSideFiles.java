package io.lossforge.dataset;

import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import io.lossforge.web.ApiException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Files of this machine below {@code lossforge.dataset.directory}, which a request may name instead of sending them. */
@Component
@ConditionalOnRole(Role.SERVER)
class ServerSideFiles {

    private static final String POINTER = "/path";
    private static final int MOST_FILES = 1000;

    private final @Nullable Path root;

    ServerSideFiles(DatasetSettings settings) {
        this.root = settings.directory();
    }

    /**
     * The files that a path means: itself, or the files of a folder that holds files only, or a folder of folders as it is.
     *
     * @param relative to the configured directory
     * @throws ApiException 422 if it leads out of the directory, or there is nothing
     */
    List<Source> find(String relative) {
        if (root == null) {
            throw ApiException.unprocessable(
                    POINTER,
                    "this service reads no files of its own: lossforge.dataset.directory is not set; upload them as file");
        }
        try {
            var path = inside(root.toRealPath(), relative);
            return Files.isDirectory(path) ? ofFolder(relative, path) : List.of(new Source(POINTER, relative, path));
        } catch (InvalidPathException | IOException e) {
            throw ApiException.unprocessable(POINTER, "there is no \"%s\"".formatted(Shown.name(relative)));
        }
    }

    private static Path inside(Path root, String relative) throws IOException {
        var wanted = root.resolve(relative).normalize();
        if (Path.of(relative).isAbsolute() || !wanted.startsWith(root)) {
            throw ApiException.unprocessable(
                    POINTER,
                    "\"%s\" leads out of the directory that datasets are read from".formatted(Shown.name(relative)));
        }
        var real = wanted.toRealPath();
        if (!real.equals(wanted)) {
            throw ApiException.unprocessable(
                    POINTER, "\"%s\" goes through a symbolic link".formatted(Shown.name(relative)));
        }
        if (!Files.isDirectory(real) && !Files.isRegularFile(real, LinkOption.NOFOLLOW_LINKS)) {
            throw ApiException.unprocessable(
                    POINTER, "\"%s\" is neither a file nor a folder".formatted(Shown.name(relative)));
        }
        return real;
    }

    private static List<Source> ofFolder(String relative, Path folder) throws IOException {
        try (var children = Files.list(folder)) {
            var visible = children.filter(
                            child -> !child.getFileName().toString().startsWith("."))
                    .limit(MOST_FILES + 1)
                    .sorted()
                    .toList();
            boolean isFlat = !visible.isEmpty()
                    && visible.size() <= MOST_FILES
                    && visible.stream().allMatch(child -> Files.isRegularFile(child, LinkOption.NOFOLLOW_LINKS));
            return isFlat
                    ? visible.stream()
                            .map(child ->
                                    new Source(POINTER, child.getFileName().toString(), child))
                            .toList()
                    : List.of(new Source(POINTER, relative, folder));
        }
    }
}
