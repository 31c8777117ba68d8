package io.lossforge.image;

/** Turns a picture upright as EXIF asks. */
final class Orientation {

    private Orientation() {}

    /**
     * The picture upright.
     *
     * @param orientation of EXIF, {@code 1..8}; 1 is upright already
     */
    static Picture upright(Picture picture, int orientation) {
        if (orientation == 1) {
            return picture;
        }
        boolean transposed = orientation >= 5;
        int height = transposed ? picture.width() : picture.height();
        int width = transposed ? picture.height() : picture.width();
        var from = picture.planes();
        var planes = new byte[from.length];
        int plane = height * width;
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int source = source(picture, orientation, y, x);
                for (int channel = 0; channel < picture.channels(); channel++) {
                    planes[channel * plane + y * width + x] = from[channel * plane + source];
                }
            }
        }
        return new Picture(picture.channels(), height, width, planes);
    }

    /** Where in a stored plane the upright pixel is. */
    private static int source(Picture stored, int orientation, int y, int x) {
        int lastRow = stored.height() - 1;
        int lastColumn = stored.width() - 1;
        int row = switch (orientation) {
            case 2 -> y;
            case 3, 4 -> lastRow - y;
            case 5, 6 -> orientation == 5 ? x : lastRow - x;
            case 7 -> lastRow - x;
            default -> x;
        };
        int column = switch (orientation) {
            case 2, 3 -> lastColumn - x;
            case 4 -> x;
            case 5, 6 -> y;
            default -> lastColumn - y;
        };
        return row * stored.width() + column;
    }
}
