package io.lossforge.worker;

import io.lossforge.training.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;

/** A worker in a process of its own, of one slot and with leases of 2 s. */
final class WorkerProcess extends ServiceProcess {

    private static final List<String> OPTIONS = List.of(
            "--server.port=0",
            "--lossforge.worker.threads=1",
            "--lossforge.worker.lease=2s",
            "--lossforge.worker.checkpoint-interval=100ms",
            "--lossforge.worker.standby=false");

    private WorkerProcess(Path data, JdbcConnectionDetails database) throws IOException {
        super("worker", data, database, OPTIONS);
    }

    static WorkerProcess start(Path data, JdbcConnectionDetails database) throws IOException {
        return new WorkerProcess(data, database);
    }

    /** Its trainers that run. */
    List<ProcessHandle> trainers() {
        return handle().children().filter(WorkerProcess::isTrainer).toList();
    }

    void killTrainers() {
        trainers().forEach(ProcessHandle::destroyForcibly);
    }

    /** Whether it runs: one that has ended and that nobody has collected has no command line. */
    static boolean isTrainer(ProcessHandle process) {
        return process.info().commandLine().orElse("").endsWith(Trainer.class.getName());
    }
}
