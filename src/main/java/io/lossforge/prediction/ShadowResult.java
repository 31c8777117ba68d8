package io.lossforge.prediction;

import io.lossforge.model.Shadow;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What came of a shadow beside one of the versions that answer: sums, to add to others. For one thread. */
final class ShadowResult {

    /** Whose sums they are. */
    record Key(String model, String alias, long revision, int answeredBy) implements Comparable<Key> {

        private static final Comparator<Key> ORDER = Comparator.comparing(Key::model)
                .thenComparing(Key::alias)
                .thenComparing(Key::revision)
                .thenComparing(Key::answeredBy);

        static Key of(Shadow shadow, int answeredBy) {
            return new Key(shadow.model(), shadow.alias(), shadow.revision(), answeredBy);
        }

        @Override
        public int compareTo(Key other) {
            return ORDER.compare(this, other);
        }
    }

    /** Likeliest class of who answered, and of the shadow. */
    record Cell(int answered, int shadow) implements Comparable<Cell> {

        @Override
        public int compareTo(Cell other) {
            return answered == other.answered
                    ? Integer.compare(shadow, other.shadow)
                    : Integer.compare(answered, other.answered);
        }
    }

    private final Map<Cell, Long> confusion = new TreeMap<>();
    private long requests;
    private long dropped;
    private long failed;
    private long samples;
    private long agreed;
    private double differenceSum;
    private double differenceMost;
    private long answeredNanoseconds;
    private long shadowNanoseconds;
    private @Nullable String failure;

    void dropped() {
        dropped++;
    }

    void failed(String why) {
        failed++;
        failure = why;
    }

    /**
     * Compares what both say of the samples of a request.
     *
     * @param answered probabilities {@code [samples][classes]} in one array
     * @param shadow likewise
     */
    void compared(float[] answered, float[] shadow, int classes, long answeredTook, long shadowTook) {
        requests++;
        answeredNanoseconds += answeredTook;
        shadowNanoseconds += shadowTook;
        for (int first = 0; first < answered.length; first += classes) {
            samples++;
            int likeliest = likeliest(answered, first, classes);
            int ofShadow = likeliest(shadow, first, classes);
            agreed += likeliest == ofShadow ? 1 : 0;
            confusion.merge(new Cell(likeliest, ofShadow), 1L, Long::sum);
            for (int i = first; i < first + classes; i++) {
                double difference = Math.abs((double) answered[i] - shadow[i]);
                differenceSum += difference;
                differenceMost = Math.max(differenceMost, difference);
            }
        }
    }

    private static int likeliest(float[] probabilities, int first, int classes) {
        int best = first;
        for (int i = first + 1; i < first + classes; i++) {
            if (probabilities[i] > probabilities[best]) {
                best = i;
            }
        }
        return best - first;
    }

    /** Adds another's sums; its failure is the later one. */
    ShadowResult add(ShadowResult later) {
        requests += later.requests;
        dropped += later.dropped;
        failed += later.failed;
        samples += later.samples;
        agreed += later.agreed;
        differenceSum += later.differenceSum;
        differenceMost = Math.max(differenceMost, later.differenceMost);
        answeredNanoseconds += later.answeredNanoseconds;
        shadowNanoseconds += later.shadowNanoseconds;
        failure = later.failure == null ? failure : later.failure;
        later.confusion.forEach((cell, count) -> confusion.merge(cell, count, Long::sum));
        return this;
    }

    Map<Cell, Long> confusion() {
        return confusion;
    }

    /** Compared. */
    long requests() {
        return requests;
    }

    /** Requests that there was no room for. */
    long droppedRequests() {
        return dropped;
    }

    /** Requests that the shadow did not answer. */
    long failedRequests() {
        return failed;
    }

    long samples() {
        return samples;
    }

    /** Samples of which both say the same class. */
    long agreed() {
        return agreed;
    }

    /** Over samples and classes. */
    double differenceSum() {
        return differenceSum;
    }

    double differenceMost() {
        return differenceMost;
    }

    long answeredNanoseconds() {
        return answeredNanoseconds;
    }

    long shadowNanoseconds() {
        return shadowNanoseconds;
    }

    /** The last; null if there was none. */
    @Nullable String failure() {
        return failure;
    }
}
