package io.lossforge.worker;

import io.lossforge.dataset.Datasets;
import io.lossforge.job.BatchSpec;
import io.lossforge.job.JobInputs;
import io.lossforge.model.ModelVersion;
import io.lossforge.model.Models;
import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import io.lossforge.storage.Storage;
import io.lossforge.training.TrainerCommand;
import io.lossforge.training.TrainerEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Runs attempts at batch predictions, each in a process of its own that has ONNX Runtime and no libtorch. Safe for several threads. */
@Component
@ConditionalOnRole(Role.WORKER)
class PredictionAttempts {

    private static final Logger log = LoggerFactory.getLogger(PredictionAttempts.class);

    private final WorkerSettings settings;
    private final Datasets datasets;
    private final JobInputs inputs;
    private final Models models;
    private final Storage storage;
    private final EventStore events;
    private final PredictionCompletion completion;

    PredictionAttempts(
            WorkerSettings settings,
            Datasets datasets,
            JobInputs inputs,
            Models models,
            Storage storage,
            EventStore events,
            PredictionCompletion completion) {
        this.settings = settings;
        this.datasets = datasets;
        this.inputs = inputs;
        this.models = models;
        this.storage = storage;
        this.events = events;
        this.completion = completion;
    }

    /**
     * Runs one.
     *
     * @param directory of the attempt
     * @return how it ended; null if it succeeded
     * @throws UnusableModel if the model version is gone or damaged
     */
    @Nullable Outcome run(JobRun run, Supervisor.TrainerSource processes, Path directory)
            throws IOException, InterruptedException {
        var spec = BatchSpec.of(run.job());
        var output = Files.createDirectory(directory.resolve("output"));
        var file = directory.resolve("model.onnx");
        var model = new AtomicReference<ModelVersion>();
        Patience.until(
                run,
                "fetching the model",
                () -> model.set(ModelFile.fetch("model", spec.model(), models, storage, file)));
        var samples = new AtomicReference<Path>();
        Patience.until(run, "fetching the samples", () -> samples.set(samples(run, directory)));
        var order = run.order();
        if (order != null) {
            return new Outcome(order, "ended before it was started");
        }
        var classes = Objects.requireNonNull(model.get()).classes();
        var command = new TrainerCommand.Predict(
                run.claim().job().toString(),
                file.toString(),
                classes,
                Objects.requireNonNull(samples.get()).toString(),
                spec.split(),
                output.toString(),
                spec.format(),
                spec.topK(),
                spec.probabilities(),
                run.slot().threads());
        return predict(run, processes, command, spec);
    }

    private @Nullable Outcome predict(
            JobRun run, Supervisor.TrainerSource processes, TrainerCommand.Predict command, BatchSpec spec)
            throws IOException, InterruptedException {
        long memoryKills = MemoryKills.count();
        var output = Path.of(command.output());
        try (var predictor = processes.predictor();
                var conversation = new Conversation(
                        run,
                        predictor,
                        events,
                        settings,
                        Objects.requireNonNull(output.getParent()),
                        checkpoint -> {},
                        processes::nearlyFree)) {
            log.info(
                    "{}: \"{}\" starts with {} threads in predictor {}",
                    run.claim(),
                    run.job().name(),
                    command.threads(),
                    predictor.pid());
            predictor.run(command, command.classes().size());
            int exitCode = conversation.follow(List.of());
            if (conversation.last() instanceof TrainerEvent.Predicted predicted) {
                completion.complete(run, spec, predicted, output);
                log.info("{}: succeeded", run.claim());
                return null;
            }
            return Outcome.of(
                    exitCode,
                    conversation.last(),
                    run.order(),
                    MemoryKills.count() > memoryKills,
                    predictor.crashReport());
        }
    }

    /** The dataset's local copy, or one of the files that were sent with the job. */
    private Path samples(JobRun run, Path directory) {
        UUID dataset = run.job().datasetVersion();
        if (dataset != null) {
            return datasets.materialise(datasets.find(dataset).orElseThrow());
        }
        for (var key : inputs.of(run.claim().job())) {
            storage.copyTo(key, directory.resolve(key.substring(key.lastIndexOf('/') + 1)));
        }
        return directory;
    }
}
