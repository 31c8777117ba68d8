package io.lossforge.page;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A version of a dataset, as the interface answers it, for a page. */
final class ShownDataset {

    /** A table of more rows is not read. */
    private static final int MOST_ROWS = 1000;

    private static final int MOST_BARS = 60;
    private static final int MOST_SHEETS = 20;
    private static final int SAMPLES_OF_A_CLASS = 16;
    private static final int SAMPLES_OF_ALL = 36;
    private static final long MOST_PIXELS = 1_000_000;

    private final Map<?, ?> document;
    private final List<String> classes;
    private final List<Long> train;
    private final List<Long> test;

    ShownDataset(Map<?, ?> document) {
        this.document = document;
        this.classes =
                Members.list(document, "classes").stream().map(String::valueOf).toList();
        this.train = counts("train");
        this.test = counts("test");
    }

    /**
     * A class and its samples.
     *
     * @param share training samples as part of the largest class's, such as {@code 42.0%}
     */
    record ClassRow(String name, long train, long test, String share) {}

    private List<Long> counts(String split) {
        var counts = Members.object(Members.object(document, "splits"), split);
        return Members.list(counts, "perClass").stream()
                .map(count -> ((Number) count).longValue())
                .toList();
    }

    /** All that the interface says of it. */
    public Map<?, ?> document() {
        return document;
    }

    /** Such as {@code digits:1}. */
    public String reference() {
        return document.get("name") + ":" + document.get("version");
    }

    /** Where the interface has it. */
    public String address() {
        return String.valueOf(Members.object(document, "links").get("self"));
    }

    public boolean isImages() {
        return "images".equals(document.get("kind"));
    }

    /** Such as {@code 28 × 28 pixels, grey}. */
    public String input() {
        var shape = Members.list(document, "shape").stream()
                .map(size -> ((Number) size).intValue())
                .toList();
        return isImages()
                ? "%d × %d pixels, %s".formatted(shape.get(1), shape.get(2), shape.get(0) == 1 ? "grey" : "colour")
                : "%d numbers".formatted(shape.get(0));
    }

    public List<ClassRow> rows() {
        double most = train.stream().mapToLong(Long::longValue).max().orElse(0);
        return IntStream.range(0, Math.min(MOST_ROWS, classes.size()))
                .mapToObj(k -> new ClassRow(
                        classes.get(k),
                        train.get(k),
                        test.get(k),
                        String.format(Locale.ROOT, "%.2f%%", most == 0 ? 0 : 100 * train.get(k) / most)))
                .toList();
    }

    public int classCount() {
        return classes.size();
    }

    /** The largest class's training samples divided by the smallest's; null if a class has none. */
    public @Nullable Double ratio() {
        long least = train.stream().mapToLong(Long::longValue).min().orElse(0);
        return least == 0
                ? null
                : train.stream().mapToLong(Long::longValue).max().orElse(0) / (double) least;
    }

    /** Outline of the class counts from most to least frequent, in a box of 60 × 20: the path of an SVG. */
    public String tail() {
        var falling = train.stream().sorted(Comparator.reverseOrder()).toList();
        int bars = Math.min(MOST_BARS, falling.size());
        double most = Math.max(1, falling.get(0));
        var path = new StringBuilder("M0 20");
        for (int bar = 0; bar < bars; bar++) {
            double count = falling.get((int) ((long) bar * (falling.size() - 1) / Math.max(1, bars - 1)));
            path.append(String.format(Locale.ROOT, "V%.1fH%.2f", 20 - 20 * count / most, 60.0 * (bar + 1) / bars));
        }
        return path.append("V20Z").toString();
    }

    /** Classes of which samples are shown at once, with at least one sample in a split. */
    public List<String> sheets(String split) {
        var counts = split.equals("test") ? test : train;
        return IntStream.range(0, classes.size())
                .filter(k -> counts.get(k) > 0)
                .limit(MOST_SHEETS)
                .mapToObj(classes::get)
                .toList();
    }

    public List<String> classes() {
        return classes;
    }

    /** How many samples of one class fit into a picture. */
    public int samplesOfAClass() {
        return fitting(SAMPLES_OF_A_CLASS);
    }

    /** How many samples of all classes fit into a picture. */
    public int samplesOfAll() {
        return fitting(SAMPLES_OF_ALL);
    }

    private int fitting(int most) {
        long pixels = Members.list(document, "shape").stream()
                .skip(1)
                .mapToLong(size -> ((Number) size).longValue())
                .reduce(1, (a, b) -> a * b);
        return (int) Math.max(1, Math.min(most, MOST_PIXELS / pixels));
    }
}
