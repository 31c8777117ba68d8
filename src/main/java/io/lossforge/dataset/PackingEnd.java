package io.lossforge.dataset;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;

/** The second look at what was received, when its end is known: classes in order, a test split, checks, the manifest. */
class PackingEnd {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Path directory;
    private final Packing packing;
    private final Map<Split, Packing.Part> parts;
    private final String pointer;
    private final Notices notices;
    private final int[] order;
    private final int[] rank;

    PackingEnd(Path directory, Packing packing, Map<Split, Packing.Part> parts, String pointer, Notices notices) {
        this.directory = directory;
        this.packing = packing;
        this.parts = parts;
        this.pointer = pointer;
        this.notices = notices;
        this.order = packing.classes().sorted();
        this.rank = new int[order.length];
        for (int i = 0; i < order.length; i++) {
            rank[order[i]] = i;
        }
    }

    Packed packed() throws IOException {
        var received = count(Split.TRAIN);
        var train = received;
        long[] test;
        if (parts.containsKey(Split.TEST)) {
            test = count(Split.TEST);
            keep(Split.TRAIN);
            keep(Split.TEST);
        } else {
            test = StratifiedSplit.quotas(received);
            train = new long[received.length];
            Arrays.setAll(train, i -> received[i] - test[i]);
            setApart(new StratifiedSplit(received));
            notices.add("no test part was given: %d of %d samples, a fifth of every class, were set apart for the test"
                    .formatted(sum(test), sum(received)));
        }
        check(train, test);
        warnOfDuplicates(sum(train), sum(test));
        return describe(train, test);
    }

    private long[] count(Split split) throws IOException {
        var perClass = new long[order.length];
        var part = part(split);
        try (var in = PackedArray.rows(part.labels.file())) {
            for (long i = 0; i < part.labelCount; i++) {
                perClass[rank[PackedArray.nextLabel(in)]]++;
            }
        }
        return perClass;
    }

    private Packing.Part part(Split split) {
        return java.util.Objects.requireNonNull(parts.get(split));
    }

    private Path inputs(Split split) {
        return directory.resolve(split.lowerCase() + "-inputs.npy");
    }

    private Path labels(Split split) {
        return directory.resolve(split.lowerCase() + "-labels.npy");
    }

    /** The inputs stay as they were written; the header is given its shape. */
    private void keep(Split split) throws IOException {
        var part = part(split);
        Files.move(part.inputs.file(), inputs(split));
        NpyWriter.writeHeader(inputs(split), packing.type(), shape(part.inputCount));
        PackedArray.relabel(part.labels.file(), labels(split), part.labelCount, label -> rank[label]);
        Files.delete(part.labels.file());
    }

    private List<Long> shape(long count) {
        var shape = new ArrayList<Long>();
        shape.add(count);
        packing.shape().forEach(dimension -> shape.add((long) dimension));
        return shape;
    }

    private void setApart(StratifiedSplit split) throws IOException {
        var part = part(Split.TRAIN);
        int rowBytes = packing.rowBytes();
        long trainCount = 0;
        try (var rows = PackedArray.rows(part.inputs.file());
                var received = PackedArray.rows(part.labels.file());
                var trainInputs = new NpyWriter(inputs(Split.TRAIN));
                var trainLabels = new NpyWriter(labels(Split.TRAIN));
                var testInputs = new NpyWriter(inputs(Split.TEST));
                var testLabels = new NpyWriter(labels(Split.TEST))) {
            for (long i = 0; i < part.inputCount; i++) {
                var row = rows.readNBytes(rowBytes);
                int label = rank[PackedArray.nextLabel(received)];
                boolean test = split.nextIsTest(label);
                (test ? testInputs : trainInputs).write(row);
                (test ? testLabels : trainLabels).writeInt(label);
                trainCount += test ? 0 : 1;
            }
            trainInputs.finish(packing.type(), shape(trainCount));
            trainLabels.finish("<i4", List.of(trainCount));
            testInputs.finish(packing.type(), shape(part.inputCount - trainCount));
            testLabels.finish("<i4", List.of(part.inputCount - trainCount));
        }
        Files.delete(part.inputs.file());
        Files.delete(part.labels.file());
    }

    private void check(long[] train, long[] test) {
        for (int i = 0; i < order.length; i++) {
            var name = Shown.name(packing.classes().name(order[i]));
            if (train[i] == 0) {
                throw new RefusedUpload(
                        pointer,
                        test[i] == 0
                                ? "class \"%s\" is empty".formatted(name)
                                : "class \"%s\" has %d test samples and none to train on".formatted(name, test[i]));
            }
            if (test[i] == 0) {
                notices.skipped("classes have no test sample", name);
            }
        }
        if (sum(test) == 0) {
            throw new RefusedUpload(
                    pointer,
                    "no class has two samples, so that none can be set apart for the test; give more, or a test part");
        }
    }

    private void warnOfDuplicates(long trainCount, long testCount) throws IOException {
        if (testCount > DuplicateSamples.MOST) {
            notices.add("not looked for duplicates across splits: more than %d test samples"
                    .formatted(DuplicateSamples.MOST));
            return;
        }
        long duplicates = DuplicateSamples.count(
                inputs(Split.TRAIN), trainCount, inputs(Split.TEST), (int) testCount, packing.rowBytes());
        if (duplicates > 0) {
            notices.add("%d of %d test samples occur in the training split too".formatted(duplicates, testCount));
        }
    }

    private Packed describe(long[] train, long[] test) throws IOException {
        var files = new TreeMap<String, Manifest.PackedFile>();
        long bytes = 0;
        for (var split : Split.values()) {
            for (var file : List.of(inputs(split), labels(split))) {
                long size = Files.size(file);
                bytes += size;
                files.put(file.getFileName().toString(), new Manifest.PackedFile(size, Sha256.of(file)));
            }
        }
        var classes = Arrays.stream(order).mapToObj(packing.classes()::name).toList();
        var splits = new Manifest.Splits(describe(Split.TRAIN, train), describe(Split.TEST, test));
        var manifest = new Manifest(
                Manifest.FORMAT, Manifest.FORMAT_VERSION, packing.kind(), packing.shape(), classes, splits, files);
        var json = JSON.writeValueAsBytes(manifest);
        Files.write(directory.resolve(Manifest.NAME), json);
        return new Packed(directory, manifest, Sha256.of(json), bytes);
    }

    private Manifest.PackedSplit describe(Split split, long[] perClass) {
        return new Manifest.PackedSplit(
                sum(perClass),
                Arrays.stream(perClass).boxed().toList(),
                inputs(split).getFileName().toString(),
                labels(split).getFileName().toString());
    }

    private static long sum(long[] values) {
        return Arrays.stream(values).sum();
    }
}
