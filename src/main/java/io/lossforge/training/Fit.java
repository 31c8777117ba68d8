package io.lossforge.training;

import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trains one job from its start, or from a checkpoint, to its artefact. Used by one thread.
 *
 * <p>Whatever is random is a function of the seed and of the position: the order of an epoch of (seed, epoch), the augmentation of a step of
 * (seed, epoch, step), and so is the engine's own random state, which each step sets anew. So the same job gives the same bits, and a
 * resumed one goes on as if nothing had happened.
 */
final class Fit implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Fit.class);

    private static final long BETWEEN_PROGRESS = TimeUnit.SECONDS.toNanos(1);

    private final Setup setup;
    private final TrainingSpec spec;
    private final Timetable timetable;
    private final Consumer<TrainerEvent> events;
    private final Interruption interruption;
    private final Learner learner;
    private final Batches batches;
    private final Pace pace = new Pace();
    private final Passes passes;
    private final @Nullable ValidationWatch watch;
    private final Path output;
    private final Checkpoints checkpoints;

    private int epoch = 1;
    private long stepInEpoch;
    private long points;
    private EpochMeans means = new EpochMeans(EpochMeans.State.EMPTY);
    private StepResults results;
    private long lastProgress;

    Fit(Setup setup, Consumer<TrainerEvent> events, Interruption interruption) {
        this.setup = setup;
        this.events = events;
        this.interruption = interruption;
        spec = setup.spec();
        timetable = setup.timetable();
        output = Path.of(setup.run().output());
        checkpoints = new Checkpoints(output, setup.run().checkpointInterval());
        learner = setup.newLearner();
        batches = new Batches(setup.dataset(), spec.batchSize(), spec.augmentations());
        passes = new Passes(setup, learner, batches, interruption, pace);
        results = newResults();
        var earlyStopping = spec.earlyStopping();
        watch = earlyStopping == null ? null : new ValidationWatch(earlyStopping, learner.manager());
    }

    /** Steps taken, those before a resume included. */
    long stepsTaken() {
        return (epoch - 1) * timetable.stepsPerEpoch() + stepInEpoch;
    }

    /**
     * Trains to the end, or until it is interrupted.
     *
     * @return {@link TrainerEvent.Finished} or {@link TrainerEvent.Stopped}, not yet sent
     * @throws TrainingFailure if the job can't go on
     */
    TrainerEvent run() throws IOException {
        long start = System.nanoTime();
        events.accept(resume());
        try {
            while (epoch <= spec.epochs() && (watch == null || !watch.stops())) {
                train();
                endEpoch();
            }
            return finish(start);
        } catch (Passes.Interrupted e) {
            if (!interruption.cancelled()) {
                checkpoint();
            }
            return new TrainerEvent.Stopped(stepsTaken());
        }
    }

    private void train() {
        var order = order(epoch);
        var weights = setup.classWeights(epoch);
        long begin = System.nanoTime();
        long first = stepInEpoch;
        while (stepInEpoch < timetable.stepsPerEpoch()) {
            passes.interruptIfWanted();
            step(order, weights);
            afterStep();
        }
        results.flush();
        if (stepInEpoch > first) {
            double seconds = (System.nanoTime() - begin) / 1e9;
            int images = timetable.to(stepInEpoch - 1) - timetable.from(first);
            report("train", Map.of("imagesPerSecond", images / seconds));
        }
    }

    /** Positions in the dataset's training split, as the sampler draws them in that epoch. */
    private int[] order(int epoch) {
        var training = setup.splits().training();
        var labels = setup.dataset().train().labels();
        var drawn = spec.sampler()
                .epoch(
                        IntStream.of(training).map(sample -> labels[sample]).toArray(),
                        setup.dataset().classes().size(),
                        spec.batchSize(),
                        epoch / (double) spec.epochs(),
                        setup.seeds().generator(Seeds.Purpose.ORDER, epoch));
        return IntStream.of(drawn).map(position -> training[position]).toArray();
    }

    private void step(int[] order, float @Nullable [] classWeights) {
        long begin = System.nanoTime();
        int from = timetable.from(stepInEpoch);
        int to = timetable.to(stepInEpoch);
        long taken = stepsTaken();
        learner.seedLayers(setup.seeds().engineSeed(Seeds.Purpose.LAYERS, epoch, stepInEpoch));
        var random = setup.seeds().generator(Seeds.Purpose.AUGMENTATION, epoch, stepInEpoch);
        try (var scope = learner.manager().newSubManager()) {
            var batch = batches.load(setup.dataset().train(), order, from, to, classWeights, random, scope);
            var outcome = learner.step(batch, learningRate(taken), taken + 1);
            double present =
                    batch.classesPresent() / (double) setup.dataset().classes().size();
            results.add(outcome, taken + 1, batch.size(), present);
        }
        stepInEpoch++;
        pace.trained(to - from, System.nanoTime() - begin);
    }

    /** Of a step counted from 0. */
    private double learningRate(long step) {
        return spec.optimizer().learningRate() * spec.schedule().factor(step, timetable.stepsPerEpoch(), spec.epochs());
    }

    private void afterStep() {
        long now = System.nanoTime();
        long taken = stepsTaken();
        if (taken == 1 || now - lastProgress >= BETWEEN_PROGRESS) {
            progress();
        }
        if (taken % timetable.pointInterval() == 0 && stepInEpoch < timetable.stepsPerEpoch()) {
            results.flush();
            report("train", Map.of("loss", means.takeWindowLoss()));
        }
        // at the end of an epoch its own points come first, so that each is before or after a checkpoint, whoever
        // measures it
        if (stepInEpoch < timetable.stepsPerEpoch() && checkpoints.due()) {
            checkpoint();
        }
    }

    private void endEpoch() {
        // may be interrupted: nothing is changed before
        var validation = setup.splits().validation().length == 0
                ? null
                : learner.withServedWeights(() -> passes.validate(epoch));
        if (validation != null && !Double.isFinite(validation.loss())) {
            throw new TrainingFailure(
                    TrainingFailure.Reason.DIVERGED,
                    "the validation loss is no finite number after epoch %d: %s"
                            .formatted(epoch, setup.adviceOnDivergence()),
                    stepsTaken());
        }
        var measured = new LinkedHashMap<String, Double>();
        measured.put("loss", means.takeWindowLoss());
        measured.put("epochLoss", means.loss());
        measured.put("accuracy", means.accuracy());
        measured.put("presentClassFraction", means.presentClassFraction());
        measured.put("learningRate", learningRate(stepsTaken() - 1));
        report("train", measured);
        if (validation != null) {
            report("validation", validation.metrics());
            if (watch != null) {
                watch.look(validation, epoch, learner.served());
            }
        }
        progress();
        log.info("epoch {} of {}: {}", epoch, spec.epochs(), summary(validation));
        epoch++;
        stepInEpoch = 0;
        means = new EpochMeans(EpochMeans.State.EMPTY);
        results = newResults();
        if (checkpoints.due()) {
            checkpoint();
        }
    }

    private String summary(@Nullable Validation validation) {
        var training = "training loss %.4f, accuracy %.4f".formatted(means.loss(), means.accuracy());
        return validation == null
                ? training
                : "%s; validation loss %.4f, balanced accuracy %.4f"
                        .formatted(training, validation.loss(), validation.balancedAccuracy());
    }

    private StepResults newResults() {
        return new StepResults(learner.manager(), means, setup.adviceOnDivergence());
    }

    /** A value that is no finite number is left out, since JSON has none. */
    private void report(String split, Map<String, Double> values) {
        long step = stepsTaken();
        var measured = values.entrySet().stream()
                .filter(value -> Double.isFinite(value.getValue()))
                .map(value -> new MetricPoint(split, value.getKey(), epoch, step, value.getValue()))
                .toList();
        points += measured.size();
        events.accept(new TrainerEvent.Metrics(measured));
    }

    private void progress() {
        lastProgress = System.nanoTime();
        long taken = stepsTaken();
        long samples = timetable.samples();
        long validation = setup.splits().validation().length;
        long toTrain = Math.max(0, samples * spec.epochs() - samples * (epoch - 1) - stepInEpoch * spec.batchSize());
        long toEvaluate = validation * (spec.epochs() - epoch + 1)
                + samples
                + validation
                + setup.dataset().test().count();
        events.accept(new TrainerEvent.Progress(
                epoch,
                spec.epochs(),
                taken,
                timetable.totalSteps(),
                taken / (double) timetable.totalSteps(),
                pace.imagesPerSecond(),
                pace.remainingSeconds(toTrain, toEvaluate)));
    }

    private TrainerEvent finish(long start) throws IOException {
        if (watch != null) {
            learner.weights().restore(watch.bestWeights());
        } else if (spec.weightAveraging() != null) {
            learner.weights().restore(learner.served());
        }
        int kept = watch == null ? epoch - 1 : watch.bestEpoch();
        log.info("training is over; evaluating the weights of epoch {}", kept);
        var measured = passes.measure();
        passes.interruptIfWanted();
        var dataset = setup.dataset();
        var draws = Draws.of(
                order(kept), dataset.train().labels(), dataset.classes().size(), timetable);
        var analyses = Analyses.of(setup, learner, draws, kept, measured.outputs());
        var decision = new DecisionFit(spec, dataset.classes(), setup.trainingCounts(), masses(draws, kept))
                .fit(measured.outputs(), spec.decision());
        passes.interruptIfWanted();
        var outputs = measured.outputs().write(output, learner.manager());
        DriftReferences.write(setup, measured, learner.logitShift(), output);
        var artefact = Artefact.write(setup, learner, output);
        return new TrainerEvent.Finished(
                artefact.file(),
                artefact.sha256(),
                artefact.bytes(),
                new TrainerEvent.OutputFile(Outputs.FILE, outputs.sha256(), outputs.bytes()),
                measured.evaluations(),
                analyses,
                decision,
                kept,
                stepsTaken(),
                (System.nanoTime() - start) / 1e9,
                learner.weights().sha256());
    }

    /** What each class weighed in that epoch. */
    private double[] masses(Draws draws, int epoch) {
        var weights = setup.classWeights(epoch);
        var masses = new double[draws.samples().length];
        Arrays.setAll(masses, k -> draws.samples()[k] * (weights == null ? 1.0 : weights[k]));
        return masses;
    }

    /** A checkpoint that can't be written ends nothing: the job goes on, and would resume from an older one. */
    private void checkpoint() {
        results.flush();
        var arrays = learner.state();
        if (watch != null) {
            arrays.putAll(watch.arrays());
        }
        var position = new Checkpoint.Position(
                setup.specSha256(),
                setup.splits().trainingSha256(),
                setup.run().device(),
                setup.run().threads(),
                epoch,
                stepInEpoch,
                points,
                means.state(),
                watch == null ? null : watch.state());
        try {
            long step = stepsTaken();
            var written = checkpoints.write(new Checkpoint(position, arrays), step);
            events.accept(new TrainerEvent.Checkpoint(
                    Checkpoints.name(step, written.sha256()),
                    epoch,
                    step,
                    step / (double) timetable.totalSteps(),
                    points,
                    written.sha256(),
                    written.bytes()));
        } catch (IOException e) {
            log.error("checkpoint at step {} not written; going on without it: {}", stepsTaken(), e.getMessage());
        }
    }

    private TrainerEvent.Started resume() throws IOException {
        try (var scope = learner.manager().newSubManager()) {
            var found = checkpoints.newest(scope, this::obstacle);
            found.warnings().forEach(log::warn);
            var checkpoint = found.checkpoint();
            if (checkpoint == null) {
                return setup.started(null, begin(found.warnings(), scope));
            }
            var position = checkpoint.position();
            learner.restore(checkpoint.arrays());
            if (watch != null && position.watch() != null) {
                watch.restore(position.watch(), checkpoint.arrays());
            }
            epoch = position.epoch();
            stepInEpoch = position.stepInEpoch();
            points = position.points();
            means = new EpochMeans(position.means());
            results = newResults();
            log.info("goes on after step {}", stepsTaken());
            return setup.started(new TrainerEvent.Resumption(epoch, stepsTaken(), points), found.warnings());
        }
    }

    /** @return the warnings, with what was not taken over from the initial model */
    private List<String> begin(List<String> warnings, NDManager scope) throws IOException {
        var all = new ArrayList<>(warnings);
        if (spec.initialModel() != null) {
            log.info("starts from the weights of {}", spec.initialModel());
            var initial = InitialWeights.read(setup, learner.weights().arrays(), scope);
            learner.startFrom(initial.values());
            if (initial.warning() != null) {
                log.warn(initial.warning());
                all.add(initial.warning());
            }
        }
        return all;
    }

    /** Why this job would not end as if nothing had happened if it went on from there; null if it would. */
    private @Nullable String obstacle(Checkpoint.Position position) {
        if (!position.specSha256().equals(setup.specSha256())
                || !position.trainingSha256().equals(setup.splits().trainingSha256())) {
            return "of another job";
        }
        var run = setup.run();
        return position.device().equals(run.device()) && position.threads() == run.threads()
                ? null
                : "of %s with %d threads, not %s with %d, which give other bits"
                        .formatted(position.device(), position.threads(), run.device(), run.threads());
    }

    @Override
    public void close() {
        learner.close();
    }
}
