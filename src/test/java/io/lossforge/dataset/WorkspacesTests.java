package io.lossforge.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossforge.storage.DataDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkspacesTests {

    @TempDir
    Path root;

    @Test
    void removesWhatAKilledProcessLeftAndNothingOfALivingOne() throws Exception {
        var data = new DataDirectory(root);
        var left = Files.createDirectories(root.resolve("ingest/process123/dataset1"));
        Files.createFile(left.resolve("train-inputs.npy"));
        Files.createFile(left.getParent().resolve("lock"));

        var living = new Workspaces(data);
        var workspace = living.open();
        Files.createFile(workspace.directory().resolve("train-inputs.npy"));
        var next = new Workspaces(data);

        assertThat(left).doesNotExist();
        assertThat(workspace.directory().resolve("train-inputs.npy")).exists();
        assertThat(living.uploads()).isDirectory();

        workspace.close();
        assertThat(workspace.directory()).doesNotExist();
        living.destroy();
        next.destroy();
        try (var remaining = Files.list(root.resolve("ingest"))) {
            assertThat(remaining).isEmpty();
        }
    }
}
