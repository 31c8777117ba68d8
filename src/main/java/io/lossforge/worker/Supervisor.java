package io.lossforge.worker;

import io.lossforge.dataset.DatasetVersion;
import io.lossforge.dataset.Datasets;
import io.lossforge.job.ClaimedJobs;
import io.lossforge.job.EndReason;
import io.lossforge.job.JobCheckpoints;
import io.lossforge.job.LeaseLost;
import io.lossforge.job.Work;
import io.lossforge.model.Models;
import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import io.lossforge.storage.Blobs;
import io.lossforge.storage.DataDirectory;
import io.lossforge.storage.Storage;
import io.lossforge.training.TrainerCommand;
import io.lossforge.training.TrainerEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Runs one attempt from its claim to its end. Safe for several threads. */
@Component
@ConditionalOnRole(Role.WORKER)
class Supervisor {

    private static final Logger log = LoggerFactory.getLogger(Supervisor.class);

    /** Beyond the grace of its trainer. */
    private static final Duration FOR_LAST_CHECKPOINT = Duration.ofSeconds(1);

    private final WorkerSettings settings;
    private final Datasets datasets;
    private final EventStore events;
    private final Completion completion;
    private final PredictionAttempts predictions;
    private final ClaimedJobs jobs;
    private final JobCheckpoints checkpoints;
    private final Models models;
    private final Blobs blobs;
    private final Storage storage;
    private final Path directories;

    Supervisor(
            WorkerSettings settings,
            Datasets datasets,
            EventStore events,
            Completion completion,
            PredictionAttempts predictions,
            ClaimedJobs jobs,
            JobCheckpoints checkpoints,
            Models models,
            Blobs blobs,
            Storage storage,
            DataDirectory data) {
        this.settings = settings;
        this.datasets = datasets;
        this.events = events;
        this.completion = completion;
        this.predictions = predictions;
        this.jobs = jobs;
        this.checkpoints = checkpoints;
        this.models = models;
        this.blobs = blobs;
        this.storage = storage;
        this.directories = data.resolve("work");
    }

    /** Where a slot gets its trainers from. */
    interface TrainerSource {

        /** A trainer for the job about to start. */
        TrainerProcess take() throws IOException;

        /** A process for the batch prediction about to start. */
        TrainerProcess predictor() throws IOException;

        /** The job is about to end. */
        void nearlyFree();
    }

    /** The directory that holds the attempts of this process. */
    Path directories() {
        return directories;
    }

    /** Runs the attempt; returns when it has ended and the job knows. Whatever happens, it does not throw. */
    void run(JobRun run, TrainerSource trainers) throws InterruptedException {
        try {
            var outcome = attempt(run, trainers);
            if (outcome != null) {
                Patience.until(
                        run, "ending the attempt", () -> jobs.ended(run.claim(), outcome.reason(), outcome.message()));
            }
        } catch (LeaseLost | Patience.GivenUp e) {
            log.warn("{}: {}; its trainer was ended, nothing was changed", run.claim(), e.getMessage());
        } catch (RuntimeException e) {
            log.error(
                    "{}: its end could not be stored; the job is claimed again when its lease has run out",
                    run.claim(),
                    e);
        }
    }

    /** @return how the attempt ended; null if it succeeded */
    private @Nullable Outcome attempt(JobRun run, TrainerSource trainers) throws InterruptedException {
        var job = directories.resolve(run.claim().job().toString());
        try (var directory =
                LockedDirectory.make(job.resolve(Integer.toString(run.claim().attempt())))) {
            if (run.job().work() == Work.BATCH_PREDICTION) {
                return predictions.run(run, trainers, directory.path());
            }
            var found = new AtomicReference<DatasetVersion>();
            Patience.until(
                    run,
                    "looking for the dataset",
                    () -> found.set(
                            datasets.find(Objects.requireNonNull(run.job().datasetVersion()))
                                    .orElseThrow()));
            var dataset = Objects.requireNonNull(found.get());
            var data = datasets.materialise(dataset);
            var output = Files.createDirectory(directory.path().resolve("output"));
            var order = run.order();
            if (order != null) {
                return new Outcome(order, "ended before it was started");
            }
            var former = new AtomicReference<FormerCheckpoints>();
            Patience.until(
                    run,
                    "fetching checkpoints",
                    () -> former.set(FormerCheckpoints.fetch(run, checkpoints, storage, output)));
            var initial = new AtomicReference<InitialModelFile>();
            Patience.until(
                    run,
                    "fetching the initial model",
                    () -> initial.set(InitialModelFile.fetch(run, models, storage, directory.path())));
            return train(
                    run,
                    trainers,
                    dataset,
                    data,
                    output,
                    Objects.requireNonNull(former.get()),
                    Objects.requireNonNull(initial.get()));
        } catch (UnusableModel e) {
            return new Outcome(EndReason.ERROR, Objects.requireNonNull(e.getMessage()));
        } catch (LeaseLost | Patience.GivenUp e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            log.error("{}: this worker could not do its part", run.claim(), e);
            return new Outcome(EndReason.WORKER_ERROR, "the worker could not do its part; its own log says why");
        } finally {
            LockedDirectory.removeIfEmpty(job);
        }
    }

    private @Nullable Outcome train(
            JobRun run,
            TrainerSource trainers,
            DatasetVersion dataset,
            Path data,
            Path output,
            FormerCheckpoints former,
            InitialModelFile initial)
            throws IOException, InterruptedException {
        long memoryKills = MemoryKills.count();
        var slot = run.slot();
        int threads = former.threads() == null ? slot.threads() : former.threads();
        try (var trainer = trainers.take();
                var uploads = new CheckpointUploads(run, checkpoints, blobs, storage, output, threads);
                var conversation = new Conversation(
                        run,
                        trainer,
                        events,
                        settings,
                        Objects.requireNonNull(output.getParent()),
                        uploads::offer,
                        trainers::nearlyFree)) {
            log.info(
                    "{}: \"{}\" starts on {} with {} threads in {} trainer {}",
                    run.claim(),
                    run.job().name(),
                    slot.deviceName(),
                    threads,
                    trainer.isReady() ? "the waiting" : "a new",
                    trainer.pid());
            trainer.run(
                    new TrainerCommand.Run(
                            run.claim().job().toString(),
                            run.claim().attempt(),
                            run.job().spec(),
                            data.toString(),
                            output.toString(),
                            threads,
                            slot.deviceName(),
                            settings.checkpointInterval(),
                            initial.path() == null ? null : initial.path().toString()),
                    dataset.classes().size());
            int exitCode = conversation.follow(former.notes());
            if (conversation.last() instanceof TrainerEvent.Finished finished) {
                uploads.end(); // so that no checkpoint is stored after all have left
                completion.complete(run, dataset, finished, output);
                log.info("{}: succeeded", run.claim());
                return null;
            }
            var outcome = Outcome.of(
                    exitCode,
                    conversation.last(),
                    run.order(),
                    MemoryKills.count() > memoryKills,
                    trainer.crashReport());
            if (outcome.reason().goesOn() || outcome.reason().isInfrastructure()) {
                awaitCheckpoint(run, uploads);
            }
            return outcome;
        }
    }

    /** The next attempt may be elsewhere. */
    private void awaitCheckpoint(JobRun run, CheckpointUploads uploads) throws InterruptedException {
        var left = settings.stopGrace().plus(FOR_LAST_CHECKPOINT).minus(run.sinceOrder());
        if (!uploads.await(left)) {
            log.warn(
                    "{}: its last checkpoint could not be stored in time; the job goes on from the one before",
                    run.claim());
        }
    }
}
