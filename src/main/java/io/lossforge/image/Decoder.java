package io.lossforge.image;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadWarningListener;
import javax.imageio.spi.ImageReaderSpi;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.jspecify.annotations.Nullable;

/** From encoded bytes to pixels. */
final class Decoder {

    /** Pixels being decoded in this process at a time, in units of 1,024: bounds the memory of many large pictures at once. */
    private static final int UNITS = 64 << 10;

    /** Pixels of the largest picture whose reader is kept: the JDK's readers hold on to the last picture that they read, and every thread keeps its own. */
    private static final int KEPT = 1 << 16;

    private static final Semaphore BUDGET = new Semaphore(UNITS, true);

    private Decoder() {}

    static Picture decode(byte[] encoded, Limits limits) throws UnreadablePicture {
        var format = PictureFormat.of(encoded);
        if (format == null) {
            throw new UnreadablePicture("not a PNG, JPEG, GIF, BMP, WebP or TIFF picture: " + beginning(encoded));
        }
        var pixels = format == PictureFormat.PNG ? PngChunks.keepPixels(encoded) : encoded;
        var jpeg = format == PictureFormat.JPEG ? JpegHeader.of(encoded) : null;
        var picture = tryEach(format, pixels, jpeg != null && jpeg.components() == 4, limits);
        return jpeg == null ? picture : Orientation.upright(picture, jpeg.orientation());
    }

    /**
     * Tries the readers in turn.
     *
     * @param printColours whether it is CMYK, which the JDK's reader does not know
     */
    private static Picture tryEach(PictureFormat format, byte[] encoded, boolean printColours, Limits limits)
            throws UnreadablePicture {
        UnreadablePicture first = null;
        var providers = Readers.of(format);
        for (var provider : providers) {
            if (printColours && providers.size() > 1 && provider == providers.get(0)) {
                continue;
            }
            try {
                return read(provider, encoded, limits);
            } catch (Refused e) {
                throw e;
            } catch (UnreadablePicture e) {
                first = first == null ? e : first;
            }
        }
        throw first != null ? first : new UnreadablePicture("no reader for " + format.readerName);
    }

    private static Picture read(ImageReaderSpi provider, byte[] encoded, Limits limits) throws UnreadablePicture {
        var reader = Readers.get(provider);
        boolean keep = false;
        try (var in = new MemoryCacheImageInputStream(new ByteArrayInputStream(encoded))) {
            var picture = read(reader, in, limits);
            keep = (long) picture.width() * picture.height() <= KEPT;
            return picture;
        } catch (IOException | RuntimeException e) {
            throw new UnreadablePicture("damaged or cut off" + because(e));
        } catch (OutOfMemoryError | StackOverflowError e) {
            // one allocation or recursion that the file asked for; the process itself is well
            throw new UnreadablePicture("decoding it needs more memory than there is");
        } finally {
            if (keep) {
                reader.removeAllIIOReadWarningListeners();
                reader.setInput(null);
            } else {
                Readers.drop(provider);
            }
        }
    }

    private static Picture read(ImageReader reader, ImageInputStream in, Limits limits)
            throws IOException, UnreadablePicture {
        reader.setInput(in, false, true);
        var warnings = new Truncation();
        reader.addIIOReadWarningListener(warnings);
        int units = units(reader.getWidth(0), reader.getHeight(0), limits);
        BUDGET.acquireUninterruptibly(units);
        try {
            var picture = Pixels.of(reader.read(0));
            if (warnings.message != null) {
                throw new UnreadablePicture("cut off: " + warnings.message);
            }
            return picture;
        } finally {
            BUDGET.release(units);
        }
    }

    private static int units(int width, int height, Limits limits) throws Refused {
        long pixels = (long) width * height;
        if (pixels > limits.maxPixels()) {
            throw new Refused("%d×%d pixels, at most %d are read".formatted(width, height, limits.maxPixels()));
        }
        return (int) Math.min(UNITS, (pixels >> 10) + 1);
    }

    private static String because(Exception e) {
        var message = e.getMessage();
        return e instanceof IOException && message != null && message.length() < 120 && !message.contains(".")
                ? ": " + message
                : "";
    }

    private static String beginning(byte[] encoded) {
        if (encoded.length == 0) {
            return "it is empty";
        }
        var shown = new StringBuilder("it starts with \"");
        for (int i = 0; i < Math.min(8, encoded.length); i++) {
            int value = encoded[i] & 0xff;
            shown.append(value >= ' ' && value < 127 ? String.valueOf((char) value) : "\\x%02x".formatted(value));
        }
        return shown.append('"').toString();
    }

    /** No other reader is to be asked. */
    private static final class Refused extends UnreadablePicture {

        private static final long serialVersionUID = 1L;

        Refused(String message) {
            super(message);
        }
    }

    /** JPEG readers only warn when the file ends too early, and make up the rest. */
    private static final class Truncation implements IIOReadWarningListener {

        @Nullable String message;

        @Override
        public void warningOccurred(ImageReader source, String warning) {
            var lower = warning.toLowerCase(Locale.ROOT);
            if (lower.contains("premature end") || lower.contains("truncated")) {
                message = warning.strip();
            }
        }
    }
}
