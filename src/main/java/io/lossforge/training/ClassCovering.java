package io.lossforge.training;

import com.google.auto.service.AutoService;
import io.lossforge.catalogue.Described;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * A sample of every class in every batch. A class with fewer samples than the epoch has batches repeats its own in turn. As many samples
 * of other classes, drawn anew each epoch, are left out of it; every other sample comes exactly once. The last batch of an epoch,
 * where it is smaller than the number of classes, holds as many different classes as it has samples.
 */
@Described(
        name = "class-covering",
        summary =
                "A sample of every class in every batch, and beyond that every sample once an epoch as far as there is room: for losses"
                        + " such as lgl-inr to which a class counts only in batches that have it. Needs batchSize >= classes.")
@AutoService(Sampler.class)
public record ClassCovering() implements Sampler {

    @Override
    public void check(long[] classCounts, int batchSize) {
        long present = Arrays.stream(classCounts).filter(count -> count > 0).count();
        if (batchSize < present) {
            throw new IllegalArgumentException(
                    "class-covering needs batchSize >= %d, the classes with training samples, was %d; raise it, or use shuffle or class-balanced"
                            .formatted(present, batchSize));
        }
    }

    @Override
    public int[] epoch(int[] labels, int classes, int batchSize, double progress, RandomGenerator random) {
        var members = Splits.membersOf(labels, classes);
        var present = IntStream.range(0, classes)
                .filter(label -> members[label].length > 0)
                .toArray();
        for (int label : present) {
            Seeds.shuffle(members[label], random);
        }
        var order = new int[labels.length];
        var isFree = new boolean[labels.length];
        var taken = new int[classes];
        for (int begin = 0; begin < order.length; begin += batchSize) {
            int size = Math.min(batchSize, order.length - begin);
            Seeds.shuffle(present, random);
            for (int i = 0; i < size; i++) {
                isFree[begin + i] = i >= present.length;
                if (i < present.length) {
                    int label = present[i];
                    order[begin + i] = members[label][taken[label]++ % members[label].length];
                }
            }
        }
        var rest = Arrays.stream(present)
                .flatMap(label -> Arrays.stream(
                        members[label], Math.min(taken[label], members[label].length), members[label].length))
                .toArray();
        Seeds.shuffle(rest, random);
        int next = 0;
        for (int i = 0; i < order.length; i++) {
            if (isFree[i]) {
                order[i] = rest[next++];
            }
        }
        return order;
    }
}
