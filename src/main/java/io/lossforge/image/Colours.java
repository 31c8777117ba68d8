package io.lossforge.image;

/** Grey from colour and back. */
final class Colours {

    private Colours() {}

    /**
     * The picture with 1 or 3 channels. Grey is the luma of ITU-R BT.601 (as Pillow's {@code L}):
     * {@code 0.299 R + 0.587 G + 0.114 B}; colour from grey repeats the plane.
     */
    static Picture convert(Picture picture, int channels) {
        if (channels == picture.channels()) {
            return picture;
        }
        var from = picture.planes();
        int pixels = picture.height() * picture.width();
        var planes = new byte[channels * pixels];
        if (channels == 1) {
            for (int i = 0; i < pixels; i++) {
                planes[i] = luma(from[i] & 0xff, from[pixels + i] & 0xff, from[2 * pixels + i] & 0xff);
            }
        } else {
            for (int channel = 0; channel < channels; channel++) {
                System.arraycopy(from, 0, planes, channel * pixels, pixels);
            }
        }
        return new Picture(channels, picture.height(), picture.width(), planes);
    }

    /** In fixed point, 16 bits after the point. */
    private static byte luma(int red, int green, int blue) {
        return (byte) ((19595 * red + 38470 * green + 7471 * blue + 0x8000) >> 16);
    }
}
