package io.lossforge.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lossforge.catalogue.InvalidDocument;
import io.lossforge.catalogue.Violation;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class SpecCheckTests {

    private static final List<String> TEN = List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");

    private static List<Violation> check(String spec, List<Integer> shape, String kind, List<Long> counts) {
        var json = JsonMapper.shared().readTree(spec.replace('\'', '"'));
        return SpecCheck.check(Catalogues.JSON.read(TrainingSpec.class, json), shape, kind, TEN, counts);
    }

    private static List<Violation> checkDigits(String spec) {
        return check(spec, List.of(1, 8, 8), "images", Collections.nCopies(10, 100L));
    }

    @Test
    void defaultsFitDigits() {
        assertThat(checkDigits("{'dataset':'digits'}")).isEmpty();
    }

    @Test
    void aBatchMustFitIntoWhatIsTrainedOn() {
        assertThat(checkDigits("{'dataset':'digits','batchSize':900}")).isEmpty();
        assertThat(checkDigits("{'dataset':'digits','batchSize':901}"))
                .containsExactly(new Violation(
                        "/batchSize",
                        "must be <= 900, the samples of the training split without the validation part, was 901"));
        assertThat(checkDigits("{'dataset':'digits','batchSize':512,'imbalance':{'ratio':100}}"))
                .extracting(Violation::pointer)
                .containsExactly("/batchSize");
    }

    @Test
    void imbalanceMustFitTheClasses() {
        assertThat(checkDigits("{'dataset':'d','imbalance':{'profile':'explicit','counts':[1,2,3]}}"))
                .containsExactly(new Violation("/imbalance/counts", "must have 10 numbers, one per class, had 3"));
        assertThat(checkDigits("{'dataset':'d','imbalance':{'profile':'step','ratio':10,'rotate':3},'batchSize':498}"))
                .containsExactly(new Violation(
                        "/batchSize",
                        "must be <= 495, the samples of the training split after imbalance and without the validation part,"
                                + " was 498"));
    }

    @Test
    void classCoveringNeedsABatchForAllClasses() {
        assertThat(checkDigits("{'dataset':'d','batchSize':10,'sampler':{'name':'class-covering'}}"))
                .isEmpty();
        assertThat(checkDigits("{'dataset':'d','batchSize':9,'sampler':{'name':'class-covering'}}"))
                .containsExactly(new Violation(
                        "/sampler",
                        "class-covering needs batchSize >= 10, the classes with training samples, was 9; raise it, or use"
                                + " shuffle or class-balanced"));
    }

    @Test
    void labelSmoothingNeedsALossWithSoftTargets() {
        assertThat(checkDigits("{'dataset':'d','labelSmoothing':0.1,'loss':{'name':'logistic'}}"))
                .isEmpty();
        assertThatThrownBy(() -> checkDigits("{'dataset':'d','labelSmoothing':0.1,'loss':{'name':'lgl-inr'}}"))
                .isInstanceOf(InvalidDocument.class)
                .hasMessageStartingWith("/labelSmoothing: must be 0 with the loss lgl-inr; it goes with ")
                .hasMessageContainingAll("logistic", "softmax");
    }

    @Test
    void augmentationsNeedImages() {
        assertThat(check(
                        "{'dataset':'d','augmentations':[{'name':'random-crop'}]}",
                        List.of(4),
                        "features",
                        Collections.nCopies(10, 100L)))
                .containsExactly(
                        new Violation("/augmentations", "change images, but the dataset has features: leave them out"));
    }

    @Test
    void explicitWeightsMustBeAsManyAsClasses() {
        assertThat(checkDigits("{'dataset':'d','classWeights':{'scheme':'explicit','values':[1,2,3]}}"))
                .singleElement()
                .satisfies(violation -> {
                    assertThat(violation.pointer()).isEqualTo("/classWeights");
                    assertThat(violation.detail()).startsWith("3 explicit class weights for 10 classes");
                });
    }

    @Test
    void deferredWeightsMustBegin() {
        assertThat(checkDigits("{'dataset':'d','epochs':5,'classWeights':{'scheme':'inverse','startEpoch':6}}"))
                .containsExactly(new Violation("/classWeights/startEpoch", "must be <= 5, the epochs, was 6"));
    }

    @Test
    void inverseWeightsNeedSamplesOfEachClass() {
        assertThat(check(
                        "{'dataset':'d','classWeights':{'scheme':'inverse'}}",
                        List.of(1, 8, 8),
                        "images",
                        List.of(100L, 0L, 100L, 100L, 100L, 100L, 100L, 100L, 100L, 100L)))
                .extracting(Violation::pointer)
                .containsExactly("/classWeights");
    }

    private static List<Violation> checkWithAnEmptyClass(String spec) {
        return check(
                spec, List.of(1, 8, 8), "images", List.of(100L, 0L, 100L, 100L, 100L, 100L, 100L, 100L, 100L, 100L));
    }

    @ParameterizedTest
    @ValueSource(strings = {"logit-adjusted", "vs", "ldam"})
    void lossesOfTheClassCountsNeedSamplesOfEachClass(String loss) {
        var spec = "{'dataset':'d','loss':{'name':'%s'}}".formatted(loss);
        assertThat(checkDigits(spec)).isEmpty();
        assertThat(checkWithAnEmptyClass(spec)).singleElement().satisfies(violation -> {
            assertThat(violation.pointer()).isEqualTo("/loss");
            assertThat(violation.detail())
                    .startsWith("class number 1 (counted from 0) has no training samples, so ")
                    .endsWith("; give it samples or use another loss");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"logit-adjusted", "vs", "ldam", "seesaw"})
    void logitsAreNotAdjustedTwice(String loss) {
        assertThat(checkDigits("{'dataset':'d','loss':{'name':'%s'},'logitAdjustment':{'tau':1}}".formatted(loss)))
                .containsExactly(new Violation(
                        "/logitAdjustment",
                        "would adjust twice: %s takes the class prior into account in training; leave it out or choose a loss such as softmax"
                                .formatted(loss)));
    }

    @ParameterizedTest
    @CsvSource({"lgl-inr, sigmoid", "asymmetric-multi, sigmoid", "bi-tempered, temperedSoftmax"})
    void logitAdjustmentNeedsASoftmax(String loss, String serving) {
        assertThat(checkDigits("{'dataset':'d','loss':{'name':'%s'},'logitAdjustment':{}}".formatted(loss)))
                .containsExactly(new Violation(
                        "/logitAdjustment",
                        "needs a loss that serves softmax, but %s serves %s; leave it out or choose a loss such as softmax"
                                .formatted(loss, serving)));
    }

    @Test
    void logitAdjustmentNeedsSamplesOfEachClass() {
        assertThat(checkDigits("{'dataset':'d','logitAdjustment':{}}")).isEmpty();
        assertThat(checkWithAnEmptyClass("{'dataset':'d','logitAdjustment':{}}"))
                .extracting(Violation::pointer)
                .containsExactly("/logitAdjustment");
    }

    @Test
    void validationMustBePossible() {
        assertThat(check("{'dataset':'d','batchSize':2}", List.of(1, 8, 8), "images", Collections.nCopies(10, 1L)))
                .extracting(Violation::pointer)
                .containsExactly("/validationFraction");
    }

    @Test
    void oneClassCannotBeLearned() {
        assertThat(check(
                        "{'dataset':'d','batchSize':2}",
                        List.of(1, 8, 8),
                        "images",
                        List.of(100L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L)))
                .containsExactly(new Violation("/dataset", "needs training samples of at least 2 classes, has 1"));
    }

    @Test
    void allViolationsAreTold() {
        assertThat(check(
                        "{'dataset':'d','batchSize':2000,'augmentations':[{'name':'horizontal-flip'}]}",
                        List.of(4),
                        "features",
                        Collections.nCopies(10, 100L)))
                .extracting(Violation::pointer)
                .containsExactly("/augmentations", "/batchSize");
    }
}
