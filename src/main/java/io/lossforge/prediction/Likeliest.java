package io.lossforge.prediction;

import java.util.Comparator;
import java.util.stream.IntStream;

/** The classes with the greatest scores of a sample. */
final class Likeliest {

    private Likeliest() {}

    /**
     * Positions of classes, the greatest score first; of equal ones the first class.
     *
     * @param scores {@code [samples][classes]} in one array
     * @param first where the sample's begin
     * @param most classes named at most
     */
    static IntStream of(float[] scores, int first, int classes, int most) {
        return IntStream.range(0, classes)
                .boxed()
                .sorted(Comparator.comparingDouble(k -> -scores[first + k]))
                .limit(most)
                .mapToInt(Integer::intValue);
    }
}
