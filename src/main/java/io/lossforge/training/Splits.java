package io.lossforge.training;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Which samples of the dataset's training split a job trains on and which it validates on, by position, ascending. A pure function of
 * labels, specification and seed.
 *
 * <p>Imbalance comes first, then the validation part is taken from what is left, the same fraction of each class: validation is
 * as imbalanced as training, and no sample left out comes back through it. A class with at least two samples has at least one in each part.
 */
record Splits(int[] training, int[] validation) {

    static Splits of(int[] labels, int classes, @Nullable Imbalance imbalance, double validationFraction, Seeds seeds) {
        var members = membersOf(labels, classes);
        if (imbalance != null) {
            var counts = imbalancedCounts(
                    imbalance, Arrays.stream(members).mapToLong(of -> of.length).toArray());
            for (int label = 0; label < classes; label++) {
                Seeds.shuffle(members[label], seeds.generator(Seeds.Purpose.IMBALANCE, label));
                members[label] = Arrays.copyOf(members[label], (int) counts[label]);
                Arrays.sort(members[label]);
            }
        }
        var training = IntStream.builder();
        var validation = IntStream.builder();
        for (int label = 0; label < classes; label++) {
            Seeds.shuffle(members[label], seeds.generator(Seeds.Purpose.VALIDATION, label));
            long held = validationCount(members[label].length, validationFraction);
            for (int i = 0; i < members[label].length; i++) {
                (i < held ? validation : training).add(members[label][i]);
            }
        }
        return new Splits(
                training.build().sorted().toArray(), validation.build().sorted().toArray());
    }

    /** Samples per class that imbalance leaves. */
    static long[] imbalancedCounts(@Nullable Imbalance imbalance, long[] counts) {
        return imbalance == null ? counts.clone() : imbalance.kept(counts);
    }

    /** Samples of a class of that size that are held out for validation. */
    static long validationCount(long count, double fraction) {
        if (fraction == 0 || count < 2) {
            return 0;
        }
        return Math.min(count - 1, Math.max(1, Math.round(count * fraction)));
    }

    /** Samples per class that are trained on, from those of the dataset's training split. */
    static long[] trainingCounts(@Nullable Imbalance imbalance, double validationFraction, long[] counts) {
        return Arrays.stream(imbalancedCounts(imbalance, counts))
                .map(count -> count - validationCount(count, validationFraction))
                .toArray();
    }

    /** SHA-256 of the positions trained on, each as 4 bytes, little endian; hex. */
    String trainingSha256() {
        var bytes = ByteBuffer.allocate(4 * training.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asIntBuffer().put(training);
        return Digests.sha256(bytes.array());
    }

    static int[][] membersOf(int[] labels, int classes) {
        var counts = new int[classes];
        for (int label : labels) {
            counts[label]++;
        }
        var members = new int[classes][];
        for (int label = 0; label < classes; label++) {
            members[label] = new int[counts[label]];
        }
        for (int i = labels.length - 1; i >= 0; i--) {
            members[labels[i]][--counts[labels[i]]] = i;
        }
        return members;
    }
}
