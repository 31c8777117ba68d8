package io.lossforge.prediction;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Random;
import javax.imageio.ImageIO;

/** Pictures drawn for a test. */
final class TestPictures {

    private TestPictures() {}

    /** Grey levels, row by row. */
    static int[] noise(int height, int width, int seed) {
        return new Random(seed).ints((long) height * width, 0, 256).toArray();
    }

    static byte[] grey(int height, int width, int[] levels, String format) {
        var image = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
        for (int i = 0; i < levels.length; i++) {
            image.getRaster().setSample(i % width, i / width, 0, levels[i]);
        }
        return encoded(image, format);
    }

    /** Red, green and blue planes. */
    static byte[] colour(int height, int width, int[] planes, String format) {
        var image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        int pixels = height * width;
        for (int i = 0; i < pixels; i++) {
            image.setRGB(i % width, i / width, planes[i] << 16 | planes[pixels + i] << 8 | planes[2 * pixels + i]);
        }
        return encoded(image, format);
    }

    private static byte[] encoded(BufferedImage image, String format) {
        try {
            var bytes = new ByteArrayOutputStream();
            ImageIO.write(image, format, bytes);
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
