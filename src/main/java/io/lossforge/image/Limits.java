package io.lossforge.image;

/**
 * What is refused before any pixel is decoded.
 *
 * @param maxPixels width × height, at most
 * @param maxBytes of the encoded picture, at most
 */
public record Limits(long maxPixels, int maxBytes) {

    /** 50 million pixels in 64 MiB. */
    public static final Limits DEFAULT = new Limits(50_000_000, 64 << 20);

    public Limits {
        if (maxPixels < 1 || maxBytes < 1 || maxBytes > 1 << 30) {
            throw new IllegalArgumentException("limits must be positive and at most 1 GiB, were %d pixels, %d bytes"
                    .formatted(maxPixels, maxBytes));
        }
    }
}
