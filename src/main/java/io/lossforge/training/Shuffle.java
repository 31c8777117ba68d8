package io.lossforge.training;

import com.google.auto.service.AutoService;
import io.lossforge.catalogue.Described;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/** Every sample once an epoch. */
@Described(name = "shuffle", summary = "Every sample once an epoch, in random order.")
@AutoService(Sampler.class)
public record Shuffle() implements Sampler {

    @Override
    public int[] epoch(int[] labels, int classes, int batchSize, double progress, RandomGenerator random) {
        var order = IntStream.range(0, labels.length).toArray();
        Seeds.shuffle(order, random);
        return order;
    }
}
