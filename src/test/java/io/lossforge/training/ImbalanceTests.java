package io.lossforge.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.lossforge.catalogue.InvalidDocument;
import io.lossforge.catalogue.Violation;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class ImbalanceTests {

    private static final long[] MNIST = {5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949};

    private static Imbalance imbalance(String json) {
        return Catalogues.JSON.read(Imbalance.class, JsonMapper.shared().readTree(json.replace('\'', '"')));
    }

    private static long[] kept(String json, long... available) {
        return imbalance(json).kept(available);
    }

    private static long[] each(int classes, long count) {
        var counts = new long[classes];
        Arrays.fill(counts, count);
        return counts;
    }

    /** The sums are published: ResNet-32 on CIFAR-10-LT is trained on 12,406 images at ratio 100. */
    @Test
    void exponentialHasThePublishedCountsOfLongTailedCifar() {
        var counts = kept("{'ratio':100}", each(10, 5000));

        assertThat(counts).containsExactly(5000, 2997, 1796, 1077, 645, 387, 232, 139, 83, 50);
        assertThat(Arrays.stream(counts).sum()).isEqualTo(12_406);
        assertThat(Arrays.stream(kept("{'ratio':100}", each(100, 500))).sum()).isEqualTo(10_847); // CIFAR-100-LT
        assertThat(kept("{'ratio':100000}", each(10, 5000))[9]).isEqualTo(1);
        assertThat(kept("{'ratio':1}", each(10, 5000))).containsOnly(5000);
    }

    @Test
    void mostSamplesCapsTheLargestClass() {
        assertThat(kept("{'ratio':100,'mostSamples':5000}", MNIST))
                .containsExactly(5000, 2997, 1796, 1077, 645, 387, 232, 139, 83, 50);
        assertThat(kept("{'profile':'step','ratio':10,'mostSamples':1000}", MNIST))
                .containsExactly(1000, 1000, 1000, 1000, 1000, 100, 100, 100, 100, 100);
    }

    @Test
    void aClassKeepsAllItHasWhereThatIsLess() {
        assertThat(kept("{'ratio':10}", MNIST)[0]).isEqualTo(5923);
        assertThat(kept("{'ratio':2}", 3, 1000, 0)).containsExactly(3, 707, 0);
    }

    @ParameterizedTest
    @CsvSource({"0.2, 8", "0.5, 5", "0.75, 2", "0.9, 1", "0.05, 9"})
    void stepMakesAPartOfTheClassesRare(double minority, int frequent) {
        var expected = each(10, 5000);
        Arrays.fill(expected, frequent, 10, 100);

        assertThat(kept("{'profile':'step','ratio':50,'minorityFraction':%s}".formatted(minority), each(10, 5000)))
                .isEqualTo(expected);
    }

    @Test
    void rotateMovesTheRanksAroundTheClasses() {
        assertThat(kept("{'ratio':4,'rotate':1}", 100, 100, 100)).containsExactly(25, 100, 50);
        assertThat(kept("{'profile':'step','ratio':4,'minorityFraction':0.34,'rotate':2}", 100, 100, 100))
                .containsExactly(100, 25, 100);
        assertThat(kept("{'profile':'explicit','counts':[9,8,7],'rotate':2}", 100, 100, 100))
                .containsExactly(8, 7, 9);
    }

    @Test
    void explicitCountsAreKeptAsGiven() {
        assertThat(kept("{'profile':'explicit','counts':[4000,2000,1000,750,500,350,200,100,60,40]}", MNIST))
                .containsExactly(4000, 2000, 1000, 750, 500, 350, 200, 100, 60, 40);
        assertThat(kept("{'profile':'explicit','counts':[0,3]}", 0, 3)).containsExactly(0, 3);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "{'profile':'linear'}; /profile; must be one of exponential, step, explicit",
                "{'ratio':0.5}; /ratio; must be >= 1",
                "{'profile':'step','minorityFraction':0}; /minorityFraction; must be > 0",
                "{'profile':'step','minorityFraction':1}; /minorityFraction; must be < 1",
                "{'minorityFraction':0.2}; /minorityFraction; only goes with profile step",
                "{'counts':[1,2]}; /counts; only goes with profile explicit",
                "{'profile':'explicit'}; /counts; must have one count per class",
                "{'profile':'explicit','counts':[1,-1]}; /counts/1; must be >= 0",
                "{'profile':'explicit','counts':[1,2],'ratio':7}; /ratio; only goes with profiles exponential and step",
                "{'profile':'explicit','counts':[1,2],'mostSamples':7}; /mostSamples; only goes with profiles",
                "{'mostSamples':0}; /mostSamples; must be >= 1",
                "{'rotate':-1}; /rotate; must be >= 0"
            })
    void refusesWhatMakesNoSense(String json, String pointer, String detail) {
        var refused = catchThrowableOfType(InvalidDocument.class, () -> imbalance(json));

        assertThat(refused.violations()).singleElement().satisfies(violation -> {
            assertThat(violation.pointer()).isEqualTo(pointer);
            assertThat(violation.detail()).startsWith(detail);
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'rotate':3} | /rotate | must be <= 2, the label of the last class, was 3",
                "{'mostSamples':101} | /mostSamples | must be <= 100, the training samples of the largest class, was 101",
                "{'profile':'step','minorityFraction':0.1} | /minorityFraction | makes 0 of 3 classes rare; at least one must be, and one must not",
                "{'profile':'step','minorityFraction':0.9} | /minorityFraction | makes 3 of 3 classes rare; at least one must be, and one must not",
                "{'profile':'explicit','counts':[1,2]} | /counts | must have 3 numbers, one per class, had 2",
                "{'profile':'explicit','counts':[20,60,5],'rotate':1} | /counts/1 | must be <= 50, the training samples of class number 2 (counted from 0), was 60"
            })
    void refusesWhatDoesNotFitTheClasses(String json, String pointer, String detail) {
        var refused = catchThrowableOfType(InvalidDocument.class, () -> kept(json, 100, 80, 50));

        assertThat(refused.violations()).containsExactly(new Violation(pointer, detail));
    }
}
