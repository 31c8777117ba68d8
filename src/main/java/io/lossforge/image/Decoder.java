package io.lossforge.image;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** From encoded bytes to pixels. */
final class Decoder {

    private Decoder() {}

    static Picture decode(byte[] encoded, Limits limits) throws UnreadablePicture {
        try (var in = new MemoryCacheImageInputStream(new ByteArrayInputStream(encoded))) {
            var readers = ImageIO.getImageReaders(in);
            if (!readers.hasNext()) {
                throw new UnreadablePicture("not a PNG, JPEG, GIF, BMP, WebP or TIFF picture");
            }
            var reader = readers.next();
            try {
                reader.setInput(in, true, true);
                if ((long) reader.getWidth(0) * reader.getHeight(0) > limits.maxPixels()) {
                    throw new UnreadablePicture("%d×%d pixels, at most %d are read"
                            .formatted(reader.getWidth(0), reader.getHeight(0), limits.maxPixels()));
                }
                var image = reader.read(0);
                var planes = new byte[3 * image.getWidth() * image.getHeight()];
                for (int i = 0; i < image.getWidth() * image.getHeight(); i++) {
                    int rgb = image.getRGB(i % image.getWidth(), i / image.getWidth());
                    for (int channel = 0; channel < 3; channel++) {
                        planes[channel * image.getWidth() * image.getHeight() + i] = (byte) (rgb >> (16 - 8 * channel));
                    }
                }
                return new Picture(3, image.getHeight(), image.getWidth(), planes);
            } finally {
                reader.dispose();
            }
        } catch (IOException | RuntimeException e) {
            throw new UnreadablePicture("damaged");
        }
    }
}
