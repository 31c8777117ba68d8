package io.lossforge.image;

/**
 * A decoded picture: grey or RGB, 8 bits, upright, without transparency.
 *
 * @param channels 1 for grey, 3 for RGB
 * @param planes {@code [channels][height][width]} in one array, not copied
 */
public record Picture(int channels, int height, int width, byte[] planes) {

    public Picture {
        if (channels != 1 && channels != 3) {
            throw new IllegalArgumentException("1 or 3 channels, not " + channels);
        }
        if (planes.length != Math.multiplyExact(Math.multiplyExact(channels, height), width)) {
            throw new IllegalArgumentException(
                    "%d bytes for %d×%d×%d".formatted(planes.length, channels, height, width));
        }
    }
}
