package io.lossforge.dataset;

import io.lossforge.image.Limits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.annotation.Order;
import org.springframework.core.type.filter.AssignableTypeFilter;

/** Packs uploads without service and database, into a directory of the test. */
final class Packs {

    static final IngestLimits LIMITS = new IngestLimits(10_000, 1L << 30, 200, 1000, Limits.DEFAULT, 2);

    private static final List<DatasetFormat> FORMATS = findFormats();

    private final Path directory;
    private final IngestLimits limits;
    private final List<Source> files = new ArrayList<>();
    private final List<Source> testFiles = new ArrayList<>();
    private IngestOptions options = IngestOptions.NONE;

    Packs(Path directory) {
        this(directory, LIMITS);
    }

    Packs(Path directory, IngestLimits limits) {
        this.directory = directory;
        this.limits = limits;
    }

    Packs file(String name, byte[] content) {
        files.add(source("/file", name, content));
        return this;
    }

    Packs testFile(String name, byte[] content) {
        testFiles.add(source("/testFile", name, content));
        return this;
    }

    Packs folder(Path folder) {
        files.add(new Source("/path", String.valueOf(folder.getFileName()), folder));
        return this;
    }

    Packs imageSize(String size) {
        options = new IngestOptions(ImageSize.parse(size), options.labelColumn(), options.maxValue());
        return this;
    }

    Packs labelColumn(String column) {
        options = new IngestOptions(options.imageSize(), column, options.maxValue());
        return this;
    }

    Packs maxValue(double value) {
        options = new IngestOptions(options.imageSize(), options.labelColumn(), value);
        return this;
    }

    private Source source(String pointer, String name, byte[] content) {
        try {
            var path = Files.createTempFile(directory, "upload", "");
            Files.write(path, content);
            return new Source(pointer, name, path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What came of it. */
    record Result(String format, Packed packed, List<String> warnings) {

        List<String> classes() {
            return packed.manifest().classes();
        }

        List<Integer> shape() {
            return packed.manifest().shape();
        }

        List<Long> perClass(Split split) {
            return split(split).perClass();
        }

        private Manifest.PackedSplit split(Split split) {
            var splits = packed.manifest().splits();
            return split == Split.TRAIN ? splits.train() : splits.test();
        }

        /** Labels in their order, by name. */
        List<String> labels(Split split) throws IOException {
            var data = data(split(split).labels()).asIntBuffer();
            return IntStream.range(0, data.limit())
                    .mapToObj(i -> classes().get(data.get(i)))
                    .toList();
        }

        /** All pixels in their order. */
        int[] pixels(Split split) throws IOException {
            var data = data(split(split).inputs());
            return IntStream.range(0, data.limit()).map(i -> data.get(i) & 0xff).toArray();
        }

        /** All features in their order. */
        float[] features(Split split) throws IOException {
            var data = data(split(split).inputs()).asFloatBuffer();
            var features = new float[data.limit()];
            data.get(features);
            return features;
        }

        String header(String file) throws IOException {
            var bytes = Files.readAllBytes(packed.directory().resolve(file));
            return new String(bytes, 10, NpyWriter.HEADER - 10, java.nio.charset.StandardCharsets.US_ASCII).strip();
        }

        private ByteBuffer data(String file) throws IOException {
            var bytes = Files.readAllBytes(packed.directory().resolve(file));
            return ByteBuffer.wrap(bytes, NpyWriter.HEADER, bytes.length - NpyWriter.HEADER)
                    .slice()
                    .order(ByteOrder.LITTLE_ENDIAN);
        }
    }

    Result pack() throws IOException {
        long size = 0;
        for (var source : files) {
            size += Files.isDirectory(source.path()) ? Long.MAX_VALUE >> 16 : Files.size(source.path());
        }
        var delivery = new Delivery(files, testFiles, options, limits, new Unpacking(size, limits), new Notices());
        var format = new Formats(formats()).of(delivery);
        try (var packing = new Packing(Files.createTempDirectory(directory, "packed"), limits)) {
            format.read(delivery, packing);
            var packed = packing.finish(files.get(0).pointer(), delivery.notices());
            return new Result(format.name(), packed, delivery.notices().toList());
        }
    }

    /** Every format of the module, in the order it is asked. */
    static List<DatasetFormat> formats() {
        return FORMATS;
    }

    private static List<DatasetFormat> findFormats() {
        var scanner = new ClassPathScanningCandidateComponentProvider(false);
        scanner.addIncludeFilter(new AssignableTypeFilter(DatasetFormat.class));
        return scanner.findCandidateComponents("io.lossforge.dataset").stream()
                .map(candidate -> format(Objects.requireNonNull(candidate.getBeanClassName())))
                .sorted(Comparator.comparingInt(
                        format -> Objects.requireNonNull(format.getClass().getAnnotation(Order.class))
                                .value()))
                .toList();
    }

    private static DatasetFormat format(String className) {
        try {
            return (DatasetFormat)
                    Class.forName(className).getDeclaredConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
