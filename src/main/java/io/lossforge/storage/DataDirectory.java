package io.lossforge.storage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * The directory where this process keeps its data: the embedded database, blobs, caches.
 *
 * @param root absolute; made when the record is, readable by its owner only where it was not there
 */
public record DataDirectory(Path root) {

    /**
     * Makes the directory.
     *
     * @throws UncheckedIOException if it can't be made or written to
     */
    public DataDirectory {
        root = make(root.toAbsolutePath().normalize());
        if (!Files.isWritable(root)) {
            throw new UncheckedIOException(
                    new IOException("lossforge.data-directory: %s can't be written to by this user".formatted(root)));
        }
    }

    /**
     * The directory of the settings, for what starts before there are beans.
     *
     * @throws UncheckedIOException as the constructor
     */
    public static DataDirectory configured(Environment settings) {
        return new DataDirectory(Binder.get(settings)
                .bindOrCreate("lossforge", DirectorySettings.class)
                .dataDirectory());
    }

    /** A directory directly or deeper inside, made if it was not there. */
    public Path resolve(String child) {
        var path = root.resolve(child).normalize();
        if (!path.startsWith(root)) {
            throw new IllegalArgumentException("%s is not inside the data directory".formatted(child));
        }
        return make(path);
    }

    private static Path make(Path directory) {
        try {
            return PrivateFiles.directory(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(new IOException(
                    "lossforge.data-directory: %s can't be made: %s".formatted(directory, e.getMessage()), e));
        }
    }
}
