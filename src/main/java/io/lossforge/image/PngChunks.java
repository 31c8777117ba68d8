package io.lossforge.image;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.zip.CRC32;

/**
 * The chunks of a PNG that make its pixels, checked; all others (texts, profiles, times) are left out, since some unpack to any size.
 */
final class PngChunks {

    private static final int SIGNATURE = 8;
    private static final int AROUND_DATA = 12;
    private static final Set<String> KEPT = Set.of("IHDR", "PLTE", "tRNS", "IDAT", "IEND");

    private PngChunks() {}

    /**
     * The same picture with only the chunks that make its pixels.
     *
     * @throws UnreadablePicture if it is cut off, or a chunk's checksum is wrong
     */
    static byte[] keepPixels(byte[] png) throws UnreadablePicture {
        var from = ByteBuffer.wrap(png);
        var kept = ByteBuffer.allocate(png.length);
        kept.put(png, 0, SIGNATURE);
        var type = "";
        for (int at = SIGNATURE; !type.equals("IEND"); ) {
            if (png.length - at < AROUND_DATA) {
                throw new UnreadablePicture("PNG cut off: it ends without IEND");
            }
            int length = from.getInt(at);
            type = new String(png, at + 4, 4, StandardCharsets.ISO_8859_1);
            if (length < 0 || length > png.length - at - AROUND_DATA) {
                throw new UnreadablePicture("PNG cut off or damaged: chunk %s of %d bytes does not end in the file"
                        .formatted(shown(type), length & 0xffffffffL));
            }
            if (KEPT.contains(type)) {
                check(type, png, at, length, from.getInt(at + 8 + length));
                kept.put(png, at, length + AROUND_DATA);
            }
            at += length + AROUND_DATA;
        }
        return java.util.Arrays.copyOf(kept.array(), kept.position());
    }

    private static void check(String type, byte[] png, int at, int length, int checksum) throws UnreadablePicture {
        var crc = new CRC32();
        crc.update(png, at + 4, length + 4);
        if ((int) crc.getValue() != checksum) {
            throw new UnreadablePicture("PNG damaged: wrong checksum of chunk " + type);
        }
    }

    private static String shown(String type) {
        return type.chars().allMatch(c -> c > ' ' && c < 127) ? type : "?";
    }
}
