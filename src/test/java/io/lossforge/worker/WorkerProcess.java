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

/** A worker in a process of its own, of one slot and with leases of 2 s. What it prints is in {@code logs} below its data directory. */
final class WorkerProcess {

    private static final List<String> OPTIONS = List.of(
            "--server.port=0",
            "--lossforge.roles=worker",
            "--lossforge.worker.threads=1",
            "--lossforge.worker.lease=2s",
            "--lossforge.worker.checkpoint-interval=100ms",
            "--lossforge.worker.standby=false",
            // frozen in the middle of a transaction it would hold its job's row longer than its lease
            "--spring.datasource.hikari.connection-init-sql=set idle_in_transaction_session_timeout = '2s'");

    private final Process process;
    private final Path log;

    private WorkerProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    static WorkerProcess start(Path data, JdbcConnectionDetails database) throws IOException {
        var log = Files.createTempFile(Files.createDirectories(data.resolve("logs")), "worker-", ".log");
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx512m",
                Lossforge.class.getName()));
        command.addAll(OPTIONS);
        command.add("--lossforge.data-directory=" + data);
        var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().put("CLASSPATH", withoutTests(System.getProperty("java.class.path")));
        builder.environment().put("SPRING_DATASOURCE_URL", database.getJdbcUrl());
        builder.environment().put("SPRING_DATASOURCE_USERNAME", database.getUsername());
        builder.environment().put("SPRING_DATASOURCE_PASSWORD", database.getPassword());
        return new WorkerProcess(builder.start(), log);
    }

    private static String withoutTests(String classPath) {
        return Arrays.stream(classPath.split(File.pathSeparator))
                .filter(entry -> !entry.contains("test-classes"))
                .collect(Collectors.joining(File.pathSeparator));
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** {@code kill -9}; its trainers are left to themselves. */
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

    /** Its trainers that run. */
    List<ProcessHandle> trainers() {
        return process.children().filter(WorkerProcess::isTrainer).toList();
    }

    /** Whether it runs: one that has ended and that nobody has collected has no command line. */
    static boolean isTrainer(ProcessHandle process) {
        return process.info().commandLine().orElse("").endsWith(TrainerCommandLine.MAIN);
    }

    String log() throws IOException {
        return Files.readString(log);
    }
}
