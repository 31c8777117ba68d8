package io.lossforge.image;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.IndexColorModel;
import java.awt.image.PixelInterleavedSampleModel;

/**
 * Takes the pixels out of what ImageIO decoded. Values are taken as they are stored, without gamma (ImageIO's own conversion of grey
 * would change them); 16 bits are scaled to 8; what is transparent lies over white.
 */
final class Pixels {

    private Pixels() {}

    static Picture of(BufferedImage image) {
        var model = image.getColorModel();
        if (model instanceof IndexColorModel palette) {
            return fromPalette(image, palette);
        }
        int space = model.getColorSpace().getType();
        int type = model.getTransferType();
        if (model instanceof ComponentColorModel
                && (space == ColorSpace.TYPE_GRAY || space == ColorSpace.TYPE_RGB)
                && (type == DataBuffer.TYPE_BYTE || type == DataBuffer.TYPE_USHORT)) {
            return type == DataBuffer.TYPE_BYTE && !model.hasAlpha() && isInterleaved(image)
                    ? fromBytes(image)
                    : fromComponents(image, type == DataBuffer.TYPE_BYTE ? 255 : 65535);
        }
        return fromAnything(image);
    }

    private static boolean isInterleaved(BufferedImage image) {
        var raster = image.getRaster();
        return raster.getSampleModel() instanceof PixelInterleavedSampleModel
                && raster.getDataBuffer() instanceof DataBufferByte data
                && data.getNumBanks() == 1
                && data.getOffset() == 0
                && raster.getParent() == null;
    }

    /** The fast path: grey, RGB and BGR of 8 bits. */
    private static Picture fromBytes(BufferedImage image) {
        var raster = image.getRaster();
        var model = (PixelInterleavedSampleModel) raster.getSampleModel();
        var data = ((DataBufferByte) raster.getDataBuffer()).getData();
        int channels = image.getColorModel().getNumColorComponents();
        int height = image.getHeight();
        int width = image.getWidth();
        var planes = new byte[channels * height * width];
        int stride = model.getPixelStride();
        int to = 0;
        for (int channel = 0; channel < channels; channel++) {
            int band = model.getBandOffsets()[channel];
            for (int y = 0; y < height; y++) {
                int from = y * model.getScanlineStride() + band;
                for (int x = 0; x < width; x++, from += stride) {
                    planes[to++] = data[from];
                }
            }
        }
        return new Picture(channels, height, width, planes);
    }

    private static Picture fromComponents(BufferedImage image, int largest) {
        var model = image.getColorModel();
        var raster = image.getRaster();
        int channels = model.getNumColorComponents();
        int bands = raster.getNumBands();
        int height = image.getHeight();
        int width = image.getWidth();
        var planes = new byte[channels * height * width];
        var row = new int[width * bands];
        for (int y = 0; y < height; y++) {
            raster.getPixels(0, y, width, 1, row);
            for (int x = 0; x < width; x++) {
                int alpha = model.hasAlpha() ? row[x * bands + channels] : largest;
                for (int channel = 0; channel < channels; channel++) {
                    int value = row[x * bands + channel];
                    double seen = model.isAlphaPremultiplied()
                            ? (double) value + largest - alpha
                            : ((double) value * alpha + (double) largest * (largest - alpha)) / largest;
                    planes[(channel * height + y) * width + x] = (byte) Math.round(seen * 255 / largest);
                }
            }
        }
        return new Picture(channels, height, width, planes);
    }

    /** Grey if every colour of the palette is. */
    private static Picture fromPalette(BufferedImage image, IndexColorModel palette) {
        int size = palette.getMapSize();
        var seen = new byte[3][size];
        boolean grey = true;
        for (int i = 0; i < size; i++) {
            int alpha = palette.getAlpha(i);
            seen[0][i] = overWhite(palette.getRed(i), alpha);
            seen[1][i] = overWhite(palette.getGreen(i), alpha);
            seen[2][i] = overWhite(palette.getBlue(i), alpha);
            grey &= seen[0][i] == seen[1][i] && seen[1][i] == seen[2][i];
        }
        int channels = grey ? 1 : 3;
        int height = image.getHeight();
        int width = image.getWidth();
        var planes = new byte[channels * height * width];
        var row = new int[width];
        for (int y = 0; y < height; y++) {
            image.getRaster().getPixels(0, y, width, 1, row);
            for (int x = 0; x < width; x++) {
                int index = Math.min(row[x], size - 1);
                for (int channel = 0; channel < channels; channel++) {
                    planes[(channel * height + y) * width + x] = seen[channel][index];
                }
            }
        }
        return new Picture(channels, height, width, planes);
    }

    private static Picture fromAnything(BufferedImage image) {
        int height = image.getHeight();
        int width = image.getWidth();
        var planes = new byte[3 * height * width];
        var row = new int[width];
        for (int y = 0; y < height; y++) {
            image.getRGB(0, y, width, 1, row, 0, width);
            for (int x = 0; x < width; x++) {
                int alpha = row[x] >>> 24;
                for (int channel = 0; channel < 3; channel++) {
                    planes[(channel * height + y) * width + x] = overWhite(row[x] >> (16 - 8 * channel) & 0xff, alpha);
                }
            }
        }
        return new Picture(3, height, width, planes);
    }

    private static byte overWhite(int value, int alpha) {
        return (byte) ((value * alpha + 255 * (255 - alpha) + 127) / 255);
    }
}
