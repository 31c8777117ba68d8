package io.lossforge.database;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Properties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL server of this process's own, with its data in a directory. It listens on loopback only and wants a password (SCRAM)
 * that is in the directory. What was committed is on the disk: it survives a kill of this process and of the server.
 *
 * <p>Below the directory: {@code cluster} the data, {@code binaries-…} the programs, {@code password}, {@code server.log},
 * {@code lock} held by the one process that uses it.
 */
final class PostgresServer implements AutoCloseable {

    static final String USER = "lossforge";
    static final String DATABASE = "lossforge";

    private static final Logger log = LoggerFactory.getLogger(PostgresServer.class);
    private static final int PORTS_TRIED = 5;
    private static final List<String> SETTINGS = List.of(
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "timezone=UTC",
            "log_timezone=UTC",
            "log_checkpoints=off",
            "wal_level=minimal",
            "max_wal_senders=0",
            "max_wal_size=256MB");

    private final DirectoryLock lock;
    private final Cluster cluster;
    private final String password;
    private final int port;

    private PostgresServer(DirectoryLock lock, Cluster cluster, String password, int port) {
        this.lock = lock;
        this.cluster = cluster;
        this.password = password;
        this.port = port;
    }

    /**
     * Starts the server, making its database on first use. Takes one to five seconds then, and well below one later. A server that
     * was left running by a process that was killed is stopped first.
     *
     * @throws DatabaseNotStarted if another process uses the directory, or PostgreSQL does not start
     */
    static PostgresServer start(Path directory) {
        var began = Instant.now();
        var lock = DirectoryLock.take(directory);
        try {
            var binaries = PostgresBinaries.unpackedBelow(directory);
            var password = Password.in(directory);
            var cluster = new Cluster(directory, binaries);
            cluster.stopLeftovers();
            boolean made = cluster.makeIfAbsent(USER, password.file());
            int port = startOnFreePort(cluster);
            var server = new PostgresServer(lock, cluster, password.text(), port);
            server.makeDatabase();
            log.info(
                    "{} {} in {} ms, on 127.0.0.1:{}, with its data in {}",
                    binaries.version(),
                    made ? "made and started" : "started",
                    Duration.between(began, Instant.now()).toMillis(),
                    port,
                    directory);
            return server;
        } catch (RuntimeException | IOException | SQLException e) {
            lock.close();
            if (e instanceof DatabaseNotStarted known) {
                throw known;
            }
            throw new DatabaseNotStarted("PostgreSQL in %s does not start: %s".formatted(directory, e.getMessage()), e);
        }
    }

    /** Another program may take the port between the choice and the start; then the next is tried. */
    private static int startOnFreePort(Cluster cluster) throws IOException {
        for (int attempt = 1; ; attempt++) {
            int port = freePort();
            try {
                cluster.start(port, SETTINGS);
                return port;
            } catch (DatabaseNotStarted e) {
                if (attempt == PORTS_TRIED || !cluster.logTail().contains("Address already in use")) {
                    throw e;
                }
            }
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void makeDatabase() throws SQLException {
        var login = new Properties();
        login.setProperty("user", USER);
        login.setProperty("password", password);
        try (var connection = DriverManager.getConnection(url("postgres"), login);
                var statement = connection.createStatement();
                var present = statement.executeQuery("select 1 from pg_database where datname = '" + DATABASE + "'")) {
            if (!present.next()) {
                connection.createStatement().execute("create database " + DATABASE);
            }
        }
    }

    String url() {
        return url(DATABASE);
    }

    private String url(String database) {
        return "jdbc:postgresql://127.0.0.1:%d/%s".formatted(port, database);
    }

    String password() {
        return password;
    }

    /** Stops the server once its connections are closed or cut. */
    @Override
    public void close() {
        try {
            cluster.stop();
        } catch (DatabaseNotStarted e) {
            log.warn("{}; the next start of the service will stop it", e.getMessage());
        } finally {
            lock.close();
        }
    }

    /** A password made once and kept beside the data, readable by its owner only. */
    private record Password(Path file, String text) {

        static Password in(Path directory) throws IOException {
            var file = directory.resolve("password");
            if (!Files.exists(file)) {
                var fresh = OwnerOnly.temporaryFile(directory);
                Files.writeString(fresh, OwnerOnly.randomText());
                Files.move(fresh, file, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
            }
            try {
                return new Password(file, Files.readString(file).strip());
            } catch (UncheckedIOException e) {
                throw e.getCause();
            }
        }
    }
}
