package io.lossforge.image;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What a JPEG says of itself before its pixels.
 *
 * @param components colour components of the frame, such as 3; 0 if no frame was found
 * @param orientation of EXIF, {@code 1..8}: how the stored picture must be turned to stand upright
 */
record JpegHeader(int components, int orientation) {

    private static final int ORIENTATION = 0x0112;

    /** Never fails: what can't be understood is left to the decoder. */
    static JpegHeader of(byte[] jpeg) {
        int orientation = 1;
        try {
            var in = ByteBuffer.wrap(jpeg);
            in.position(2);
            while (true) {
                int marker = nextMarker(in);
                if (marker == 0xda || marker == 0xd9) {
                    return new JpegHeader(0, orientation);
                }
                if (marker == 0x01 || marker >= 0xd0 && marker <= 0xd8) {
                    continue; // stands alone
                }
                int length = in.getShort() & 0xffff;
                int next = in.position() + length - 2;
                if (isFrame(marker)) {
                    return new JpegHeader(in.get(in.position() + 5) & 0xff, orientation);
                }
                if (marker == 0xe1) {
                    orientation = exifOrientation(in, next, orientation);
                }
                in.position(next);
            }
        } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException e) {
            return new JpegHeader(0, orientation);
        }
    }

    private static int nextMarker(ByteBuffer in) {
        while ((in.get() & 0xff) != 0xff) {
            // between segments
        }
        int marker;
        do {
            marker = in.get() & 0xff;
        } while (marker == 0xff);
        return marker;
    }

    /** Start of frame, all but the tables that share its range. */
    private static boolean isFrame(int marker) {
        return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
    }

    private static int exifOrientation(ByteBuffer in, int end, int otherwise) {
        int start = in.position();
        if (end - start < 14 || in.getInt(start) != 0x45786966 || in.getShort(start + 4) != 0) {
            return otherwise;
        }
        try {
            var tiff = in.slice(start + 6, end - start - 6);
            tiff.order(tiff.get(0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
            int directory = tiff.getInt(4);
            int entries = tiff.getShort(directory) & 0xffff;
            for (int i = 0; i < entries; i++) {
                int entry = directory + 2 + 12 * i;
                if ((tiff.getShort(entry) & 0xffff) == ORIENTATION) {
                    int value = tiff.getShort(entry + 8);
                    return value >= 1 && value <= 8 ? value : otherwise;
                }
            }
            return otherwise;
        } catch (IndexOutOfBoundsException e) {
            return otherwise;
        }
    }
}
