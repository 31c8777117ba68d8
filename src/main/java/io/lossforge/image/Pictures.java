package io.lossforge.image;

import java.io.IOException;
import java.io.InputStream;
import javax.imageio.ImageIO;

/**
 * Reads pictures of people who may be hostile, and brings them to the size a model wants. Ingestion and prediction both use it, so
 * that a picture becomes the same numbers in both. Safe for several threads.
 */
public final class Pictures {

    static {
        ImageIO.setUseCache(false);
    }

    private Pictures() {}

    /**
     * Reads one picture.
     *
     * @param encoded PNG, JPEG, GIF (its first frame), BMP, WebP or TIFF (its first page), told apart by their content
     * @throws UnreadablePicture if it is none of these, damaged, cut off or beyond the limits
     */
    public static Picture read(byte[] encoded, Limits limits) throws UnreadablePicture {
        if (encoded.length > limits.maxBytes()) {
            throw new UnreadablePicture("more than %d bytes".formatted(limits.maxBytes()));
        }
        return Decoder.decode(encoded, limits);
    }

    /**
     * Reads one picture from a stream, which stays the caller's to close.
     *
     * @throws IOException if the stream fails
     */
    public static Picture read(InputStream encoded, Limits limits) throws IOException, UnreadablePicture {
        return read(encoded.readNBytes(limits.maxBytes() + 1), limits);
    }

    /**
     * The picture as a model's input.
     *
     * @return uint8 {@code [channels, height, width]}
     */
    public static byte[] toSamples(Picture picture, int channels, int height, int width) {
        var coloured = Colours.convert(picture, channels);
        return Resizing.resize(coloured, height, width).planes();
    }
}
