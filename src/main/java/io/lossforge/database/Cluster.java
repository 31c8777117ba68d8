package io.lossforge.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.apache.commons.io.FileUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The directory with PostgreSQL's data, and the server on it. */
final class Cluster {

    private static final Logger log = LoggerFactory.getLogger(Cluster.class);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path directory;
    private final Path logFile;
    private final PostgresBinaries binaries;

    Cluster(Path parent, PostgresBinaries binaries) throws IOException {
        this.directory = parent.toRealPath().resolve("cluster");
        this.logFile = parent.resolve("server.log");
        this.binaries = binaries;
    }

    /**
     * Makes the data directory on first use. It appears as a whole: what a process left that was killed meanwhile is thrown away.
     *
     * @return whether it was made now
     * @throws DatabaseNotStarted if it is another major version's
     */
    boolean makeIfAbsent(String user, Path passwordFile) throws IOException {
        if (Files.isDirectory(directory)) {
            var major = Files.readString(directory.resolve("PG_VERSION")).strip();
            if (!major.equals(binaries.major())) {
                throw new DatabaseNotStarted(
                        "%s was written by PostgreSQL %s, and this service brings %s: move the data with the former version's pg_dump"
                                .formatted(directory, major, binaries.version()),
                        null);
            }
            return false;
        }
        var fresh = directory.resolveSibling("cluster.new");
        FileUtils.deleteDirectory(fresh.toFile());
        Command.run(List.of(
                        binaries.program("initdb"),
                        "--pgdata=" + fresh,
                        "--username=" + user,
                        "--auth=scram-sha-256",
                        "--pwfile=" + passwordFile,
                        "--encoding=UTF8",
                        "--locale=C",
                        "--locale-provider=builtin",
                        "--builtin-locale=C.UTF-8",
                        "--no-instructions"))
                .succeeded("initdb");
        Files.move(fresh, directory, StandardCopyOption.ATOMIC_MOVE);
        return true;
    }

    /**
     * Starts the server and waits until it answers. It is a session of its own, so that Ctrl-C reaches this process and not the
     * database under it.
     *
     * @throws DatabaseNotStarted if it does not answer within a minute
     */
    void start(int port, List<String> settings) throws IOException {
        if (Files.exists(logFile)) {
            Files.move(logFile, logFile.resolveSibling("server.log.old"), StandardCopyOption.REPLACE_EXISTING);
        }
        var options =
                settings.stream().map(setting -> " -c " + setting).collect(Collectors.joining("", "-p " + port, ""));
        var started = Command.run(List.of(
                binaries.program("pg_ctl"),
                "start",
                "--pgdata=" + directory,
                "--log=" + logFile,
                "--wait",
                "--timeout=" + PATIENCE.toSeconds(),
                "--options=" + options));
        if (started.exitCode() != 0) {
            started = new Command(started.exitCode(), started.output() + logTail());
        }
        started.succeeded("starting PostgreSQL");
    }

    /**
     * Stops the server: running transactions are rolled back.
     *
     * @throws DatabaseNotStarted if it does not stop within a minute
     */
    void stop() {
        try {
            Command.run(List.of(
                            binaries.program("pg_ctl"),
                            "stop",
                            "--pgdata=" + directory,
                            "--mode=fast",
                            "--wait",
                            "--timeout=" + PATIENCE.toSeconds()))
                    .succeeded("stopping PostgreSQL");
        } catch (IOException e) {
            throw new DatabaseNotStarted("stopping PostgreSQL failed: " + e.getMessage(), e);
        }
    }

    /**
     * Stops what a killed service left running on this directory, and removes its {@code postmaster.pid}: after a restart of the
     * machine or of a container the number in it may be any other program's, for which PostgreSQL would refuse to start.
     */
    void stopLeftovers() throws IOException {
        var pidFile = directory.resolve("postmaster.pid");
        if (!Files.exists(pidFile)) {
            return;
        }
        var running = serverProcesses();
        var main = mainProcess(pidFile, running);
        if (main.isPresent()) {
            log.info(
                    "PostgreSQL was left running as process {} by a service that was killed; stopping it",
                    main.get().pid());
            stop();
        } else {
            end(running);
            log.info("PostgreSQL was not shut down; it will recover what was committed");
        }
        Files.deleteIfExists(pidFile);
    }

    private static Optional<ProcessHandle> mainProcess(Path pidFile, List<ProcessHandle> running) throws IOException {
        var lines = Files.readAllLines(pidFile);
        return lines.isEmpty()
                ? Optional.empty()
                : running.stream()
                        .filter(process ->
                                Long.toString(process.pid()).equals(lines.get(0).strip()))
                        .findFirst();
    }

    /** Processes of a server on this directory: PostgreSQL makes the data directory the working directory of each. */
    private List<ProcessHandle> serverProcesses() {
        return ProcessHandle.allProcesses().filter(this::isOfThisCluster).toList();
    }

    private boolean isOfThisCluster(ProcessHandle process) {
        var known = Path.of("/proc", Long.toString(process.pid()));
        try {
            return Files.isDirectory(known)
                    ? Files.readString(known.resolve("comm")).strip().equals("postgres")
                            && Files.readSymbolicLink(known.resolve("cwd")).equals(directory)
                    : process.info().commandLine().orElse("").contains(directory.toString());
        } catch (IOException e) {
            return false; // it has ended, or is another user's
        }
    }

    /**
     * Ends server processes whose main process is gone; they would end by themselves at their next wait. One that has ended and that
     * nobody has collected does not count: it has no working directory.
     */
    private void end(List<ProcessHandle> orphans) {
        orphans.forEach(ProcessHandle::destroy);
        var deadline = Instant.now().plus(PATIENCE);
        while (orphans.stream().anyMatch(this::isOfThisCluster)) {
            if (Instant.now().isAfter(deadline)) {
                throw new DatabaseNotStarted("processes of a former PostgreSQL still use " + directory, null);
            }
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
    }

    /** The end of what the server wrote to its log since its last start. */
    String logTail() throws IOException {
        if (!Files.exists(logFile)) {
            return "";
        }
        var lines = Files.readAllLines(logFile);
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 10), lines.size()));
    }
}
