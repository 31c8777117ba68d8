package io.lossforge.worker;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.springframework.util.FileSystemUtils;

/**
 * A directory that belongs to this process. A lock file says so, whose lock the system releases when its owner dies, however it dies: so
 * what nobody needs any more is known for certain.
 */
final class LockedDirectory implements AutoCloseable {

    private static final String LOCK = ".lock";

    private final Path path;
    private final FileChannel channel;

    private LockedDirectory(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /** Makes the directory, empty, and its parents. */
    static LockedDirectory make(Path path) throws IOException {
        FileSystemUtils.deleteRecursively(path);
        createDirectories(path);
        var channel = FileChannel.open(path.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        channel.lock();
        Files.writeString(path.resolve("host"), host());
        return new LockedDirectory(path, channel);
    }

    /** Another process may be removing the parent just now, which was empty. */
    private static void createDirectories(Path path) throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                Files.createDirectories(path);
                return;
            } catch (NoSuchFileException e) {
                if (attempt == 10) {
                    throw e;
                }
            }
        }
    }

    Path path() {
        return path;
    }

    /** Removes the directory. */
    @Override
    public void close() {
        try {
            FileSystemUtils.deleteRecursively(path);
            channel.close();
        } catch (IOException e) {
            // It is swept at the next start.
        }
    }

    /** Removes the directory in which such ones were, unless there is another. */
    static void removeIfEmpty(Path parent) {
        try {
            Files.deleteIfExists(parent);
        } catch (IOException e) {
            // Another attempt of the job is here.
        }
    }

    /**
     * The directories whose owner, a process of this host, is dead.
     *
     * @param depth how deep below the root they lie
     */
    static List<Path> orphans(Path root, int depth) throws IOException {
        if (depth == 0) {
            return isOrphan(root) ? List.of(root) : List.of();
        }
        var orphans = new ArrayList<Path>();
        for (var directory : directories(root)) {
            orphans.addAll(orphans(directory, depth - 1));
        }
        return orphans;
    }

    /** None, where another process has just removed what held them. */
    private static List<Path> directories(Path parent) throws IOException {
        try (var found = Files.list(parent)) {
            return found.filter(Files::isDirectory).toList();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    private static boolean isOrphan(Path directory) throws IOException {
        try (var channel = FileChannel.open(directory.resolve(LOCK), StandardOpenOption.WRITE);
                var lock = channel.tryLock()) {
            // On another host's word nothing is certain: locks need not reach across a network.
            return lock != null
                    && Files.readString(directory.resolve("host"), StandardCharsets.UTF_8)
                            .equals(host());
        } catch (OverlappingFileLockException | NoSuchFileException e) {
            return false;
        }
    }

    private static String host() throws IOException {
        return InetAddress.getLocalHost().getHostName();
    }
}
