package io.lossforge.database;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.commons.io.FileUtils;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;

/** A PostgreSQL that a test can kill and start again, on the same port with the same data. */
public final class KillablePostgres implements JdbcConnectionDetails, AutoCloseable {

    private static final String PASSWORD = "killable";
    private static final List<String> SETTINGS = List.of("listen_addresses=127.0.0.1", "unix_socket_directories=");

    private final Path directory;
    private final Cluster cluster;
    private final int port;

    public KillablePostgres() throws IOException {
        directory = Files.createTempDirectory("killable-postgres");
        cluster = new Cluster(directory, PostgresBinaries.unpackedBelow(directory));
        var password = OwnerOnly.temporaryFile(directory);
        Files.writeString(password, PASSWORD);
        cluster.makeIfAbsent(PostgresServer.USER, password);
        port = freePort();
        cluster.start(port, SETTINGS);
    }

    /** {@code kill -9} of its main process; the others end when they notice. */
    public void kill() throws IOException {
        var pid =
                Files.readAllLines(directory.resolve("cluster/postmaster.pid")).get(0);
        ProcessHandle.of(Long.parseLong(pid.strip())).orElseThrow().destroyForcibly();
    }

    /** Recovers what was committed. */
    public void startAgain() throws IOException {
        cluster.stopLeftovers();
        cluster.start(port, SETTINGS);
    }

    @Override
    public String getJdbcUrl() {
        return "jdbc:postgresql://127.0.0.1:%d/postgres".formatted(port);
    }

    @Override
    public String getUsername() {
        return PostgresServer.USER;
    }

    @Override
    public String getPassword() {
        return PASSWORD;
    }

    @Override
    public void close() throws IOException {
        cluster.stop();
        FileUtils.deleteDirectory(directory.toFile());
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
