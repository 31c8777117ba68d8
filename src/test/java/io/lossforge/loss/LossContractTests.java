package io.lossforge.loss;

import static io.lossforge.loss.LossAssertions.assertClose;
import static io.lossforge.loss.LossAssertions.assertGradientMatchesFiniteDifferences;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.lossforge.catalogue.Catalogue;
import io.lossforge.catalogue.EntryDescription;
import io.lossforge.catalogue.EntryDescription.ParameterDescription;
import io.lossforge.catalogue.RecordJson;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every loss of the catalogue must do. A new loss is tested by being there. */
class LossContractTests {

    private static final Catalogue<LossFunction> LOSSES = Catalogue.of("loss", LossFunction.class);

    /** A parameter whose type is a catalogue, as in a specification. */
    record Chosen(LossFunction loss) {

        Chosen() {
            this(LOSSES.create("softmax"));
        }
    }

    private static Stream<LossFunction> losses() {
        return LOSSES.names().stream().map(LOSSES::create);
    }

    @Test
    void everyLossOfThePackageIsInTheCatalogue() {
        var written = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("io.lossforge.loss").stream()
                        .filter(type -> !type.isInterface() && type.isAssignableTo(LossFunction.class))
                        .map(JavaClass::getFullName);
        assertThat(written)
                .containsExactlyInAnyOrderElementsOf(
                        losses().map(loss -> loss.getClass().getName()).toList());
    }

    @Test
    void everyLossAndParameterIsDescribed() {
        assertThat(LOSSES.describe())
                .hasSameSizeAs(LOSSES.names())
                .allSatisfy(loss -> {
                    assertThat(loss.name()).matches("[a-z0-9]+(-[a-z0-9]+)*");
                    assertThat(loss.summary()).isNotBlank();
                    assertThat(loss.formula()).isNotBlank();
                    assertThat(loss.reference()).isNotBlank();
                })
                .flatExtracting(EntryDescription::parameters)
                .extracting(ParameterDescription::summary)
                .allSatisfy(summary -> assertThat(summary).isNotBlank());
    }

    @ParameterizedTest
    @MethodSource("losses")
    void defaultsSurviveJson(LossFunction loss) {
        var json = new RecordJson(LOSSES);
        assertThat(json.read(Chosen.class, json.write(new Chosen(loss)))).isEqualTo(new Chosen(loss));
    }

    @ParameterizedTest
    @MethodSource("losses")
    void isAFiniteScalarOfTheLogitsType(LossFunction loss) {
        var batch = Batch.random(1, 16, 5);
        for (var type : new DataType[] {DataType.FLOAT32, DataType.FLOAT64}) {
            var result = batch.evaluate(loss, type);
            assertThat(result.loss()).isFinite().isPositive();
            assertThat(result.type()).isEqualTo(type);
        }
        assertThat(batch.evaluate(loss, DataType.FLOAT32).loss())
                .isCloseTo(batch.evaluate(loss).loss(), within(1e-5));
    }

    /**
     * Of a loss with factors that take no part in the gradient, so that the gradient is not that of the value: the same loss without them. Its own
     * tests look at the gradient with them.
     */
    private static LossFunction withoutConstantFactors(LossFunction loss) {
        return loss instanceof Seesaw seesaw ? new Seesaw(seesaw.p(), 0, seesaw.epsilon()) : loss;
    }

    @ParameterizedTest
    @MethodSource("losses")
    void gradientMatchesFiniteDifferences(LossFunction ofCatalogue) {
        var loss = withoutConstantFactors(ofCatalogue);
        var batch = Batch.random(2, 8, 4);
        assertGradientMatchesFiniteDifferences(loss, batch);
        assertGradientMatchesFiniteDifferences(loss, batch.weighted(classWeighted(batch)));
        assertGradientMatchesFiniteDifferences(
                loss, new Batch(Batch.random(3, 5, 4).logits(), 0, 3, 3, 0, 3));
    }

