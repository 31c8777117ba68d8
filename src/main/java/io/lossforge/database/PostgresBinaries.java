package io.lossforge.database;

import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;
import org.apache.commons.io.FileUtils;

/**
 * PostgreSQL's programs, unpacked from the class path.
 *
 * @param directory holds {@code bin}, {@code lib} and {@code share}
 * @param version such as {@code PostgreSQL 18.6}
 */
record PostgresBinaries(Path directory, String version) {

    private static final String PREFIX = "binaries-";

    /** The programs, unpacked below the directory if they are not yet; those of another version are removed. */
    static PostgresBinaries unpackedBelow(Path parent) throws IOException {
        var archive = archive();
        var directory = parent.resolve(PREFIX + sha256(archive).substring(0, 16));
        removeOthers(parent, directory);
        if (!Files.isDirectory(directory)) {
            var fresh = Files.createTempDirectory(parent, PREFIX);
            unpack(archive, fresh);
            Files.move(fresh, directory, StandardCopyOption.ATOMIC_MOVE);
        }
        var said = Command.run(List.of(directory.resolve("bin/postgres").toString(), "--version"));
        return new PostgresBinaries(directory, said.output().strip().replaceAll("^.*\\((.*)\\)", "$1"));
    }

    private static byte[] archive() throws IOException {
        var system = System.getProperty("os.name").split(" ")[0].replace("Mac", "Darwin");
        var machine = System.getProperty("os.arch").toLowerCase(Locale.ROOT).replace("amd64", "x86_64");
        try (var archive = DefaultPostgresBinaryResolver.INSTANCE.getPgBinary(system, machine)) {
            return archive.readAllBytes();
        } catch (IllegalStateException e) {
            throw new DatabaseNotStarted(
                    "there is no embedded PostgreSQL for %s on %s: set spring.datasource.url"
                            .formatted(system, machine),
                    e);
        }
    }

    private static void removeOthers(Path parent, Path wanted) throws IOException {
        try (var children = Files.newDirectoryStream(parent, PREFIX + "*")) {
            for (var child : children) {
                if (!child.equals(wanted)) {
                    FileUtils.deleteDirectory(child.toFile());
                }
            }
        }
    }

    private static void unpack(byte[] archive, Path directory) throws IOException {
        try (var tar = new TarArchiveInputStream(new XZCompressorInputStream(new ByteArrayInputStream(archive)))) {
            for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                var target = directory.resolve(entry.getName()).normalize();
                if (!target.startsWith(directory)) {
                    throw new IOException("the archive of PostgreSQL leads out of its directory: " + entry.getName());
                }
                write(tar, entry, target);
            }
        }
    }

    private static void write(TarArchiveInputStream tar, TarArchiveEntry entry, Path target) throws IOException {
        if (entry.isDirectory()) {
            Files.createDirectories(target);
            return;
        }
        var parent = Objects.requireNonNull(target.getParent());
        Files.createDirectories(parent);
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
            return;
        }
        Files.copy(tar, target);
        if (parent.endsWith("bin")) {
            Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwx------"));
        }
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The path of a program, such as {@code pg_ctl}. */
    String program(String name) {
        return directory.resolve("bin").resolve(name).toString();
    }

    /** The major version, such as {@code 18}. */
    String major() {
        return version.replaceAll("\\D*(\\d+).*", "$1");
    }
}
