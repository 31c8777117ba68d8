package io.lossforge.training;

import com.google.auto.service.AutoService;
import io.lossforge.catalogue.Described;
import io.lossforge.catalogue.Parameter;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.random.RandomGenerator;

/**
 * Draws a class first, then one of its samples: class k with a probability in proportion to n_k^q. Every class has its draws spread evenly
 * over the epoch, one at a random point of each stretch of {@code 1 / (N·P(k))} of it, rather than each draw by itself, so that
 * no class is missing for long by chance. With q = 0 that is round after round of all classes, each in random order. The samples of a class
 * come in random order, and again in another one when all have come.
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

    private record Draw(double at, int label, long turn) {}

    public ClassBalanced() {
        this(0);
    }

    @Override
    public int[] epoch(int[] labels, int classes, int batchSize, RandomGenerator random) {
        var members = Splits.membersOf(labels, classes);
        double sum = 0;
        for (var of : members) {
            sum += weight(of.length);
        }
        var draws = new PriorityQueue<>(Comparator.comparingDouble(Draw::at).thenComparingInt(Draw::label));
        var stretch = new double[classes];
        for (int label = 0; label < classes; label++) {
            if (members[label].length > 0) {
                stretch[label] = sum / weight(members[label].length);
                draws.add(draw(label, 0, stretch, random));
            }
        }
        var order = new int[labels.length];
        for (int i = 0; i < order.length; i++) {
            var draw = draws.remove();
            int next = (int) (draw.turn % members[draw.label].length);
            if (next == 0) {
                Seeds.shuffle(members[draw.label], random);
            }
            order[i] = members[draw.label][next];
            draws.add(draw(draw.label, draw.turn + 1, stretch, random));
        }
        return order;
    }

    private static Draw draw(int label, long turn, double[] stretch, RandomGenerator random) {
        return new Draw((turn + random.nextDouble()) * stretch[label], label, turn);
    }

    /** Nothing for a class without samples, with exponent 0 too. */
    private double weight(int count) {
        return count == 0 ? 0 : Math.pow(count, exponent);
    }
}
