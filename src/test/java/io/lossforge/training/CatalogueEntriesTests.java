package io.lossforge.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lossforge.catalogue.InvalidDocument;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class CatalogueEntriesTests {

    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text.replace('\'', '"'));
    }

    @Test
    void aSpecificationNeedsOnlyADataset() {
        var spec = Catalogues.JSON.read(TrainingSpec.class, json("{'dataset':'digits'}"));

        assertThat(spec.optimizer()).isEqualTo(new Adam());
        assertThat(spec.schedule()).isEqualTo(new Cosine(0, 0));
        assertThat(spec.sampler()).isEqualTo(new Shuffle());
        assertThat(Catalogues.JSON.read(TrainingSpec.class, Catalogues.JSON.write(spec)))
                .isEqualTo(spec);
    }

    @Test
    void everyEntryIsFoundAndDescribed() {
        assertThat(Catalogues.OPTIMIZERS.names()).containsExactly("adam", "adamw", "sgd");
        assertThat(Catalogues.SCHEDULES.names()).containsExactly("constant", "cosine", "step");
        assertThat(Catalogues.SAMPLERS.names())
                .containsExactly("class-balanced", "class-covering", "progressively-balanced", "shuffle");
        assertThat(Catalogues.AUGMENTATIONS.names()).containsExactly("horizontal-flip", "random-crop");
        assertThat(Catalogues.DECISIONS.names()).containsExactly("precision", "recall");
        for (var catalogue :
                List.of(Catalogues.OPTIMIZERS, Catalogues.SCHEDULES, Catalogues.AUGMENTATIONS, Catalogues.DECISIONS)) {
            assertThat(catalogue.describe()).allSatisfy(entry -> {
                assertThat(entry.parameters())
                        .isNotEmpty()
                        .allSatisfy(parameter -> assertThat(parameter.summary()).isNotBlank());
                assertThat(entry.parameters())
                        .filteredOn(parameter -> parameter.type().equals("number"))
                        .allSatisfy(parameter -> {
                            assertThat(parameter.minimum()).isNotNull();
                            assertThat(parameter.maximum()).isNotNull();
                        });
            });
        }
    }

    @Test
    void refusesParametersThatMeanNothing() {
        assertThatThrownBy(() -> Catalogues.JSON.read(
                        TrainingSpec.class,
                        json("{'dataset':'d','optimizer':{'name':'sgd','parameters':{'momentum':0,'nesterov':true}}}")))
                .isInstanceOf(InvalidDocument.class)
                .hasMessage("/optimizer/parameters/nesterov: needs momentum above 0");
        assertThatThrownBy(() -> Catalogues.JSON.read(
                        TrainingSpec.class,
                        json("{'dataset':'d','schedule':{'name':'step','parameters':{'milestones':[3,3]}}}")))
                .hasMessage("/schedule/parameters/milestones/1: must be greater than the milestone before it");
        assertThatThrownBy(() -> Catalogues.JSON.read(
                        TrainingSpec.class,
                        json("{'dataset':'d','optimizer':{'name':'adam','parameters':{'beta2':1}}}")))
                .hasMessageContaining("/optimizer/parameters/beta2");
    }

    @Test
    void constantKeepsTheRateAfterItsWarmUp() {
        var schedule = new Constant(0.5); // 5 of 10 steps

        assertThat(IntStream.range(0, 7).mapToDouble(step -> schedule.factor(step, 10, 2)))
                .containsExactly(0.2, 0.4, 0.6, 0.8, 1.0, 1.0, 1.0);
    }

    @Test
    void cosineFallsFromOneToItsMinimum() {
        var schedule = new Cosine(1, 0.1); // warm-up 4 steps, then 8

        assertThat(schedule.factor(0, 4, 3)).isEqualTo(0.25);
        assertThat(schedule.factor(4, 4, 3)).isEqualTo(1);
        assertThat(schedule.factor(8, 4, 3)).isCloseTo(0.55, within(1e-12));
        assertThat(schedule.factor(11, 4, 3)).isCloseTo(0.1 + 0.9 * (1 + Math.cos(Math.PI * 7 / 8)) / 2, within(1e-12));
        assertThat(schedule.factor(12, 4, 3)).isCloseTo(0.1, within(1e-12));
    }

    @Test
    void stepFallsAfterMilestonesOrEveryFewEpochs() {
        var milestones = new StepDecay(List.of(2, 3), 10, 0.1, 0);
        var every = new StepDecay(List.of(), 2, 0.5, 0);

        assertThat(milestones.factor(9, 5, 6)).isEqualTo(1);
        assertThat(milestones.factor(10, 5, 6)).isCloseTo(0.1, within(1e-15));
        assertThat(milestones.factor(15, 5, 6)).isCloseTo(0.01, within(1e-15));
        assertThat(IntStream.range(0, 6).mapToDouble(epoch -> every.factor(epoch * 5L, 5, 6)))
                .containsExactly(1.0, 1.0, 0.5, 0.5, 0.25, 0.25);
    }

    @Test
    void horizontalFlipMirrorsEachRowOfEachChannel() {
        var pixels = new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};

        new HorizontalFlip(1).apply(pixels, new byte[12], 2, 2, 3, new Random(1));
        assertThat(pixels).containsExactly(3, 2, 1, 6, 5, 4, 9, 8, 7, 12, 11, 10);

        new HorizontalFlip(0).apply(pixels, new byte[12], 2, 2, 3, new Random(1));
        assertThat(pixels).containsExactly(3, 2, 1, 6, 5, 4, 9, 8, 7, 12, 11, 10);
    }

    @Test
    void randomCropShiftsByAtMostItsPaddingOntoBlack() {
        var image = new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9};
        var random = new Random(3);
        var seen = new java.util.HashSet<String>();
        for (int trial = 0; trial < 500; trial++) {
            var pixels = image.clone();
            new RandomCrop(1).apply(pixels, new byte[9], 1, 3, 3, random);
            seen.add(Arrays.toString(pixels));
            assertThat(shifted(image, pixels)).isTrue();
        }
        assertThat(seen).hasSize(9);
    }

    private static boolean shifted(byte[] image, byte[] pixels) {
        for (int down = -1; down <= 1; down++) {
            for (int right = -1; right <= 1; right++) {
                var expected = new byte[9];
                for (int i = 0; i < 9; i++) {
                    int row = i / 3 + down;
                    int column = i % 3 + right;
                    expected[i] = row < 0 || row > 2 || column < 0 || column > 2 ? 0 : image[row * 3 + column];
                }
                if (Arrays.equals(expected, pixels)) {
                    return true;
                }
            }
        }
        return false;
    }

    @Test
    void randomCropWithMorePaddingThanImageLeavesBlack() {
        var random = new Random(5);
        for (int trial = 0; trial < 200; trial++) {
            var pixels = new byte[] {1, 2, 3, 4};
            new RandomCrop(5).apply(pixels, new byte[4], 1, 2, 2, random);
            assertThat(pixels).hasSize(4);
        }
    }
}
