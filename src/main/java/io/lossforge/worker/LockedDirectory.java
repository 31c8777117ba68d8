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
        Files.createDirectories(path);
        var channel = FileChannel.open(path.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        channel.lock();
        Files.writeString(path.resolve("host"), host());
        return new LockedDirectory(path, channel);
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

    /**
     * The directories whose owner, a process of this host, is dead.
     *
     * @param depth how deep below the root they lie
     */
    static List<Path> orphans(Path root, int depth) throws IOException {
        var orphans = new ArrayList<Path>();
        try (var found = Files.find(root, depth, (path, attributes) -> attributes.isDirectory())) {
            for (var directory : found.filter(
                            path -> root.relativize(path).getNameCount() == depth && !path.equals(root))
                    .toList()) {
                if (isOrphan(directory)) {
                    orphans.add(directory);
                }
            }
        }
        return orphans;
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
