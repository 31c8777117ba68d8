package io.lossforge.worker;

import io.lossforge.inference.Predictor;
import io.lossforge.process.OwnClasses;
import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import io.lossforge.storage.DataDirectory;
import io.lossforge.training.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Starts the processes that run jobs: trainers, and for batch predictions others. */
@Component
@ConditionalOnRole(Role.WORKER)
class Trainers {

    private static final Logger log = LoggerFactory.getLogger(Trainers.class);

    /** Where the natives of ONNX Runtime lie unpacked, if they do. */
    private static final String ONNX_RUNTIME = "onnxruntime.native.path";

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
        return launch(
                Trainer.class, slot, List.of("-Dai.djl.pytorch.num_threads=" + slot.threads())); // while it warms up
    }

    /**
     * Starts a process that runs a batch prediction.
     *
     * @throws IOException if the system starts no process
     */
    TrainerProcess launchPredictor(Slot slot) throws IOException {
        var natives = System.getProperty(ONNX_RUNTIME);
        return launch(
                Predictor.class, slot, natives == null ? List.of() : List.of("-D" + ONNX_RUNTIME + "=" + natives));
    }

    private TrainerProcess launch(Class<?> main, Slot slot, List<String> properties) throws IOException {
        var directory =
                LockedDirectory.make(directories.resolve(UUID.randomUUID().toString()));
        var options = new ArrayList<>(properties);
        options.addAll(settings.trainerOptions());
        var classPath = OwnClasses.here().classPath();
        var builder = new ProcessBuilder(
                        TrainerCommandLine.of(main, Path.of(System.getProperty("java.home")), classPath, options))
                .directory(directory.path().toFile());
        var environment = TrainerCommandLine.environment(System.getenv(), classPath, slot.visibleDevices());
        builder.environment().clear();
        builder.environment().putAll(environment);
        var process = new TrainerProcess(builder.start(), directory);
        log.debug("{} {} started for slot {}", main.getSimpleName(), process.pid(), slot.number());
        return process;
    }
}
