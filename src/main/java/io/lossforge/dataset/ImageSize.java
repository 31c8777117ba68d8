package io.lossforge.dataset;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The size that images are to have.
 *
 * @param channels 1 (grey) or 3 (RGB); null to take what the images have
 * @param height 1–4,096 pixels
 * @param width 1–4,096 pixels
 */
record ImageSize(@Nullable Integer channels, int height, int width) {

    private static final Pattern TEXT = Pattern.compile("(?:([13])[xX×])?([0-9]{1,4})[xX×]([0-9]{1,4})");
    private static final int LARGEST = 4096;

    /**
     * Reads {@code height x width} or {@code channels x height x width}, such as {@code 8x8} or {@code 3x32x32}.
     *
     * @throws IllegalArgumentException if it is neither
     */
    static ImageSize parse(String text) {
        var match = TEXT.matcher(text.strip());
        if (match.matches()) {
            int height = Integer.parseInt(match.group(2));
            int width = Integer.parseInt(match.group(3));
            if (height >= 1 && height <= LARGEST && width >= 1 && width <= LARGEST) {
                var channels = match.group(1);
                return new ImageSize(channels == null ? null : Integer.valueOf(channels), height, width);
            }
        }
        throw new IllegalArgumentException(
                "must be height x width or channels x height x width, such as 28x28 or 3x32x32, with 1 or 3 channels and 1 to %d pixels; was \"%s\""
                        .formatted(LARGEST, Shown.name(text)));
    }

    /** Numbers in one image, if each has these channels. */
    int values(int ofChannels) {
        return ofChannels * height * width;
    }

    @Override
    public String toString() {
        return (channels == null ? "" : channels + "x") + height + "x" + width;
    }
}
