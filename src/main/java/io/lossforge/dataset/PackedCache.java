package io.lossforge.dataset;

import io.lossforge.storage.Storage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import org.springframework.util.FileSystemUtils;
import tools.jackson.databind.json.JsonMapper;

/**
 * Packed datasets as local directories named by content. Each is assembled beside its place and renamed into it, so that it is whole
 * or absent whatever other threads and processes do; of two that assemble the same one, the first rename wins.
 */
class PackedCache {

    private static final Pattern SHA_256 = Pattern.compile("[0-9a-f]{64}");

    private final Storage storage;
    private final Path root;
    private final JsonMapper json = JsonMapper.shared();
    private final Lock[] stripes = new Lock[16];

    PackedCache(Storage storage, Path root) {
        this.storage = storage;
        this.root = root;
        for (int i = 0; i < stripes.length; i++) {
            stripes[i] = new ReentrantLock();
        }
    }

    Path materialise(String sha256) {
        var directory = root.resolve(sha256);
        if (Files.isDirectory(directory)) {
            return directory;
        }
        var stripe = stripes[Math.floorMod(sha256.hashCode(), stripes.length)]; // one copy per process is enough
        stripe.lock();
        try {
            return Files.isDirectory(directory) ? directory : assemble(sha256, directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            stripe.unlock();
        }
    }

    private Path assemble(String sha256, Path directory) throws IOException {
        var temporary = Files.createTempDirectory(root, "~");
        try {
            var manifestFile = copy(sha256, Manifest.NAME, temporary);
            check(sha256, Manifest.NAME, sha256, manifestFile);
            var manifest = json.readValue(manifestFile, Manifest.class);
            for (var entry : manifest.files().entrySet()) {
                check(sha256, entry.getKey(), entry.getValue().sha256(), copy(sha256, entry.getKey(), temporary));
            }
            moveIntoPlace(temporary, directory);
            return directory;
        } finally {
            FileSystemUtils.deleteRecursively(temporary);
        }
    }

    private Path copy(String sha256, String name, Path directory) {
        var file = directory.resolve(name);
        storage.copyTo(PackedContents.key(sha256, name), file);
        return file;
    }

    private static void check(String content, String name, String wanted, Path file) throws IOException {
        var found = Sha256.of(file);
        if (!found.equals(wanted)) {
            throw new DamagedDataset(
                    "datasets/%s/%s has the SHA-256 %s, %s was stored; delete the dataset version and ingest it again"
                            .formatted(content, name, found, wanted));
        }
    }

    private static void moveIntoPlace(Path temporary, Path directory) throws IOException {
        try {
            Files.move(temporary, directory, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            throw e;
        } catch (FileSystemException e) {
            if (!Files.isDirectory(directory)) { // another process was first otherwise
                throw e;
            }
        }
    }

    /** Hashes of what there is a local copy of. */
    List<String> contents() {
        try (var directories = Files.list(root)) {
            return directories
                    .map(directory -> directory.getFileName().toString())
                    .filter(name -> SHA_256.matcher(name).matches())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Drops the local copy, where there is one. A reader that has its files open keeps them. */
    void forget(String sha256) {
        try {
            var doomed = Files.createTempDirectory(root, "~");
            try {
                Files.move(root.resolve(sha256), doomed, StandardCopyOption.ATOMIC_MOVE);
            } catch (NoSuchFileException e) {
                // nothing local
            } finally {
                FileSystemUtils.deleteRecursively(doomed);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
