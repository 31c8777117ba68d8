package io.lossforge.worker;

import io.lossforge.Lossforge;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;

/** The service in a process of its own, with short waits. What it prints is in {@code logs} below its data directory. */
class ServiceProcess {

    private static final List<String> OPTIONS = List.of(
            "--lossforge.jobs.retry-backoff=100ms",
            "--lossforge.jobs.max-retry-backoff=1s",
            // frozen in the middle of a transaction it would hold its job's row longer than its lease
            "--spring.datasource.hikari.connection-init-sql=set idle_in_transaction_session_timeout = '2s'");

    private final Process process;
    private final Path log;

    /** Starts it; that takes seconds, which nobody waits for here. */
    ServiceProcess(String role, Path data, JdbcConnectionDetails database, List<String> options) throws IOException {
        log = Files.createTempFile(Files.createDirectories(data.resolve("logs")), role + "-", ".log");
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx512m",
                Lossforge.class.getName(),
                "--lossforge.roles=" + role,
                "--lossforge.data-directory=" + data));
        command.addAll(OPTIONS);
        command.addAll(options);
        var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().put("CLASSPATH", withoutTests(System.getProperty("java.class.path")));
        builder.environment().put("SPRING_DATASOURCE_URL", database.getJdbcUrl());
        builder.environment().put("SPRING_DATASOURCE_USERNAME", database.getUsername());
        builder.environment().put("SPRING_DATASOURCE_PASSWORD", database.getPassword());
        process = builder.start();
    }

    private static String withoutTests(String classPath) {
        return Arrays.stream(classPath.split(File.pathSeparator))
                .filter(entry -> !entry.contains("test-classes"))
                .collect(Collectors.joining(File.pathSeparator));
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** {@code kill -9}; the processes that it started are left to themselves. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /**
     * Tells it to end.
     *
     * @return its exit status; null if it has none in time
     */
    @Nullable Integer terminate(long seconds) throws InterruptedException {
        process.destroy();
        return process.waitFor(seconds, TimeUnit.SECONDS) ? process.exitValue() : null;
    }

    void freeze() throws IOException, InterruptedException {
        signal("-STOP");
    }

    void thaw() throws IOException, InterruptedException {
        signal("-CONT");
    }

    private void signal(String signal) throws IOException, InterruptedException {
        new ProcessBuilder("kill", signal, Long.toString(process.pid())).start().waitFor();
    }

    String log() throws IOException {
        return Files.readString(log);
    }
}
