package io.lossforge.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.FileSystemUtils;

class LockedDirectoryTests {

    @TempDir
    Path root;

    @Test
    void isNobodysOrphanWhileItsOwnerLives() throws IOException {
        try (var mine = LockedDirectory.make(root.resolve("job/1"))) {
            assertThat(mine.path()).isDirectory();
            assertThat(LockedDirectory.orphans(root, 2)).isEmpty();
        }
        assertThat(root.resolve("job/1")).doesNotExist();
    }

    @Test
    void isAnOrphanWhenItsOwnerDied() throws IOException {
        var left = leftBy(InetAddress.getLocalHost().getHostName());
        assertThat(LockedDirectory.orphans(root, 2)).containsExactly(left);
    }

    @Test
    void nothingIsCertainAboutAnotherHost() throws IOException {
        leftBy("elsewhere");
        assertThat(LockedDirectory.orphans(root, 2)).isEmpty();
    }

    @Test
    void directoryThatIsJustBeingMadeIsNoOrphan() throws IOException {
        Files.createDirectories(root.resolve("job/1"));
        assertThat(LockedDirectory.orphans(root, 2)).isEmpty();
    }

    @Test
    void whatAnotherProcessRemovesMeanwhileIsPassedOver() throws Exception {
        var left = leftBy(InetAddress.getLocalHost().getHostName());
        var busy = new AtomicBoolean(true);
        var other = CompletableFuture.runAsync(() -> {
            while (busy.get()) {
                try {
                    Files.createDirectories(root.resolve("other/1"));
                    FileSystemUtils.deleteRecursively(root.resolve("other"));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        });
        try {
            for (int i = 0; i < 2_000; i++) {
                assertThat(LockedDirectory.orphans(root, 2)).containsExactly(left);
            }
        } finally {
            busy.set(false);
            other.get();
        }
    }

    private Path leftBy(String host) throws IOException {
        var directory = Files.createDirectories(root.resolve("job/1"));
        Files.writeString(directory.resolve(".lock"), "");
        Files.writeString(directory.resolve("host"), host);
        return directory;
    }
}
