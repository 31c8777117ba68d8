package io.lossforge.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lossforge.analysis.Analysis;
import io.lossforge.loss.StationaryCondition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Whole jobs on the digits, in this process and with one thread. */
class FitTests {

    @TempDir
    static Path shared;

    private static Path digits;

    @TempDir
    Path output;

    private final List<TrainerEvent> events = new ArrayList<>();
    private final Interruption interruption = new Interruption();

    @BeforeAll
    static void pack() throws IOException {
        Libtorch.prepareThread(1);
        digits = PackedForTests.digits(shared.resolve("digits"));
    }

    private TrainerCommand.Run command(Path dataset, String spec) {
        var json = (ObjectNode) JsonMapper.shared().readTree(spec.replace('\'', '"'));
        return new TrainerCommand.Run("job", 1, json, dataset.toString(), output.toString(), 1, "cpu");
    }

    private TrainerEvent run(String spec) throws IOException {
        return run(digits, spec, events::add);
    }

    private TrainerEvent run(Path dataset, String spec, Consumer<TrainerEvent> listener) throws IOException {
        try (var fit = new Fit(Setup.of(command(dataset, spec)), listener, interruption)) {
            return fit.run();
        }
    }

    private TrainerEvent.Finished finished(String spec) throws IOException {
        return (TrainerEvent.Finished) run(spec);
    }

    private List<MetricPoint> points(String split, String name) {
        return events.stream()
                .filter(TrainerEvent.Metrics.class::isInstance)
                .flatMap(event -> ((TrainerEvent.Metrics) event).points().stream())
                .filter(point -> point.split().equals(split) && point.name().equals(name))
                .toList();
    }

