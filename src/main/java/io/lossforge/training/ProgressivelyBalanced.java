package io.lossforge.training;

import com.google.auto.service.AutoService;
import io.lossforge.catalogue.Described;
import io.lossforge.catalogue.Parameter;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * From every sample alike to every class alike, a little more each epoch. The draws of each class are spread evenly as {@link SpreadDraws}
 * says.
 *
 * @param exponent a: 1 for the same change each epoch
 */
@Described(
        name = "progressively-balanced",
        summary =
                "From samples to classes: begins near the classes' shares of the samples and ends with every class equally often, by a"
                        + " little more each epoch.",
        formula =
                "P(class k) = (1 - (t/T)^a) n_k / N + (t/T)^a / K in epoch t of T, counted from 1, of K classes with samples",
        reference = "Kang et al., Decoupling Representation and Classifier for Long-Tailed Recognition, ICLR 2020")
@AutoService(Sampler.class)
public record ProgressivelyBalanced(
        @Parameter(
                value =
                        "a in (t/T)^a: 1 for the same change each epoch, more to stay with the samples' shares longer, less to leave"
                                + " them sooner",
                min = 0.1,
                max = 10)
        double exponent)
        implements Sampler {

    public ProgressivelyBalanced() {
        this(1);
    }

    @Override
    public int[] epoch(int[] labels, int classes, int batchSize, double progress, RandomGenerator random) {
        var members = Splits.membersOf(labels, classes);
        long present = Arrays.stream(members).filter(of -> of.length > 0).count();
        double balanced = Math.pow(progress, exponent);
        var shares = Arrays.stream(members)
                .mapToDouble(of -> of.length == 0 ? 0 : (1 - balanced) * of.length / labels.length + balanced / present)
                .toArray();
        return SpreadDraws.of(members, shares, labels.length, random);
    }
}
