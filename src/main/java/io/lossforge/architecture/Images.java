package io.lossforge.architecture;

import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Checks of image shapes. */
final class Images {

    private Images() {}

    /** Whether samples of this shape are images. */
    static boolean are(Shape input) {
        return input.dimension() == 3;
    }

    /** @throws IllegalArgumentException unless the samples are images of at least {@code side × side} pixels */
    static void require(Shape input, long side, String taker) {
        if (!are(input)) {
            throw new IllegalArgumentException(
                    "%s takes images [channels, height, width], was %s".formatted(taker, shown(input)));
        }
        if (Math.min(input.get(1), input.get(2)) < side) {
            throw new IllegalArgumentException("%s takes images of at least %d×%d pixels, was %d×%d"
                    .formatted(taker, side, side, input.get(1), input.get(2)));
        }
    }

    /** Such as {@code 3×32×32} or {@code 30 features}. */
    static String shown(Shape input) {
        return input.dimension() == 1
                ? "%d features".formatted(input.get(0))
                : Arrays.stream(input.getShape()).mapToObj(String::valueOf).collect(Collectors.joining("×"));
    }
}
