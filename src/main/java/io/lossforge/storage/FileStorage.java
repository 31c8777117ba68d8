package io.lossforge.storage;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Blobs as files below one directory. A blob is written to a temporary file of the same file system, forced to the disk and renamed.
 * Links are not followed: a blob is a plain file inside the directory.
 */
class FileStorage implements Storage {

    /** Where half-written blobs are; no key can name it, since a key's segments have no {@code ~}. */
    private static final String TEMPORARY = "~temporary";

    private final Path root;

    /** Blobs below a directory, which is made if it was not there. */
    FileStorage(Path root) {
        try {
            this.root = PrivateFiles.directory(root).toRealPath();
            PrivateFiles.directory(this.root.resolve(TEMPORARY));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Stored put(String key, Path file) {
        try (var bytes = Files.newInputStream(file)) {
            return put(key, bytes, Long.MAX_VALUE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Stored put(String key, InputStream bytes, long maxBytes) {
        var target = path(key);
        try {
            var temporary = Files.createTempFile(root.resolve(TEMPORARY), "blob", "");
            try {
                var written = Copies.write(key, bytes, temporary, maxBytes);
                moveIntoPlace(temporary, target);
                return written;
            } finally {
                Files.deleteIfExists(temporary);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Another thread's {@link #delete} may take the directory away just before the rename; it is then made once more. */
    private void moveIntoPlace(Path temporary, Path target) throws IOException {
        var directory = parent(target);
        for (int attempt = 1; ; attempt++) {
            PrivateFiles.directory(directory);
            refuseLinks(target);
            try {
                Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
                force(directory);
                return;
            } catch (NoSuchFileException e) {
                if (attempt == 10) {
                    throw e;
                }
            }
        }
    }

    /** Makes a rename survive a loss of power, where directories can be opened. */
    private static void force(Path directory) throws IOException {
        try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (java.nio.file.AccessDeniedException e) {
            // Windows does not open directories, and needs no such thing
        }
    }

    @Override
    public InputStream open(String key) {
        try {
            return Files.newInputStream(existing(key), LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            throw new NoSuchBlob(key);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void copyTo(String key, Path target) {
        try (var bytes = open(key)) {
            Copies.copy(bytes, target);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public boolean exists(String key) {
        return isBlob(path(key));
    }

    @Override
    public void delete(String key) {
        var path = path(key);
        try {
            if (!isBlob(path)) {
                return;
            }
            Files.deleteIfExists(path);
            removeEmptyDirectories(parent(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void removeEmptyDirectories(Path from) throws IOException {
        try {
            for (var directory = from; !directory.equals(root); directory = parent(directory)) {
                Files.deleteIfExists(directory);
            }
        } catch (DirectoryNotEmptyException e) {
            // others are in use
        }
    }

    @Override
    public void scan(String prefix, Consumer<Blob> found) {
        Keys.checkedPrefix(prefix);
        var start = root.resolve(prefix.substring(0, prefix.lastIndexOf('/') + 1));
        try {
            refuseLinks(start);
            if (Files.isDirectory(start, LinkOption.NOFOLLOW_LINKS)) {
                Files.walkFileTree(start, new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                        return directory.equals(root.resolve(TEMPORARY))
                                ? FileVisitResult.SKIP_SUBTREE
                                : FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                        var key = root.relativize(file).toString().replace('\\', '/');
                        if (attributes.isRegularFile() && key.startsWith(prefix)) {
                            found.accept(new Blob(
                                    key,
                                    attributes.size(),
                                    attributes.lastModifiedTime().toInstant()));
                        }
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                        if (e instanceof NoSuchFileException) {
                            return FileVisitResult.CONTINUE;
                        }
                        throw e;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(
                            Path directory, @org.jspecify.annotations.Nullable IOException e) throws IOException {
                        if (e != null && !(e instanceof NoSuchFileException)) {
                            throw e;
                        }
                        return FileVisitResult.CONTINUE;
                    }
                });
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void removeUnfinished(Instant before) {
        try (var files = Files.newDirectoryStream(root.resolve(TEMPORARY))) {
            for (var file : files) {
                if (lastWritten(file).isBefore(before)) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Instant lastWritten(Path file) throws IOException {
        try {
            return Files.getLastModifiedTime(file).toInstant();
        } catch (NoSuchFileException e) {
            return Instant.MAX; // it is a blob by now
        }
    }

    @Override
    public String check() {
        try {
            Files.delete(Files.createTempFile(root.resolve(TEMPORARY), "check", ""));
            return root.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path existing(String key) {
        var path = path(key);
        if (!isBlob(path)) {
            throw new NoSuchBlob(key);
        }
        return path;
    }

    private boolean isBlob(Path path) {
        try {
            refuseLinks(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
    }

    private Path path(String key) {
        return root.resolve(Keys.checked(key));
    }

    /** Of a path below the root, which has one. */
    private static Path parent(Path path) {
        return Objects.requireNonNull(path.getParent());
    }

    /** A link among the directories of a blob would lead out of the storage. */
    private void refuseLinks(Path path) throws IOException {
        for (var each = path; !each.equals(root); each = parent(each)) {
            if (Files.isSymbolicLink(each)) {
                throw new IOException("%s is a link; blobs are plain files".formatted(root.relativize(each)));
            }
        }
    }
}
