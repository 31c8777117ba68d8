package io.lossforge.training;

import com.google.auto.service.AutoService;
import io.lossforge.catalogue.Described;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/** Every class as often as every other. */
@Described(
        name = "class-balanced",
        summary =
                "Every class equally often: rare classes are drawn again and again, of frequent ones a part per epoch. A batch of at "
                        + "least twice as many samples as classes holds every class.",
        reference = "class-balanced sampling as in Kang et al., Decoupling Representation and Classifier, 2020")
@AutoService(Sampler.class)
public record ClassBalanced() implements Sampler {

    @Override
    public int[] epoch(int[] labels, int classes, int batchSize, RandomGenerator random) {
        var members = Splits.membersOf(labels, classes);
        var round = IntStream.range(0, classes)
                .filter(label -> members[label].length > 0)
                .toArray();
        var taken = new int[classes];
        var order = new int[labels.length];
        for (int i = 0; i < order.length; i++) {
            int turn = i % round.length;
            if (turn == 0) {
                Seeds.shuffle(round, random);
            }
            int label = round[turn];
            int next = taken[label]++ % members[label].length;
            if (next == 0) {
                Seeds.shuffle(members[label], random);
            }
            order[i] = members[label][next];
        }
        return order;
    }
}
