package io.lossforge.dataset;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/**
 * CIFAR-10's binary files: records of a label byte, 0 to 9, and 3,072 pixels {@code [3,32,32]}. Single files, plain or gzipped, or the
 * tar that they come in. A file with {@code test} in its name is the test part.
 */
@Component
@Order(30)
class CifarFormat implements DatasetFormat {

    private static final int PIXELS = 3 * 32 * 32;
    private static final int RECORD = 1 + PIXELS;
    private static final int LOOKED_AT = 4;
    private static final int LONGEST_NAMES = 4096;
    private static final List<String> CLASSES =
            List.of("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck");

    @Override
    public String name() {
        return "cifar10";
    }

    @Override
    public String summary() {
        return "CIFAR-10 binary files, or their tar.gz";
    }

    @Override
    public Set<String> options() {
        return Set.of();
    }

    @Override
    public boolean recognises(Source source) throws IOException {
        var head = source.head(LOOKED_AT * RECORD);
        return TarArchive.looksLike(head) ? hasBatches(source) : looksLikeRecords(source, head);
    }

    /** Whole records from start to end; a first byte that opens some other format is not a label. */
    private static boolean looksLikeRecords(Source source, byte[] head) throws IOException {
        if (head.length < RECORD || !source.isGzip() && Files.size(source.path()) % RECORD != 0) {
            return false;
        }
        for (int at = 0; at < head.length; at += RECORD) {
            if (head[at] < 0 || head[at] >= CLASSES.size()) {
                return false;
            }
        }
        return !IdxFormat.isIdx(head);
    }

    /** Whether the tar's first file is one of theirs, by its name: records have no signature. */
    private static boolean hasBatches(Source source) throws IOException {
        var found = new AtomicBoolean();
        new TarArchive(source, Unpacking.UNBOUNDED).each(entry -> {
            found.set(!entry.isDirectory() && (isBatch(entry.path()) || isNames(entry.path())));
            return entry.isDirectory();
        });
        return found.get();
    }

    private static boolean isBatch(String path) {
        return path.endsWith(".bin");
    }

    private static boolean isNames(String path) {
        return path.endsWith("batches.meta.txt");
    }

    @Override
    public void read(Delivery delivery, Packing packing) throws IOException {
        packing.images(3, 32, 32);
        var names = new ArrayList<>(CLASSES);
        for (var source : delivery.files()) {
            read(source, null, delivery, packing, names);
        }
        for (var source : delivery.testFiles()) {
            read(source, Split.TEST, delivery, packing, names);
        }
        packing.classes().rename(number -> names.get(Integer.parseInt(number)));
    }

    private static void read(Source source, @Nullable Split all, Delivery delivery, Packing packing, List<String> names)
            throws IOException {
        if (!TarArchive.looksLike(source.head(512))) {
            try (var in = source.open(delivery.unpacking())) {
                readRecords(source, "", all != null ? all : split(source.name()), in, packing);
            }
            return;
        }
        new TarArchive(source, delivery.unpacking()).each(entry -> {
            var file = entry.path().substring(entry.path().lastIndexOf('/') + 1);
            if (isBatch(file)) {
                readRecords(source, entry.path(), all != null ? all : split(file), entry.open(), packing);
            } else if (isNames(file)) {
                readNames(source, entry, names);
            }
            return true;
        });
    }

    private static Split split(String name) {
        return name.toLowerCase(Locale.ROOT).contains("test") ? Split.TEST : Split.TRAIN;
    }

    private static void readRecords(Source source, String entry, Split split, InputStream in, Packing packing)
            throws IOException {
        var record = new byte[RECORD];
        for (long i = 0; ; i++) {
            int read = in.readNBytes(record, 0, RECORD);
            if (read == 0) {
                return;
            }
            if (read < RECORD) {
                throw source.refused(entry, "cut off: record %d has %d of %d bytes".formatted(i, read, RECORD));
            }
            if (record[0] < 0 || record[0] >= CLASSES.size()) {
                throw source.refused(
                        entry, "record %d: label %d is out of range 0 to 9".formatted(i, record[0] & 0xff));
            }
            packing.input(split, Arrays.copyOfRange(record, 1, RECORD));
            packing.label(split, packing.classes().index(String.valueOf(record[0])));
        }
    }

    private static void readNames(Source source, Archive.Entry entry, List<String> names) throws IOException {
        var lines = new String(entry.open().readNBytes(LONGEST_NAMES), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.isBlank())
                .map(String::strip)
                .distinct()
                .toList();
        if (lines.size() != CLASSES.size()) {
            throw source.refused(
                    entry.path(), "has %d different class names, not %d".formatted(lines.size(), CLASSES.size()));
        }
        names.clear();
        names.addAll(lines);
    }
}
