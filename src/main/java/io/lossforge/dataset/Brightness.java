package io.lossforge.dataset;

import org.jspecify.annotations.Nullable;

/** Turns numbers into pixels: {@code round(value · 255 / maxValue)}. */
final class Brightness {

    private final double maxValue;
    private final boolean isGuess;
    private double largest;
    private double smallest = Double.MAX_VALUE;

    /**
     * Of numbers of one type.
     *
     * @param maxValue full brightness; null for 255, or 1 of booleans
     */
    Brightness(ElementType type, @Nullable Double maxValue) {
        this.maxValue = maxValue != null ? maxValue : type == ElementType.BOOL ? 1 : 255;
        this.isGuess = maxValue == null && !type.isWhole;
    }

    /**
     * The pixel.
     *
     * @throws IllegalArgumentException if the value is not within 0 and {@code maxValue}
     */
    byte pixel(double value) {
        if (!(value >= 0 && value <= maxValue)) {
            throw new IllegalArgumentException(
                    "%s is not between 0 and %s; give maxValue if full brightness is another number"
                            .formatted(plain(value), plain(maxValue)));
        }
        largest = Math.max(largest, value);
        smallest = Math.min(smallest, value);
        return (byte) Math.round(value * 255 / maxValue);
    }

    private static String plain(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? String.valueOf((long) value)
                : String.valueOf(value);
    }

    /** Whether all numbers so far were fractions between 0 and 1 though nobody said that 1 is full brightness. */
    boolean looksLikeUnitRange() {
        return isGuess && largest <= 1 && smallest <= largest;
    }
}
