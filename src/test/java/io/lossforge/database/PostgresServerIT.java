package io.lossforge.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresServerIT {

    /** Shared, so that the programs are unpacked and the cluster is made once. */
    @TempDir
    static Path directory;

    private final List<Service> services = new ArrayList<>();

    @AfterEach
    void stopAll() throws Exception {
        for (var service : services) {
            service.process.getOutputStream().close();
            assertThat(service.process.waitFor()).isIn(0, 137);
        }
        // whatever a test left running is stopped as the next service would
        PostgresServer.start(directory).close();
    }

    @Test
    void keepsItsDataOverARestartAndListensOnLoopbackOnlyForWhoHasThePassword() throws Exception {
        try (var server = PostgresServer.start(directory)) {
            remember(server.url(), "restarted");
            assertThat(setting(server.url(), "listen_addresses")).isEqualTo("127.0.0.1");
            assertThat(setting(server.url(), "unix_socket_directories")).isEmpty();
            assertThat(setting(server.url(), "fsync")).isEqualTo("on");
            assertThat(setting(server.url(), "synchronous_commit")).isEqualTo("on");
            assertThat(setting(server.url(), "server_version")).startsWith("18.");
            assertThatThrownBy(() -> DriverManager.getConnection(server.url(), PostgresServer.USER, "wrong"))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("password authentication failed");
        }
        assertThat(Files.getPosixFilePermissions(directory.resolve("password")))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(directory.resolve("cluster/postmaster.pid")).doesNotExist();

        try (var server = PostgresServer.start(directory)) {
            assertThat(remembered(server.url())).contains("restarted");
        }
    }

    @Test
    void stopsTheServerThatAKilledServiceLeftRunning() throws Exception {
        var killed = start();
        remember(killed.url(), "service killed");
        killed.kill();
        var leftOver = postmaster();
        assertThat(isRunning(leftOver)).isTrue();

        var next = start();

        assertThat(isRunning(leftOver)).isFalse();
        assertThat(remembered(next.url())).contains("service killed");
    }

    @Test
    void recoversWhenServiceAndServerWereKilled() throws Exception {
        var killed = start();
        remember(killed.url(), "both killed");
        var postmaster = postmaster();
        killed.kill();
        postmaster.destroyForcibly();
        await().until(() -> !isRunning(postmaster));
        assertThat(directory.resolve("cluster/postmaster.pid")).exists();

        var next = start();

        assertThat(remembered(next.url())).contains("both killed");
    }

    @Test
    void leavesAnotherProgramAloneThatHasTheNumberOfAFormerServer() throws Exception {
        PostgresServer.start(directory).close();
        var other = new ProcessBuilder("sleep", "600").start();
        try {
            Files.writeString(
                    directory.resolve("cluster/postmaster.pid"),
                    other.pid() + "\n" + directory.resolve("cluster") + "\n0\n5432\n\n127.0.0.1\n0 0\nready\n");

            var next = start();

            assertThat(next.url()).startsWith("jdbc:postgresql://127.0.0.1:");
            assertThat(other.isAlive()).isTrue();
        } finally {
            other.destroy();
        }
    }

    @Test
    void refusesASecondServiceOnTheSameDirectory() throws Exception {
        var first = start();

        var second = new Service(directory);
        services.add(second);

        assertThat(second.said)
                .isEqualTo("refused the database in %s is in use by process %d: one service at a time"
                        .formatted(directory, first.process.pid()));
        assertThat(setting(first.url(), "server_version")).startsWith("18.");
    }

    @Test
    void refusesASecondServerInTheSameProcess() {
        try (var first = PostgresServer.start(directory)) {
            assertThatThrownBy(() -> PostgresServer.start(directory))
                    .isInstanceOf(DatabaseNotStarted.class)
                    .hasMessageContaining("is in use by this process");
            assertThat(first.url()).isNotEmpty();
        }
    }

    @Test
    void startsOverWhenItWasKilledWhileItMadeTheCluster() throws Exception {
        var parent = Files.createTempDirectory("half-made");
        try {
            Files.createDirectories(parent.resolve("cluster.new/base"));
            Files.writeString(parent.resolve("cluster.new/PG_VERSION"), "18");
            Files.createDirectories(parent.resolve("binaries-123/bin"));

            try (var server = PostgresServer.start(parent)) {
                assertThat(DriverManager.getConnection(server.url(), PostgresServer.USER, server.password())
                                .isValid(1))
                        .isTrue();
            }
            assertThat(parent.resolve("binaries-123")).doesNotExist();
        } finally {
            org.apache.commons.io.FileUtils.deleteDirectory(parent.toFile());
        }
    }

    @Test
    void refusesDataOfAnotherMajorVersion() throws Exception {
        PostgresServer.start(directory).close();
        var version = directory.resolve("cluster/PG_VERSION");
        var right = Files.readString(version);
        Files.writeString(version, "17\n");
        try {
            assertThatThrownBy(() -> PostgresServer.start(directory))
                    .isInstanceOf(DatabaseNotStarted.class)
                    .hasMessageContaining("was written by PostgreSQL 17, and this service brings PostgreSQL 18.");
        } finally {
            Files.writeString(version, right);
        }
    }

    private static ProcessHandle postmaster() throws IOException {
        var pid =
                Files.readAllLines(directory.resolve("cluster/postmaster.pid")).get(0);
        return ProcessHandle.of(Long.parseLong(pid.strip())).orElseThrow();
    }

    /** One that has ended and that nobody has collected has no working directory. */
    private static boolean isRunning(ProcessHandle process) throws IOException {
        try {
            return Files.readSymbolicLink(Path.of("/proc", Long.toString(process.pid()), "cwd"))
                    .endsWith("cluster");
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private static Connection connect(String url) throws Exception {
        return DriverManager.getConnection(url, PostgresServer.USER, Files.readString(directory.resolve("password")));
    }

    private static void remember(String url, String what) throws Exception {
        try (var connection = connect(url);
                var statement = connection.createStatement()) {
            statement.execute("create table if not exists remembered (what text)");
            statement.execute("insert into remembered values ('" + what + "')");
        }
    }

    private static List<String> remembered(String url) throws Exception {
        try (var connection = connect(url);
                var statement = connection.createStatement();
                var rows = statement.executeQuery("select what from remembered")) {
            var all = new ArrayList<String>();
            while (rows.next()) {
                all.add(rows.getString(1));
            }
            return all;
        }
    }

    private static String setting(String url, String name) throws Exception {
        try (var connection = connect(url);
                var statement = connection.createStatement();
                var rows = statement.executeQuery("show " + name)) {
            rows.next();
            return rows.getString(1);
        }
    }

    private Service start() throws IOException {
        var service = new Service(directory);
        services.add(service);
        assertThat(service.said).startsWith("ready ");
        return service;
    }

    /** {@link PostgresServerProcess}, ready or refused. */
    private static final class Service {

        final Process process;
        final String said;

        Service(Path directory) throws IOException {
            process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            System.getProperty("java.class.path"),
                            PostgresServerProcess.class.getName(),
                            directory.toString())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            said = answer(process.inputReader());
        }

        private static String answer(BufferedReader lines) throws IOException {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("ready ") || line.startsWith("refused ")) {
                    return line;
                }
            }
            return "ended without a word";
        }

        String url() {
            return said.substring("ready ".length());
        }

        void kill() throws InterruptedException {
            process.destroyForcibly();
            process.waitFor();
        }
    }
}