    @ParameterizedTest
    @MethodSource("losses")
    void followsWhenClassesAreRenamed(LossFunction loss) {
        var batch = Batch.random(4, 12, 5);
        int[] order = {3, 0, 4, 1, 2};
        var before = batch.evaluate(loss);
        var after = batch.withClassesRenamed(order).evaluate(loss);
        assertThat(after.loss()).isCloseTo(before.loss(), within(1e-12));
        for (int i = 0; i < batch.size(); i++) {
            for (int j = 0; j < batch.classes(); j++) {
                assertThat(after.gradient()[i][order[j]]).isCloseTo(before.gradient()[i][j], within(1e-12));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("losses")
    void doesNotDependOnTheOrderOfSamples(LossFunction loss) {
        var batch = Batch.random(5, 6, 4);
        assertThat(batch.of(4, 0, 5, 2, 1, 3).evaluate(loss).loss())
                .isCloseTo(batch.evaluate(loss).loss(), within(1e-12));
    }

    @ParameterizedTest
    @MethodSource("losses")
    void weightsMultiplyTheTermsOfTheirSamplesAndNotTheDivisor(LossFunction loss) {
        var batch = Batch.random(6, 10, 4);
        var some = classWeighted(batch);
        var rest = Arrays.stream(some).map(weight -> 3 - weight).toArray();
        double unweighted = batch.evaluate(loss).loss();
        assertThat(batch.weighted(some).evaluate(loss).loss()
                        + batch.weighted(rest).evaluate(loss).loss())
                .isCloseTo(3 * unweighted, within(1e-12));
        assertThat(batch.weighted(some.clone()).evaluate(loss).loss()).isNotCloseTo(unweighted, within(1e-3));
    }

    @ParameterizedTest
    @MethodSource("losses")
    void staysFiniteAndExactAtExtremeLogits(LossFunction loss) {
        var logits = new double[][] {{100, -100, 100}, {-100, 100, -100}, {100, 100, 100}, {-100, -100, -100}};
        for (int label = 0; label < 3; label++) {
            var batch = new Batch(logits, label, (label + 1) % 3, label, (label + 2) % 3);
            var exact = batch.evaluate(loss);
            var single = batch.evaluate(loss, DataType.FLOAT32);
            assertThat(exact.loss()).isFinite();
            assertThat(single.loss()).isCloseTo(exact.loss(), within(1e-5 * Math.abs(exact.loss())));
            assertClose(single.gradient(), exact.gradient(), 1e-6);
        }
    }

    @ParameterizedTest
    @MethodSource("losses")
    void staysFiniteAndExactAtAThousandClasses(LossFunction loss) {
        var batch = Batch.random(7, 64, 1000);
        var exact = batch.evaluate(loss);
        var single = batch.evaluate(loss, DataType.FLOAT32);
        assertThat(exact.loss()).isFinite();
        assertThat(single.loss()).isCloseTo(exact.loss(), within(1e-5 * exact.loss()));
        assertClose(single.gradient(), exact.gradient(), 1e-7);
        assertThat(Arrays.stream(exact.gradient()).flatMapToDouble(Arrays::stream))
                .anyMatch(slope -> slope < 0);
    }

    @ParameterizedTest
    @MethodSource("losses")
    void takesABatchOfOneAndABatchOfOneClass(LossFunction loss) {
        for (var batch : new Batch[] {
            Batch.random(8, 1, 3), new Batch(Batch.random(9, 4, 3).logits(), 1, 1, 1, 1)
        }) {
            var result = batch.evaluate(loss);
            assertThat(result.loss()).isFinite();
            assertThat(Arrays.stream(result.gradient()).flatMapToDouble(Arrays::stream))
                    .allMatch(Double::isFinite);
        }
    }

    @ParameterizedTest
    @MethodSource("losses")
    void trainingLogitsMeetTheConditionThatTheLossStates(LossFunction loss) {
        var batch = Batch.random(11, 12, 5);
        try (var manager = NDManager.newBaseManager()) {
            var objective = loss.bind(new LossContext(manager, batch.trainingCounts()));
            batch.evaluate(objective);
            var logits = batch.logits(manager, DataType.FLOAT64);
            var labels = manager.create(batch.labels());
            var adjusted = objective.trainingLogits(logits, labels);
            assertThat(adjusted.getShape()).isEqualTo(logits.getShape());
            if (loss.stationaryCondition() == StationaryCondition.WEIGHTED_COUNTS) {
                var errors = loss.servingTransform()
                        .probabilities(adjusted)
                        .sub(labels.oneHot(batch.classes(), DataType.FLOAT64))
                        .toDoubleArray();
                assertProportionalPerClass(batch.evaluate(objective.measuring()).gradient(), errors);
            }
        }
    }

    /** The gradient is the training-time probability less the target, up to a factor of each class: what makes the condition hold. */
    private static void assertProportionalPerClass(double[][] gradient, double[] errors) {
        for (int j = 0; j < gradient[0].length; j++) {
            double factor = gradient[0][j] / errors[j];
            assertThat(factor).isPositive();
            for (int i = 0; i < gradient.length; i++) {
                assertThat(gradient[i][j]).isCloseTo(factor * errors[i * gradient[0].length + j], within(1e-9));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("losses")
    void measuringLeavesTheStateAsItIs(LossFunction loss) {
        var batch = Batch.random(12, 12, 5);
        try (var manager = NDManager.newBaseManager()) {
            var objective = loss.bind(new LossContext(manager, batch.trainingCounts()));
            batch.evaluate(objective);
            var before = values(objective);
            var measured = batch.evaluate(objective.measuring());
            assertThat(batch.evaluate(objective.measuring()).loss()).isEqualTo(measured.loss());
            assertThat(values(objective)).usingRecursiveComparison().isEqualTo(before);
        }
    }

    @ParameterizedTest
    @MethodSource("losses")
    void restoredStateGoesOnAsIfNothingHappened(LossFunction loss) {
        var first = Batch.random(13, 12, 5);
        var second = Batch.random(14, 12, 5);
        try (var manager = NDManager.newBaseManager()) {
            var objective = loss.bind(new LossContext(manager, first.trainingCounts()));
            first.evaluate(objective);
            var resumed = loss.bind(new LossContext(manager, first.trainingCounts()));
            resumed.restore(objective.state());

            var expected = second.evaluate(objective);
            var actual = second.evaluate(resumed);

            assertThat(actual.loss()).isEqualTo(expected.loss());
            assertThat(actual.gradient()).isDeepEqualTo(expected.gradient());
            assertThat(values(resumed)).usingRecursiveComparison().isEqualTo(values(objective));
        }
    }

    private static Map<String, double[]> values(Objective objective) {
        var values = new TreeMap<String, double[]>();
        objective.state().forEach((name, array) -> values.put(name, Batch.doubles(array)));
        return values;
    }

    @ParameterizedTest
    @MethodSource("losses")
    void aClassWithoutSamplesIsRefusedOrTrained(LossFunction loss) {
        var counts = new long[] {3, 0, 2, 1, 4};
        var batch = new Batch(Batch.random(15, 4, 5).logits(), 0, 2, 3, 4);
        try (var manager = NDManager.newBaseManager()) {
            var context = new LossContext(manager, counts);
            if (List.of("ldam", "logit-adjusted", "vs").contains(Catalogue.nameOf(loss))) {
                assertThatThrownBy(() -> loss.check(counts))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageStartingWith("class number 1 (counted from 0) has no training samples, so ");
                assertThatThrownBy(() -> loss.bind(context)).isInstanceOf(IllegalArgumentException.class);
                return;
            }
            loss.check(counts);
            assertThat(batch.evaluate(loss.bind(context)).loss()).isFinite();
        }
    }

    private static double[] classWeighted(Batch batch) {
        var weights = IntStream.range(0, batch.classes())
                .mapToDouble(k -> 0.25 + k * 0.75)
                .toArray();
        return Arrays.stream(batch.labels())
                .mapToDouble(label -> weights[(int) label])
                .toArray();
    }
}
