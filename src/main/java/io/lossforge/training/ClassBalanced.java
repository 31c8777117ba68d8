package io.lossforge.training;

import com.google.auto.service.AutoService;
import io.lossforge.catalogue.Described;
import io.lossforge.catalogue.Parameter;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Draws a class first, then one of its samples: class k with a probability in proportion to n_k^q, the draws of each class spread evenly as
 * {@link SpreadDraws} says. With q = 0 that is round after round of all classes, each in random order.
 *
 * @param exponent q: 0 for every class alike, ½ for the square root of its count, 1 for its share of the samples
 */
@Described(
        name = "class-balanced",
        summary =
                "Every class equally often, or by a power of its count: rare classes are drawn again and again, of frequent ones a"
                        + " part per epoch. With exponent 0 a batch of at least twice as many samples as classes holds every class.",
        formula = "P(class k) = n_k^q / Σ_l n_l^q",
        reference = "Kang et al., Decoupling Representation and Classifier for Long-Tailed Recognition, ICLR 2020")
@AutoService(Sampler.class)
public record ClassBalanced(
        @Parameter(
                value =
                        "q in P(class k) ∝ n_k^q: 0 for every class alike, 0.5 for square-root sampling, 1 for its share of the"
                                + " samples",
                min = 0,
                max = 1)
        double exponent)
        implements Sampler {

    public ClassBalanced() {
        this(0);
    }

    @Override
    public int[] epoch(int[] labels, int classes, int batchSize, double progress, RandomGenerator random) {
        var members = Splits.membersOf(labels, classes);
        var weights =
                Arrays.stream(members).mapToDouble(of -> weight(of.length)).toArray();
        return SpreadDraws.of(members, weights, labels.length, random);
    }

    /** Nothing for a class without samples, with exponent 0 too. */
    private double weight(int count) {
        return count == 0 ? 0 : Math.pow(count, exponent);
    }
}
