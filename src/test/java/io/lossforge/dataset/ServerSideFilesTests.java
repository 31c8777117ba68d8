package io.lossforge.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lossforge.web.ApiException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.unit.DataSize;

class ServerSideFilesTests {

    @TempDir
    Path temporary;

    private Path root;

    @BeforeEach
    void makeFiles() throws IOException {
        root = Files.createDirectory(temporary.resolve("datasets"));
        Files.createDirectories(root.resolve("pets/cat"));
        Files.createDirectories(root.resolve("mnist"));
        Files.createFile(root.resolve("mnist/labels"));
        Files.createFile(root.resolve("mnist/images"));
        Files.createFile(root.resolve("mnist/.hidden"));
        Files.createFile(temporary.resolve("secret"));
        Files.createSymbolicLink(root.resolve("link"), temporary.resolve("secret"));
        Files.createSymbolicLink(root.resolve("linked"), root.resolve("pets"));
    }

    @Test
    void findsFilesFoldersOfFilesAndFoldersOfFolders() {
        assertThat(find("mnist/images")).extracting(Source::name).containsExactly("mnist/images");
        assertThat(find("mnist")).extracting(Source::name).containsExactly("images", "labels");
        assertThat(find("pets")).singleElement().satisfies(source -> {
            assertThat(source.path()).isDirectory();
            assertThat(source.pointer()).isEqualTo("/path");
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"../secret", "pets/../../secret", "/etc/passwd", "link", "linked", "linked/cat", "none", "a\0b"})
    void refusesWhatIsNotInside(String path) {
        assertThatThrownBy(() -> find(path)).isInstanceOfSatisfying(ApiException.class, refused -> {
            assertThat(refused.status().value()).isEqualTo(422);
            assertThat(refused.violations().get(0).pointer()).isEqualTo("/path");
            assertThat(refused.detail()).doesNotContain(temporary.toString());
        });
    }

    @Test
    void refusesEverythingUnlessConfigured() {
        assertThatThrownBy(() -> new ServerSideFiles(settings(null)).find("pets"))
                .hasMessageContaining("lossforge.dataset.directory is not set");
    }

    private java.util.List<Source> find(String path) {
        return new ServerSideFiles(settings(root)).find(path);
    }

    private static DatasetSettings settings(@Nullable Path directory) {
        return new DatasetSettings(
                DataSize.ofGigabytes(1), directory, 100, DataSize.ofGigabytes(1), 200, 100, 1000, null, 1);
    }
}