    private <T extends TrainerEvent> List<T> events(Class<T> type) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }

    @ParameterizedTest
    @CsvSource({
        "mlp, softmax, 12", "mlp, logistic, 12", "mlp, lgl-inr, 12",
        "lenet, softmax, 5", "lenet, logistic, 5", "lenet, lgl-inr, 5"
    })
    void learnsTheDigits(String architecture, String loss, int epochs) throws IOException {
        var finished = finished("""
                {'dataset':'digits','architecture':{'name':'%s'},'loss':{'name':'%s'},'epochs':%d,'batchSize':32,
                 'optimizer':{'name':'adam','parameters':{'learningRate':0.01}}}""".formatted(architecture, loss, epochs));

        assertThat(finished.evaluations().keySet()).containsExactly("train", "validation", "test");
        assertThat(finished.evaluations().get("test").accuracy()).isGreaterThan(0.95);
        assertThat(finished.evaluations().get("test").count()).isEqualTo(PackedForTests.DIGITS_TEST);
        assertThat(finished.evaluations().get("test").auroc()).isGreaterThan(0.99);
        assertThat(finished.epoch()).isEqualTo(epochs);
        assertThat(finished.step()).isEqualTo(epochs * 41L);
    }

    /** Every loss of the catalogue with its defaults. */
    @ParameterizedTest
    @MethodSource("losses")
    void everyLossLearns(String loss) throws IOException {
        var finished = finished("""
                {'dataset':'digits','loss':{'name':'%s'},'epochs':6,'batchSize':64,
                 'optimizer':{'name':'adam','parameters':{'learningRate':0.01}}}""".formatted(loss));

        assertThat(finished.evaluations().get("test").accuracy()).isGreaterThan(0.85);
        assertThat(finished.evaluations().get("test").nll()).isFinite();
        assertThat(finished.analyses().get("train").condition() == Analysis.Condition.NOT_APPLICABLE)
                .isEqualTo(Catalogues.LOSSES.create(loss).stationaryCondition() == StationaryCondition.NONE);
    }

    static Collection<String> losses() {
        return Catalogues.LOSSES.names();
    }

    @Test
    void logitAdjustmentDecidesByTheAdjustedProbabilitiesAndLeavesTraining() throws IOException {
        var spec = "{'dataset':'digits','epochs':20,'batchSize':16,'imbalance':{'ratio':40},'logitAdjustment':%s}";
        var plain = finished(spec.formatted("null"));
        var plainAccuracy = points("validation", "accuracy");
        events.clear();
        var adjusted = finished(spec.formatted("{'tau':1}"));

        assertThat(adjusted.weightsSha256()).isEqualTo(plain.weightsSha256());
        assertThat(adjusted.artefactSha256()).isNotEqualTo(plain.artefactSha256());
        assertThat(adjusted.evaluations().get("test").balancedAccuracy())
                .isGreaterThan(plain.evaluations().get("test").balancedAccuracy());
        assertThat(points("validation", "accuracy")).isNotEqualTo(plainAccuracy);
        assertThat(points("validation", "accuracy").get(19).value())
                .isEqualTo(adjusted.evaluations().get("validation").accuracy());
    }

    @ParameterizedTest
    @ValueSource(strings = {"softmax", "logistic", "lgl-inr"})
    void analysesEachSplitOfALongTailedJob(String loss) throws IOException {
        var finished = finished("""
                {'dataset':'digits','loss':{'name':'%s'},'epochs':12,'batchSize':32,'imbalance':{'ratio':20},
                 'optimizer':{'name':'adam','parameters':{'learningRate':0.01}}}""".formatted(loss));

        assertThat(finished.analyses().keySet()).containsExactly("train", "validation", "test");
        var train = finished.analyses().get("train");
        assertThat(train.samplesAnalysed()).isEqualTo((int) train.samples());
        assertThat(train.classes().get(0).presence()).isEqualTo(1);
        assertThat(train.classes().get(9).presence()).isBetween(0.05, 0.6);
        assertThat(train.classes().stream().mapToLong(of -> of.drawn()).sum()).isEqualTo(train.samples());
        assertThat(train.trainingProbabilities().rowSums()[0]).isBetween(0.8, 1.5);
        assertThat(train.servedProbabilities()).isNull();
        assertThat(train.firstOrder().largestRelativeResidual()).isBetween(0.0, 1.0);
        assertThat(train.reweighting() != null).isEqualTo(loss.equals("lgl-inr"));
        assertThat(finished.analyses().get("test").firstOrder().verdict()).isNull();

        var test = finished.evaluations().get("test");
        var validation = finished.evaluations().get("validation");
        assertThat(test.temperature()).isEqualTo(validation.temperature()).isBetween(0.01, 100.0);
        assertThat(test.scaledNll()).isPositive();
        if (loss.equals("softmax")) {
            assertThat(validation.scaledNll()).isLessThanOrEqualTo(validation.nll());
        }
        var file = output.resolve(finished.outputs().file());
        assertThat(Files.size(file)).isEqualTo(finished.outputs().bytes());
        try (var stream = Files.newInputStream(file)) {
            var outputs = Outputs.read(stream);
            long right = 0;
            for (int i = 0; i < outputs.testActual().length; i++) {
                right += outputs.testActual()[i] == outputs.testPredicted()[i] ? 1 : 0;
            }
            assertThat(outputs.testActual()).hasSize(PackedForTests.DIGITS_TEST);
            assertThat(right / (double) PackedForTests.DIGITS_TEST).isEqualTo(test.accuracy());
        }
    }

    @Test
    void reportsEachEpochAndTheCurveOfTheFirst() throws IOException {
        var finished = finished("""
                {'dataset':'digits','epochs':3,'batchSize':64,'schedule':{'name':'constant'},
                 'classWeights':{'scheme':'inverse','startEpoch':2}}""");

        var started = events(TrainerEvent.Started.class).get(0);
        assertThat(started.trainingCount() + started.validationCount()).isEqualTo(1797 - PackedForTests.DIGITS_TEST);
        assertThat(started.stepsPerEpoch()).isEqualTo(21);
        assertThat(started.totalSteps()).isEqualTo(63);
        assertThat(started.parameters()).isEqualTo(64 * 128 + 128 + 128 * 10 + 10);
        assertThat(points("train", "loss"))
                .hasSize(63)
                .extracting(MetricPoint::step)
                .isSorted();
        for (var name : List.of("epochLoss", "accuracy", "learningRate", "imagesPerSecond", "presentClassFraction")) {
            assertThat(points("train", name))
                    .as(name)
                    .extracting(MetricPoint::step)
                    .containsExactly(21L, 42L, 63L);
        }
        for (var name : List.of("loss", "accuracy", "balancedAccuracy", "macroF1", "worstClassRecall")) {
            assertThat(points("validation", name))
                    .as(name)
                    .extracting(MetricPoint::epoch)
                    .containsExactly(1, 2, 3);
        }
        assertThat(points("train", "learningRate"))
                .extracting(MetricPoint::value)
                .containsOnly(0.001);
        assertThat(points("train", "presentClassFraction").get(0).value()).isBetween(0.95, 1.0);
        var last = points("validation", "accuracy").get(2).value();
        assertThat(finished.evaluations().get("validation").accuracy()).isEqualTo(last);
        var progress = events(TrainerEvent.Progress.class);
        assertThat(progress.get(0).step()).isEqualTo(1);
        assertThat(progress.get(progress.size() - 1).progress()).isEqualTo(1);
        assertThat(progress)
                .extracting(TrainerEvent.Progress::remainingSeconds)
                .allSatisfy(seconds -> assertThat(seconds).isBetween(0.0, 600.0));
    }

    @Test
    void deferredClassWeightsActFromTheirFirstEpoch() throws IOException {
        var spec = "{'dataset':'digits','epochs':3,'classWeights':%s}";
        var weights = "{'scheme':'explicit','values':[9,1,1,1,1,1,1,1,1,1],'startEpoch':%d}";
        var deferred = setupOf(spec.formatted(weights.formatted(2)));
        assertThat(deferred.classWeights(1)).isNull();
        assertThat(deferred.classWeights(2)).containsExactly(9, 1, 1, 1, 1, 1, 1, 1, 1, 1);
        assertThat(deferred.classWeights(3)).isEqualTo(deferred.classWeights(2));

        finished(spec.formatted("{}"));
        var without = trainingPoints();
        events.clear();
        finished(spec.formatted(weights.formatted(2)));
        var fromSecond = trainingPoints();
        events.clear();
        finished(spec.formatted(weights.formatted(1)));
        var fromFirst = trainingPoints();

        assertThat(ofEpoch(1, fromSecond)).isEqualTo(ofEpoch(1, without));
        assertThat(ofEpoch(1, fromFirst).get(0))
                .isNotEqualTo(ofEpoch(1, without).get(0));
        // the first point of an epoch is the loss of its first step: the same weights of the network, but the class
        // weights
        assertThat(ofEpoch(2, fromSecond).get(0).step()).isEqualTo(22);
        assertThat(ofEpoch(2, fromSecond).get(0).value())
                .isGreaterThan(1.05 * ofEpoch(2, without).get(0).value());
    }

    private Setup setupOf(String spec) throws IOException {
        return Setup.of(command(digits, spec));
    }

    private static List<MetricPoint> ofEpoch(int epoch, List<MetricPoint> points) {
        return points.stream().filter(point -> point.epoch() == epoch).toList();
    }

    /** Each seed trains anew, on the samples that the seed of the data chose. */
    @Test
    void theSeedOfTheDataFixesTheSamplesWhateverTheSeed() throws IOException {
        var spec = "{'dataset':'digits','seed':%d,'imbalance':{'ratio':10},'dataSeed':%s}";
        var first = setupOf(spec.formatted(1, "7"));
        var second = setupOf(spec.formatted(2, "7"));

        assertThat(second.splits().training()).isEqualTo(first.splits().training());
        assertThat(second.splits().validation()).isEqualTo(first.splits().validation());
        assertThat(setupOf(spec.formatted(7, "null")).splits().training())
                .isEqualTo(first.splits().training());
        assertThat(setupOf(spec.formatted(2, "8")).splits().training())
                .isNotEqualTo(first.splits().training());
    }

    @Test
    void saysWhatItTrainsAndValidatesOn() throws IOException {
        run("""
                {'dataset':'digits','epochs':1,'batchSize':16,
                 'imbalance':{'profile':'explicit','counts':[100,50,20,20,20,20,20,20,10,2]}}""");

        var started = events(TrainerEvent.Started.class).get(0);
        assertThat(started.trainingCounts()).containsExactly(90L, 45L, 18L, 18L, 18L, 18L, 18L, 18L, 9L, 1L);
        assertThat(started.validationCounts()).containsExactly(10L, 5L, 2L, 2L, 2L, 2L, 2L, 2L, 1L, 1L);
        assertThat(started.trainingCount()).isEqualTo(253);
        assertThat(started.trainingSha256()).matches("[0-9a-f]{64}");
    }

    /** What is validated and evaluated is the average, and it is in the artefact. */
    @Test
    void averagedWeightsAreValidatedAndKept() throws IOException {
        var spec = "{'dataset':'digits','epochs':3,'weightAveraging':%s,"
                + "'optimizer':{'name':'adam','parameters':{'learningRate':0.01}}}";
        var plain = finished(spec.formatted("null"));
        var plainLosses = points("train", "loss");
        var plainValidation = points("validation", "loss").get(2).value();
        events.clear();

        var averaged = finished(spec.formatted("{'decay':0.95}"));

        assertThat(points("train", "loss")).isEqualTo(plainLosses);
        assertThat(averaged.weightsSha256()).isNotEqualTo(plain.weightsSha256());
        assertThat(averaged.artefactSha256()).isNotEqualTo(plain.artefactSha256());
        assertThat(points("validation", "loss").get(2).value()).isNotEqualTo(plainValidation);
        assertThat(points("validation", "accuracy").get(2).value())
                .isEqualTo(averaged.evaluations().get("validation").accuracy());
        assertThat(averaged.evaluations().get("test").accuracy()).isGreaterThan(0.85);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{'dataset':'digits','epochs':2,'optimizer':{'name':'adamw'},'loss':{'name':'lgl-inr'}}", """
                {'dataset':'digits','epochs':2,'optimizer':{'name':'sgd','parameters':{'nesterov':true,'weightDecay':0.001}},
                 'augmentations':[{'name':'horizontal-flip'},{'name':'random-crop','parameters':{'padding':1}}],
                 'sampler':{'name':'class-balanced'},'clipGradientNorm':1}"""})
    void repeatsBitForBit(String spec) throws IOException {
        var first = finished(spec);
        var again = finished(spec);
        var other = finished(spec.replaceFirst("\\{", "{'seed':2,"));

        assertThat(again.weightsSha256()).isEqualTo(first.weightsSha256());
        assertThat(again.artefactSha256()).isEqualTo(first.artefactSha256());
        assertThat(again.evaluations()).usingRecursiveComparison().isEqualTo(first.evaluations());
        assertThat(other.weightsSha256()).isNotEqualTo(first.weightsSha256());
    }

    /** Stopped in the middle of an epoch, then at its end, and again: as if nothing had happened. */
    @ParameterizedTest
    @ValueSource(strings = {"""
                {'dataset':'digits','epochs':4,'optimizer':{'name':'adam'},
                 'loss':{'name':'lgl-inr','parameters':{'statistics':'ema','gradThroughWeights':false}},
                 'earlyStopping':{'metric':'loss','patience':3}}""", """
                {'dataset':'digits','epochs':8,'loss':{'name':'seesaw'},'imbalance':{'ratio':10}}""", """
                {'dataset':'digits','epochs':4,'loss':{'name':'ldam'},
                 'classWeights':{'scheme':'effectiveNumber','startEpoch':3}}""", """
                {'dataset':'digits','epochs':4,'optimizer':{'name':'sgd','parameters':{'learningRate':0.05}},
                 'augmentations':[{'name':'random-crop','parameters':{'padding':1}}],
                 'schedule':{'name':'step','parameters':{'milestones':[2],'warmupEpochs':1}}}""", """
                {'dataset':'digits','epochs':4,'batchSize':32,'architecture':{'name':'resnet','parameters':{'depth':20}},
                 'weightAveraging':{'decay':0.9},'labelSmoothing':0.1,'sampler':{'name':'class-covering'},
                 'imbalance':{'profile':'step','ratio':10,'rotate':3}}""", """
                {'dataset':'digits','epochs':8,'imbalance':{'ratio':10},'sampler':{'name':'progressively-balanced'}}""", """
                {'dataset':'digits','epochs':4,'weightAveraging':{'decay':0.99,'warmup':false},
                 'sampler':{'name':'class-balanced','parameters':{'exponent':0.5}},
                 'earlyStopping':{'metric':'loss','patience':1}}"""})
    void resumesExactly(String spec) throws IOException {
        var straight = finished(spec);
        var straightMetrics = trainingPoints();
        events.clear();

        for (var stopAfter : List.of(10L, 21L, 47L)) {
            var partly = new Interruption();
            try (var fit = new Fit(
                    Setup.of(command(digits, spec)),
                    event -> {
                        events.add(event);
                        stopAfter(event, stopAfter, partly);
                    },
                    partly)) {
                assertThat(fit.run()).isEqualTo(new TrainerEvent.Stopped(stopAfter));
            }
            var checkpoint = events(TrainerEvent.Checkpoint.class)
                    .get(events(TrainerEvent.Checkpoint.class).size() - 1);
            assertThat(checkpoint.step()).isEqualTo(stopAfter);
            assertThat(checkpoint.sha256())
                    .isEqualTo(Digests.sha256(Files.readAllBytes(output.resolve(checkpoint.file()))));
        }
        var resumed = finished(spec);

        assertThat(resumed.weightsSha256()).isEqualTo(straight.weightsSha256());
        assertThat(resumed.evaluations()).usingRecursiveComparison().isEqualTo(straight.evaluations());
        assertThat(resumed.epoch()).isEqualTo(straight.epoch());
        assertThat(trainingPoints()).isEqualTo(straightMetrics);
    }

    /** Every point but the speed. */
    private List<MetricPoint> trainingPoints() {
        return events.stream()
                .filter(TrainerEvent.Metrics.class::isInstance)
                .flatMap(event -> ((TrainerEvent.Metrics) event).points().stream())
                .filter(point -> !point.name().equals("imagesPerSecond"))
                .toList();
    }

    private static void stopAfter(TrainerEvent event, long step, Interruption interruption) {
        if (event instanceof TrainerEvent.Metrics metrics
                && metrics.points().get(0).step() == step) {
            interruption.stop();
        }
    }

    @Test
    void aCheckpointOfAnotherJobIsNotResumed() throws IOException {
        var spec = "{'dataset':'digits','epochs':1,'seed':3}";
        var straight = finished(spec);
        events.clear();
        stopAfter("{'dataset':'digits','epochs':1,'seed':4}", 5);
        events.clear();

        assertThat(finished(spec).weightsSha256()).isEqualTo(straight.weightsSha256());
        var started = events(TrainerEvent.Started.class).get(0);
        assertThat(started.resumed()).isNull();
        assertThat(started.warnings()).containsExactly("the checkpoint after step 5 is of another job");
    }

    /** The last two are kept: with one damaged the one before is gone on from, with both training starts again. */
    @Test
    void aDamagedCheckpointFallsBackToTheOneBefore() throws IOException {
        var spec = "{'dataset':'digits','epochs':2,'seed':3}";
        var straight = finished(spec);
        for (var step : List.of(4L, 9L, 14L)) {
            stopAfter(spec, step);
        }
        assertThat(checkpointFiles()).hasSize(2);

        damage(checkpointFiles().get(1));
        events.clear();
        assertThat(finished(spec).weightsSha256()).isEqualTo(straight.weightsSha256());
        var started = events(TrainerEvent.Started.class).get(0);
        assertThat(Objects.requireNonNull(started.resumed()).step()).isEqualTo(9);
        assertThat(started.warnings())
                .containsExactly("the checkpoint after step 14 can't be read (its bytes have changed)");

        Files.writeString(checkpointFiles().get(0), "cut short");
        events.clear();
        assertThat(finished(spec).weightsSha256()).isEqualTo(straight.weightsSha256());
        started = events(TrainerEvent.Started.class).get(0);
        assertThat(started.resumed()).isNull();
        assertThat(started.warnings()).hasSize(2);
    }

    private void stopAfter(String spec, long step) throws IOException {
        var stopping = new Interruption();
        try (var fit = new Fit(Setup.of(command(digits, spec)), event -> stopAfter(event, step, stopping), stopping)) {
            assertThat(fit.run()).isEqualTo(new TrainerEvent.Stopped(step));
        }
    }

    private static void damage(Path file) throws IOException {
        var bytes = Files.readAllBytes(file);
        bytes[bytes.length - 1] ^= 1;
        Files.write(file, bytes);
    }

    private List<Path> checkpointFiles() throws IOException {
        try (var files = Files.list(output)) {
            return files.filter(file -> file.getFileName().toString().startsWith("checkpoint-"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void cancelEndsWithinAStepAndLeavesNoCheckpoint() throws IOException {
        var event = run(digits, "{'dataset':'digits','epochs':100000}", sent -> {
            if (sent instanceof TrainerEvent.Progress) {
                interruption.cancel();
            }
        });

        assertThat(event).isEqualTo(new TrainerEvent.Stopped(1L));
        assertThat(checkpointFiles()).isEmpty();
    }

    @Test
    void aDivergingLossNamesItsStepAndWhatToTry() {
        assertThatThrownBy(() ->
                        run("{'dataset':'digits','optimizer':{'name':'sgd','parameters':{'learningRate':1000000.0}}}"))
                .isInstanceOfSatisfying(TrainingFailure.class, failure -> {
                    assertThat(failure.event().reason()).isEqualTo("diverged");
                    assertThat(failure.event().step()).isBetween(2L, 20L);
                    assertThat(failure)
                            .hasMessageContaining("step " + failure.event().step())
                            .hasMessageContaining("lower learning rate than 1000000.0")
                            .hasMessageContaining("clipGradientNorm");
                });
        assertThat(points("train", "loss"))
                .allSatisfy(point -> assertThat(point.value()).isFinite());
    }

    @Test
    void clippingKeepsAHugeStepInBounds() throws IOException {
        var finished = finished("""
                {'dataset':'digits','epochs':2,'clipGradientNorm':1e-9,
                 'optimizer':{'name':'sgd','parameters':{'learningRate':1000000,'momentum':0}}}""");

        assertThat(finished.evaluations().get("train").nll()).isFinite();
    }

    @Test
    void earlyStoppingEndsAndKeepsTheBestWeights() throws IOException {
        var finished = finished("""
                {'dataset':'digits','epochs':200,'earlyStopping':{'metric':'balancedAccuracy','patience':2},
                 'optimizer':{'name':'adam','parameters':{'learningRate':0.02}}}""");

        var validations = points("validation", "balancedAccuracy");
        assertThat(validations.size()).isLessThan(200).isEqualTo(finished.epoch() + 2);
        var best = validations.get(finished.epoch() - 1).value();
        assertThat(best)
                .isEqualTo(validations.stream()
                        .mapToDouble(MetricPoint::value)
                        .max()
                        .orElseThrow());
        assertThat(finished.evaluations().get("validation").balancedAccuracy()).isEqualTo(best);
    }

    @Test
    void learnsFeaturesOfVeryDifferentScales() throws IOException {
        var features = PackedForTests.features(shared.resolve("features"), 200);

        var finished = (TrainerEvent.Finished) run(
                features,
                "{'dataset':'f','architecture':{'name':'linear'},'epochs':20,'batchSize':16,"
                        + "'optimizer':{'name':'adam','parameters':{'learningRate':0.05}}}",
                events::add);

        assertThat(finished.evaluations().get("test").accuracy()).isEqualTo(1);
    }

    @Test
    void refusesWhatDoesNotFitTheData() {
        assertThatThrownBy(() -> run("{'dataset':'digits','batchSize':2000}"))
                .isInstanceOf(TrainingFailure.class)
                .hasMessageContaining("/batchSize: must be <= ");
        assertThatThrownBy(() -> run("{'dataset':'digits','loss':{'name':'focla'}}"))
                .isInstanceOf(TrainingFailure.class)
                .hasMessageContaining("/loss/name");
    }
}
