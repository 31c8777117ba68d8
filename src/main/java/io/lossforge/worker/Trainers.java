package io.lossforge.worker;

import io.lossforge.process.OwnClasses;
import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import io.lossforge.storage.DataDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Starts trainer processes. */
@Component
@ConditionalOnRole(Role.WORKER)
class Trainers {

    private static final Logger log = LoggerFactory.getLogger(Trainers.class);

    private final WorkerSettings settings;
    private final Path directories;

    Trainers(WorkerSettings settings, DataDirectory data) {
        this.settings = settings;
        this.directories = data.resolve("trainers");
    }

    /**
     * Starts a process for the slot's device; it loads its engine and then waits for a job.
     *
     * @throws IOException if the system starts no process
     */
    TrainerProcess launch(Slot slot) throws IOException {
        var directory =
                LockedDirectory.make(directories.resolve(UUID.randomUUID().toString()));
        var options = new ArrayList<String>();
        options.add("-Dai.djl.pytorch.num_threads=" + slot.threads()); // while it warms up
        options.addAll(settings.trainerOptions());
        var classPath = OwnClasses.here().classPath();
        var builder = new ProcessBuilder(
                        TrainerCommandLine.of(Path.of(System.getProperty("java.home")), classPath, options))
                .directory(directory.path().toFile());
        var environment = TrainerCommandLine.environment(System.getenv(), classPath, slot.visibleDevices());
        builder.environment().clear();
        builder.environment().putAll(environment);
        var process = new TrainerProcess(builder.start(), directory);
        log.debug("trainer {} started for slot {}", process.pid(), slot.number());
        return process;
    }
}
