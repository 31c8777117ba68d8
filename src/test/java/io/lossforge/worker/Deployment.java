package io.lossforge.worker;

import static org.awaitility.Awaitility.await;

import io.lossforge.Http;
import io.lossforge.database.KillablePostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.commons.io.FileUtils;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** A server and workers, each a process of its own, over a database that can be killed. All share one data directory. */
final class Deployment {

    /** Far more than anything takes: only for what never happens. */
    static final Duration PATIENCE = Duration.ofMinutes(3);

    private final Path data;
    private final KillablePostgres postgres;
    private final JdbcClient database;
    private final int port;
    private final List<WorkerProcess> workers = new ArrayList<>();
    private ServiceProcess server;

    /** Returns when the server answers and the built-in dataset is there; workers may still be starting. */
    Deployment(Path data, int workers) throws IOException {
        this.data = data.toAbsolutePath();
        FileUtils.deleteDirectory(this.data.toFile());
        postgres = new KillablePostgres();
        database = JdbcClient.create(
                new DriverManagerDataSource(postgres.getJdbcUrl(), postgres.getUsername(), postgres.getPassword()));
        port = freePort();
        server = newServer();
        for (int i = 0; i < workers; i++) {
            this.workers.add(WorkerProcess.start(this.data, postgres));
        }
        await().atMost(PATIENCE).until(() -> isServed("/api/v1/datasets/digits"));
    }

    Path data() {
        return data;
    }

    KillablePostgres postgres() {
        return postgres;
    }

    JdbcClient database() {
        return database;
    }

    ServiceProcess server() {
        return server;
    }

    List<WorkerProcess> workers() {
        return List.copyOf(workers);
    }

    /** Who makes an attempt; empty if it is dead. */
    Optional<WorkerProcess> workerOf(RunningAttempt attempt) {
        return workers.stream()
                .filter(worker -> worker.isAlive() && attempt.worker().endsWith("/" + worker.pid()))
                .findFirst();
    }

    Http http() {
        return new Http(port);
    }

    /** On the same port; returns when it answers. */
    void startServerAgain() throws IOException {
        server = newServer();
        await().atMost(PATIENCE).until(() -> isServed("/actuator/health/readiness"));
    }

    /** Starts other workers in place of those that are dead: killed, told to end, or started while there was no database. */
    void replaceDead() throws IOException {
        for (int i = 0; i < workers.size(); i++) {
            if (!workers.get(i).isAlive()) {
                workers.set(i, WorkerProcess.start(data, postgres));
            }
        }
    }

    /** All trainers of this deployment that run, also those whose worker is dead. */
    List<ProcessHandle> trainers() {
        return ProcessHandle.allProcesses()
                .filter(WorkerProcess::isTrainer)
                .filter(this::isHere)
                .toList();
    }

    private boolean isHere(ProcessHandle trainer) {
        try {
            return Files.readSymbolicLink(Path.of("/proc", Long.toString(trainer.pid()), "cwd"))
                    .startsWith(data);
        } catch (IOException e) {
            return false; // it has just ended
        }
    }

    private ServiceProcess newServer() throws IOException {
        return new ServiceProcess("server", data, postgres, List.of("--server.port=" + port));
    }

    private boolean isServed(String path) {
        try {
            return http().get(path).status() == 200;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    void end() throws IOException, InterruptedException {
        server.kill();
        for (var worker : workers) {
            worker.kill();
        }
        postgres.close();
    }
}
