package io.lossforge.inference;

import io.lossforge.training.PackedDataset;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/** Samples of a registered dataset: one split, or the training split and then the test split. */
final class DatasetSamples implements Samples {

    private final PackedDataset dataset;
    private final List<Part> parts;
    private int next;

    private record Part(String name, PackedDataset.Split split, int first) {}

    private DatasetSamples(PackedDataset dataset, List<Part> parts) {
        this.dataset = dataset;
        this.parts = parts;
    }

    static DatasetSamples open(Path directory, String split) throws IOException {
        var dataset = PackedDataset.open(directory);
        var train = new Part("train", dataset.train(), 0);
        return new DatasetSamples(
                dataset,
                switch (split) {
                    case "train" -> List.of(train);
                    case "test" -> List.of(new Part("test", dataset.test(), 0));
                    default ->
                        List.of(
                                train,
                                new Part("test", dataset.test(), dataset.train().count()));
                });
    }

    @Override
    public int count() {
        return parts.stream().mapToInt(part -> part.split().count()).reduce(0, Math::addExact);
    }

    @Override
    public boolean pixels() {
        return dataset.kind() == PackedDataset.Kind.IMAGES;
    }

    @Override
    public List<Integer> shape() {
        return dataset.shape();
    }

    @Override
    public int bytes() {
        return dataset.train().sampleBytes();
    }

    @Override
    public void read(int sample, ByteBuffer target, int offset) {
        var part = part(sample);
        part.split().read(sample - part.first(), target, offset);
    }

    @Override
    public Known next() {
        var part = part(next);
        int index = next++ - part.first();
        return new Known(
                part.name(), index, null, dataset.classes().get(part.split().labels()[index]));
    }

    private Part part(int sample) {
        var last = parts.get(parts.size() - 1);
        return sample >= last.first() ? last : parts.get(0);
    }

    @Override
    public void close() {}
}
