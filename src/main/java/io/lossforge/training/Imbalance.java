package io.lossforge.training;

import io.lossforge.catalogue.InvalidDocument;
import io.lossforge.catalogue.Parameter;
import io.lossforge.catalogue.Violation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes the training split imbalanced by leaving samples out; the test split stays as it is. The validation part is taken from what is
 * left, so it is as imbalanced. Class c has the rank {@code r = (c − rotate) mod classes}; the class of rank 0 keeps most. With n_max the
 * count of the largest class, or {@code mostSamples}:
 *
 * <pre>
 * exponential  n_r = ⌊n_max · ratio^(−r/(classes−1))⌋       Cui et al., Class-Balanced Loss, CVPR 2019
 * step         n_r = n_max, of the last ⌊μ·classes + ½⌋ ranks ⌊n_max / ratio⌋       Buda et al., arXiv 1710.05381
 * explicit     n_r = counts[r]
 * </pre>
 *
 * A class of the first two profiles keeps at least one sample, and all it has where that is less than n_r.
 *
 * @param profile the shape of the class counts
 * @param ratio largest class count divided by the smallest
 * @param minorityFraction μ of {@code step}: the part of the classes that is rare
 * @param counts of {@code explicit}: samples per class, by rank
 * @param mostSamples cap of the largest class's count; null for all it has
 * @param rotate label of the class of rank 0
 */
public record Imbalance(
        @Parameter(
                "exponential: n_r = n_max · ratio^(−r/(classes−1)) for the class of rank r; step: n_max, and n_max/ratio"
                        + " for the rare classes; explicit: counts")
        Profile profile,

        @Parameter(value = "largest class count divided by the smallest", min = 1, max = 100_000)
        double ratio,

        @Parameter(
                value = "part of the classes that is rare, with profile step",
                min = 0,
                max = 1,
                exclusiveMin = true,
                exclusiveMax = true)
        double minorityFraction,

        @Parameter(
                value =
                        "samples to keep per class with profile explicit, in the order of the dataset's classes where rotate"
                                + " is 0",
                min = 0,
                maxItems = 100_000)
        List<Integer> counts,

        @Parameter(
                value =
                        "samples of the most frequent class, with profiles exponential and step; null for all of the largest"
                                + " class",
                min = 1)
        @Nullable Integer mostSamples,

        @Parameter(
                value =
                        "which class is the most frequent, counted from 0; the classes after it follow in rank, then the"
                                + " first ones",
                min = 0)
        int rotate) {

    private static final double DEFAULT_RATIO = 100;
    private static final double DEFAULT_MINORITY_FRACTION = 0.5;

    /** The shape of the class counts. */
    public enum Profile {
        /** Counts fall by the same factor from each rank to the next. */
        EXPONENTIAL,
        /** Some classes are frequent, the others rare, with nothing in between. */
        STEP,
        /** Counts as given. */
        EXPLICIT
    }

    public Imbalance {
        counts = List.copyOf(counts);
        var violations = new ArrayList<Violation>();
        if (profile == Profile.EXPLICIT) {
            if (counts.isEmpty()) {
                violations.add(new Violation("/counts", "must have one count per class with profile explicit"));
            }
            if (ratio != DEFAULT_RATIO) {
                violations.add(new Violation("/ratio", "only goes with profiles exponential and step"));
            }
            if (mostSamples != null) {
                violations.add(new Violation("/mostSamples", "only goes with profiles exponential and step"));
            }
        } else if (!counts.isEmpty()) {
            violations.add(new Violation("/counts", "only goes with profile explicit"));
        }
        if (profile != Profile.STEP && minorityFraction != DEFAULT_MINORITY_FRACTION) {
            violations.add(new Violation("/minorityFraction", "only goes with profile step"));
        }
        if (!violations.isEmpty()) {
            throw new InvalidDocument(violations);
        }
    }

    public Imbalance() {
        this(Profile.EXPONENTIAL, DEFAULT_RATIO, DEFAULT_MINORITY_FRACTION, List.of(), null, 0);
    }

    /**
     * Samples of each class that are left.
     *
     * @param available samples of each class in the dataset's training split
     * @throws InvalidDocument if it does not fit these classes, with pointers below the imbalance
     */
    long[] kept(long[] available) {
        int classes = available.length;
        if (rotate >= classes) {
            throw new InvalidDocument(
                    "/rotate", "must be <= %d, the label of the last class, was %d".formatted(classes - 1, rotate));
        }
        if (profile == Profile.EXPLICIT) {
            return explicit(available);
        }
        long most = most(available);
        int frequent = classes - rare(classes);
        var kept = new long[classes];
        for (int rank = 0; rank < classes; rank++) {
            double fall =
                    profile == Profile.EXPONENTIAL ? rank / (double) Math.max(1, classes - 1) : rank < frequent ? 0 : 1;
            // the published splits round down; what is whole but for the last bit counts as whole
            long wanted = Math.max(1, (long) (most * Math.pow(ratio, -fall) + 1e-9));
            int label = label(rank, classes);
            kept[label] = Math.min(available[label], wanted);
        }
        return kept;
    }

    private long[] explicit(long[] available) {
        int classes = available.length;
        if (counts.size() != classes) {
            throw new InvalidDocument(
                    "/counts", "must have %d numbers, one per class, had %d".formatted(classes, counts.size()));
        }
        var violations = new ArrayList<Violation>();
        var kept = new long[classes];
        for (int rank = 0; rank < classes; rank++) {
            int label = label(rank, classes);
            kept[label] = counts.get(rank);
            if (kept[label] > available[label]) {
                violations.add(new Violation(
                        "/counts/" + rank,
                        "must be <= %d, the training samples of class number %d (counted from 0), was %d"
                                .formatted(available[label], label, kept[label])));
            }
        }
        if (!violations.isEmpty()) {
            throw new InvalidDocument(violations);
        }
        return kept;
    }

    private long most(long[] available) {
        long largest = Arrays.stream(available).max().orElse(0);
        if (mostSamples == null) {
            return largest;
        }
        if (mostSamples > largest) {
            throw new InvalidDocument(
                    "/mostSamples",
                    "must be <= %d, the training samples of the largest class, was %d".formatted(largest, mostSamples));
        }
        return mostSamples;
    }

    /** How many classes of {@code step} are rare. */
    private int rare(int classes) {
        int rare = (int) Math.floor(minorityFraction * classes + 0.5);
        if (profile == Profile.STEP && (rare == 0 || rare == classes)) {
            throw new InvalidDocument(
                    "/minorityFraction",
                    "makes %d of %d classes rare; at least one must be, and one must not".formatted(rare, classes));
        }
        return rare;
    }

    private int label(int rank, int classes) {
        return (rank + rotate) % classes;
    }
}
