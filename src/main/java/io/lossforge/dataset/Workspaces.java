package io.lossforge.dataset;

import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import io.lossforge.storage.DataDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;
import org.springframework.util.FileSystemUtils;

/**
 * Where uploads arrive and are packed: a directory of this process, locked while it lives. What a process that was killed left behind
 * is removed when the next one starts.
 */
@Component
@ConditionalOnRole(Role.SERVER)
class Workspaces implements DisposableBean {

    private static final Logger log = LoggerFactory.getLogger(Workspaces.class);
    private static final String LOCK = "lock";

    private final Path own;
    private final FileChannel lock;

    Workspaces(DataDirectory data) {
        var root = data.resolve("ingest");
        try {
            sweep(root);
            this.own = Files.createTempDirectory(root, "process");
            this.lock = FileChannel.open(own.resolve(LOCK), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            if (lock.tryLock() == null) {
                throw new IOException("%s is locked by another process".formatted(own));
            }
            Files.createDirectory(uploads());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void sweep(Path root) throws IOException {
        try (var children = Files.newDirectoryStream(root)) {
            for (var child : children) {
                if (isAbandoned(child)) {
                    log.info("Removing {}: an ingestion that was cut off when its process ended", child);
                    FileSystemUtils.deleteRecursively(child);
                }
            }
        }
    }

    private static boolean isAbandoned(Path directory) throws IOException {
        var file = directory.resolve(LOCK);
        if (!Files.exists(file)) {
            // made a moment ago, or never locked: the first will be locked soon, the second holds nothing
            return false;
        }
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE);
                var taken = channel.tryLock()) {
            return taken != null;
        } catch (OverlappingFileLockException e) {
            return false; // another context of this process
        }
    }

    /** Where the container puts the parts of a multipart request until the request ends. */
    Path uploads() {
        return own.resolve("uploads");
    }

    /** A new, empty directory; removed when it is closed. */
    Workspace open() {
        try {
            return new Workspace(Files.createTempDirectory(own, "dataset"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void destroy() throws IOException {
        lock.close();
        FileSystemUtils.deleteRecursively(own);
    }

    /** The files of one ingestion. */
    record Workspace(Path directory) implements AutoCloseable {

        @Override
        public void close() {
            try {
                FileSystemUtils.deleteRecursively(directory);
            } catch (IOException e) {
                log.warn("{} could not be removed; the next start tries again", directory, e);
            }
        }
    }
}
