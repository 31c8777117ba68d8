package io.lossforge.dataset;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;

/**
 * Draws images side by side as one PNG: rows from the left, small ones enlarged to at least 32 pixels. One image alone is drawn as it is,
 * pixel for pixel.
 */
final class ContactSheet {

    private static final int SMALLEST = 32;
    private static final int GAP = 2;
    private static final int BACKGROUND = 128;

    private ContactSheet() {}

    /** Pixels of the sheet, to be asked before it is drawn. */
    static long pixels(int count, int height, int width) {
        int scale = scale(count, height, width);
        return (long) count * (height * scale + GAP) * (width * scale + GAP);
    }

    private static int scale(int count, int height, int width) {
        return count == 1 ? 1 : Math.max(1, (SMALLEST + Math.min(height, width) - 1) / Math.min(height, width));
    }

    /**
     * The PNG.
     *
     * @param images each {@code [channels,height,width]}; at least one
     */
    static byte[] draw(List<byte[]> images, int channels, int height, int width) throws IOException {
        int scale = scale(images.size(), height, width);
        int columns = (int) Math.ceil(Math.sqrt(images.size()));
        int rows = (images.size() + columns - 1) / columns;
        int stepX = width * scale + GAP;
        int stepY = height * scale + GAP;
        var sheet = new BufferedImage(
                columns * stepX - GAP,
                rows * stepY - GAP,
                channels == 1 ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_INT_RGB);
        var row = new int[sheet.getWidth()];
        Arrays.fill(row, BACKGROUND);
        for (int channel = 0; channel < channels; channel++) {
            for (int y = 0; y < sheet.getHeight(); y++) {
                sheet.getRaster().setSamples(0, y, row.length, 1, channel, row);
            }
            for (int i = 0; i < images.size(); i++) {
                draw(sheet, images.get(i), channel, height, width, i % columns * stepX, i / columns * stepY, scale);
            }
        }
        var png = new ByteArrayOutputStream();
        ImageIO.write(sheet, "png", png);
        return png.toByteArray();
    }

    private static void draw(
            BufferedImage sheet, byte[] image, int channel, int height, int width, int left, int top, int scale) {
        var raster = sheet.getRaster();
        for (int y = 0; y < height * scale; y++) {
            for (int x = 0; x < width * scale; x++) {
                int pixel = image[(channel * height + y / scale) * width + x / scale] & 0xff;
                raster.setSample(left + x, top + y, channel, pixel);
            }
        }
    }
}
