package io.lossforge.worker;

import static org.awaitility.Awaitility.await;

import io.lossforge.Http;
import io.lossforge.Lossforge;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;

/**
 * The whole service, server and worker, in a process of its own. Directories of its data may be disks of their own, so small that a test can
 * fill them: they are mounted where only this process and its trainers see them.
 */
final class WholeService {

    private static final Duration TO_START = Duration.ofSeconds(90);
    private static final Pattern ADDRESS = Pattern.compile("Lossforge started .*?: http://127\\.0\\.0\\.1:([0-9]+)");
    private static final List<String> OWN_MOUNTS = List.of("unshare", "--user", "--map-root-user", "--mount");

    private final Process process;
    private final Path data;
    private final Path log;
    private final Http http;

    private WholeService(Process process, Path data, Path log) throws IOException {
        this.process = process;
        this.data = data;
        this.log = log;
        this.http = new Http(awaitPort());
    }

    /** Whether this system lets an ordinary process have mounts of its own. */
    static boolean canHaveDisks() throws InterruptedException {
        var command = new ArrayList<>(OWN_MOUNTS);
        command.addAll(List.of("mount", "-t", "tmpfs", "tmpfs", "/tmp"));
        try {
            return new ProcessBuilder(command).start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Starts it; returns when it answers.
     *
     * @param disks size, such as {@code 16m}, by directory below the data directory
     */
    static WholeService start(Path data, JdbcConnectionDetails database, Map<String, String> disks, String... options)
            throws IOException {
        var log = Files.createTempFile(Files.createDirectories(data.resolve("logs")), "service-", ".log");
        var command = new ArrayList<String>();
        if (!disks.isEmpty()) {
            var mounts = new StringBuilder();
            for (var disk : disks.entrySet()) {
                var directory = Files.createDirectories(data.resolve(disk.getKey()));
                mounts.append("mount -t tmpfs -o size=%s tmpfs '%s' && ".formatted(disk.getValue(), directory));
            }
            command.addAll(OWN_MOUNTS);
            command.addAll(List.of("/bin/sh", "-c", mounts + "exec \"$@\"", "/bin/sh"));
        }
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx512m",
                Lossforge.class.getName(),
                "--server.port=0",
                "--lossforge.roles=all",
                "--lossforge.data-directory=" + data,
                "--lossforge.worker.slots=1",
                "--lossforge.worker.threads=1",
                "--lossforge.worker.standby=false"));
        command.addAll(List.of(options));
        var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().put("CLASSPATH", withoutTests(System.getProperty("java.class.path")));
        builder.environment().put("SPRING_DATASOURCE_URL", database.getJdbcUrl());
        builder.environment().put("SPRING_DATASOURCE_USERNAME", database.getUsername());
        builder.environment().put("SPRING_DATASOURCE_PASSWORD", database.getPassword());
        return new WholeService(builder.start(), data, log);
    }

    private static String withoutTests(String classPath) {
        return Arrays.stream(classPath.split(File.pathSeparator))
                .filter(entry -> !entry.contains("test-classes"))
                .collect(Collectors.joining(File.pathSeparator));
    }

    private int awaitPort() throws IOException {
        await().atMost(TO_START)
                .until(() -> !process.isAlive() || ADDRESS.matcher(log()).find());
        var address = ADDRESS.matcher(log());
        if (!address.find()) {
            throw new IllegalStateException("the service ended:\n" + log());
        }
        return Integer.parseInt(address.group(1));
    }

    Http http() {
        return http;
    }

    /** What it printed. */
    String log() throws IOException {
        return Files.readString(log);
    }

    /** A file or directory of its data, as it sees it: on its own disk, if it has one there. */
    Path data(String path) {
        return Path.of("/proc/" + process.pid() + "/root" + data.resolve(path));
    }

    /** What a test does meanwhile. */
    interface Action {
        void run() throws Exception;
    }

    /** Keeps one of its disks full, to the last byte, as long as the action takes. */
    void whileFull(String disk, Action action) throws Exception {
        var ballast = new Ballast(data(disk).resolve("ballast"));
        try {
            action.run();
        } finally {
            ballast.remove();
        }
    }

    /** Its trainers that run. */
    List<ProcessHandle> trainers() {
        return process.children().filter(WorkerProcess::isTrainer).toList();
    }

    /** Ends it at once, and its trainers with it. */
    void kill() throws InterruptedException {
        var trainers = trainers();
        process.destroyForcibly().waitFor();
        trainers.forEach(ProcessHandle::destroyForcibly);
    }
}
